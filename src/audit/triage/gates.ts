/** The gates to look at: those of keyturn.yaml, or without such a file what the account itself shows. */
import { RemoteError } from "../../errors.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { draftGates } from "../../gates/draft.ts";
import { edgePort } from "../../gates/edge-port.ts";
import type { Gate } from "../../gates/gate.ts";
import { noDraft } from "../../gates/no-draft.ts";
import { chooseGate, findGates, type GateChoice } from "../../gates/open.ts";
import { parseGates } from "../../gates/read.ts";
import { renderDraft } from "../../gates/render-draft.ts";
import { surveyAccount } from "../../gates/survey.ts";
import type { CloudOptions } from "../../seams/cloud.ts";
import type { World } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";

export interface FoundGates {
  readonly gates: readonly Gate[];
  /** False: drafted from the account, as `config init` would. */
  readonly isDeclared: boolean;
  /** The time spent on the survey. */
  readonly spent: Seconds;
}

type Flags = GateChoice & Pick<CloudOptions, "profile" | "region" | "endpointUrl">;
type Needs = Pick<World, "files" | "env" | "cwd" | "cloud" | "terminal" | "clock" | "viewer" | "interrupt">;

/** Throws ERR_CONFIG, ERR_GATE; without a file what the account's survey throws, ERR_UNREACHABLE past `timeout`. */
export async function gatesToTriage(flags: Flags, timeout: Seconds, world: Needs): Promise<FoundGates> {
  const file = await findGates(flags, world);
  if (file !== undefined) {
    const named = flags.gate ?? (world.env.KEYTURN_GATE || undefined);
    const gates = named === undefined ? [...file.gates.values()] : [chooseGate(file, named)];
    return { gates, isDeclared: true, spent: 0 };
  }
  const before = world.clock.now();
  const gates = await within(timeout, drafted(flags, world), world);
  const spent = world.clock.now() - before;
  if (flags.gate === undefined) return { gates, isDeclared: false, spent };
  const known = new Map(gates.map((gate) => [gate.name, gate]));
  return { gates: [chooseGate({ path: "the account", gates: known }, flags.gate)], isDeclared: false, spent };
}

async function drafted(flags: Flags, world: Needs): Promise<Gate[]> {
  const options = cloudOptionsOf(flags, world.env);
  const cloud = await world.cloud(options);
  const read = await surveyAccount(cloud, { region: options.region }, world.terminal);
  const account = { ...read, port: await edgePort(read, cloud.where, world) };
  const drafts = draftGates(account);
  if (drafts.length === 0) throw noDraft(account);
  return drafts.flatMap((draft) => [...parseGates(renderDraft([draft]), "the account").values()]);
}

async function within<T>(timeout: Seconds, work: Promise<T>, { clock }: Pick<World, "clock">): Promise<T> {
  const limit = clock.deadline?.(timeout);
  const over = new Promise<never>((_, reject) => {
    limit?.addEventListener("abort", () => reject(tooSlow(timeout)), { once: true });
  });
  return Promise.race([work, over]);
}

function tooSlow(timeout: Seconds): RemoteError {
  return new RemoteError("ERR_UNREACHABLE", `the account did not answer within ${timeout} s (--timeout)`, [
    "keyturn triage --timeout 2m",
    "write keyturn.yaml once, so that triage need not search the account:",
    "keyturn config init",
  ]);
}
