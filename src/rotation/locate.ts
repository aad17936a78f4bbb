/** Finds a gate's record by keyturn.yaml, or without it: whoever resumes needs AWS access alone. */
import { UsageError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import { chooseGate, findGates, type GateChoice } from "../gates/open.ts";
import type { SecretVault, World } from "../seams.ts";
import { secretRegister } from "./register.ts";

/** Where a rotation is kept. */
export interface Place {
  readonly gate: string;
  readonly secretId: string;
  /** Absent without keyturn.yaml. */
  readonly declared?: Gate;
}

type Needs = Pick<World, "files" | "env" | "cwd">;
const SUFFIX = ".keyturn";

/** What keyturn.yaml says of the gate, before any call to AWS; undefined without such a file. */
export async function declaredGate(choice: GateChoice, world: Needs): Promise<Gate | undefined> {
  const file = await findGates(choice, world);
  return file && chooseGate(file, choice.gate ?? (world.env.KEYTURN_GATE || undefined));
}

/** Every gate that has a record in this account and region, sorted by name. */
export async function recordedPlaces(vault: SecretVault): Promise<readonly Place[]> {
  const places: Place[] = [];
  for await (const secret of vault.list()) {
    if (!secret.name.endsWith(SUFFIX) || secret.deletedAt !== undefined) continue;
    const secretId = secret.name.slice(0, -SUFFIX.length);
    const registered = await secretRegister(vault, secretId).read();
    if (registered !== undefined) places.push({ gate: registered.record.gate, secretId });
  }
  return places.sort((one, other) => (one.gate < other.gate ? -1 : 1));
}

/** By name or unique prefix; without a name the only one. Throws ERR_GATE. */
export async function locate(
  declared: Gate | undefined,
  name: string | undefined,
  vault: SecretVault,
): Promise<Place> {
  if (declared !== undefined) return { gate: declared.name, secretId: declared.secret.id, declared };
  const places = await recordedPlaces(vault);
  const exact = places.find(({ gate }) => gate === name);
  if (exact !== undefined) return exact;
  const matching = name === undefined ? places : places.filter(({ gate }) => gate.startsWith(name));
  const [only, ...others] = matching;
  if (only !== undefined && others.length === 0) return only;
  const known = places.map(({ gate }) => gate).join(", ");
  throw new UsageError(
    "ERR_GATE",
    known === ""
      ? "no gate of this account and region has a rotation record, and there is no keyturn.yaml"
      : `which gate: ${known}?`,
    known === ""
      ? ["add --config FILE, or --region and --profile of the gate"]
      : [`add --gate ${places[0]?.gate}`],
  );
}
