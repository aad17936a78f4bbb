/**
 * What gate, account and flags contribute to reading the logs: routes, keys, the rotation's stages, where to look up
 * trusted keys.
 */
import type { Distribution } from "../cloudfront/distribution.ts";
import { AccountTrust } from "../edge/trust-account.ts";
import { KeyturnError } from "../errors.ts";
import { cloudOptionsOf } from "../gates/cloud-options.ts";
import type { Gate } from "../gates/gate.ts";
import { chooseGate, findGates } from "../gates/open.ts";
import { type TrustSourceFlags, trustLookup } from "../inspect/trust-source.ts";
import type { Cloud } from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";
import { chosenMarks } from "./chosen-rotation.ts";
import type { TrustOf } from "./judge-lines.ts";
import { marksOf, type RotationMarks } from "./rotation-marks.ts";
import { routesInOrder } from "./route-order.ts";
import type { ViewSettings } from "./view.ts";

export interface SettingFlags extends TrustSourceFlags {
  readonly protected?: readonly string[];
  readonly mint?: string;
  readonly oldKey?: string;
  readonly newKey?: string;
  readonly offline?: boolean;
  /** `last`, an ID, or true without a value: the rotation that the logs are compared with. */
  readonly rotation?: string | true;
}
export interface LogSetting {
  readonly gate?: Gate;
  readonly marks: RotationMarks;
  readonly trustOf?: TrustOf;
  readonly view: Omit<ViewSettings, "from" | "to">;
  readonly distributions: readonly Distribution[];
  /** Why the account could not be read although there is a gate. */
  readonly unasked?: string;
}
type Needs = Pick<World, "files" | "env" | "cwd" | "cloud" | "clock">;

/** Without gate and flags, still answers everything that needs neither. Throws ERR_CONFIG, ERR_GATE. */
export async function logSetting(flags: SettingFlags, world: Needs): Promise<LogSetting> {
  const gate = await gateOf(flags, world);
  const account = await accountOf(gate, flags, world);
  const marks = account.marks ?? marksOf(undefined, { oldKey: flags.oldKey, newKey: flags.newKey });
  const distributions = account.distributions ?? [];
  const mint = mintOf(gate, flags);
  return {
    marks,
    distributions,
    view: {
      routes: routesInOrder(gate, distributions, flags.protected ?? []),
      maskedStatuses: distributions.flatMap(({ customErrorResponses }) =>
        customErrorResponses.flatMap(({ errorCode, responseCode }) =>
          errorCode === 403 && responseCode !== undefined ? [responseCode] : [],
        ),
      ),
      mint,
      rotation: marks.from === undefined ? undefined : { from: marks.from, to: marks.to },
    },
    gate,
    trustOf: account.trustOf,
    unasked: account.unasked,
  };
}

/** Undefined if there is no keyturn.yaml, or if it has several gates and none is named. */
async function gateOf(flags: SettingFlags, world: Needs): Promise<Gate | undefined> {
  const file = await findGates(flags, world);
  const named = flags.gate ?? (world.env.KEYTURN_GATE || undefined);
  if (file === undefined && named === undefined) return undefined;
  if (file !== undefined && named === undefined && file.gates.size > 1) return undefined;
  if (file !== undefined) return chooseGate(file, named);
  const { openGate } = await import("../gates/open.ts");
  return openGate(flags, world);
}

interface AccountAnswer {
  readonly trustOf?: TrustOf;
  readonly marks?: RotationMarks;
  readonly distributions?: readonly Distribution[];
  readonly unasked?: string;
}

const RETHROWN: ReadonlySet<string> = new Set(["ERR_INTERNAL", "ERR_INTERRUPTED"]);

async function accountOf(gate: Gate | undefined, flags: SettingFlags, world: Needs): Promise<AccountAnswer> {
  if ((flags.publicKey ?? []).length > 0 || (flags.account && gate === undefined)) {
    const { of } = await trustLookup(flags, world);
    return { trustOf: of };
  }
  if (gate === undefined || flags.offline) return {};
  try {
    return await asked(gate, flags, await world.cloud(cloudOptionsOf(flags, world.env, gate)), world);
  } catch (thrown) {
    // What needs no account is still answered. If the gate was named, the failure must not be hidden.
    const isNamed = (flags.gate ?? world.env.KEYTURN_GATE ?? "") !== "" || flags.rotation !== undefined;
    const isReported = thrown instanceof KeyturnError && !RETHROWN.has(thrown.code);
    if (isReported && !isNamed) return { unasked: thrown.message };
    throw thrown;
  }
}

async function asked(
  gate: Gate,
  flags: SettingFlags,
  { controlPlane, vault }: Cloud,
  { clock }: Needs,
): Promise<AccountAnswer> {
  const account = new AccountTrust(controlPlane, gate);
  const distributions = await Promise.all(
    gate.distributions.map(async (id) => (await controlPlane.getDistribution(id)).value),
  );
  return {
    distributions,
    trustOf: (url, keyPairId) => account.of(url, keyPairId),
    marks: await chosenMarks(
      gate,
      vault,
      flags.rotation,
      { oldKey: flags.oldKey, newKey: flags.newKey },
      clock,
    ),
  };
}

function mintOf(gate: Gate | undefined, flags: SettingFlags): ViewSettings["mint"] {
  if (flags.mint?.startsWith("/")) return { path: flags.mint };
  const endpoint = flags.mint ?? gate?.signer.mintEndpoint;
  if (endpoint === undefined || !URL.canParse(endpoint)) return undefined;
  const { hostname, pathname } = new URL(endpoint);
  return { host: hostname, path: pathname };
}
