/** Where `inspect` learns the trusted keys: files, a gate's account, or the account by the URL's host. */

import type { FoundTrust } from "../edge/trust-account.ts";
import { UsageError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import type { GateChoice } from "../gates/open.ts";
import type { CloudOptions } from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";

export interface TrustSourceFlags extends GateChoice, CloudOptions {
  /** `FILE` or `FILE=ID`. */
  readonly publicKey?: readonly string[];
  /** Read from the account: the distribution that serves the URL's host. */
  readonly account?: boolean;
}
export interface TrustLookup {
  readonly gate?: Gate;
  readonly of: (url: string | undefined, keyPairId: string | undefined) => Promise<FoundTrust>;
}
type Needs = Pick<World, "files" | "env" | "cwd" | "cloud">;

/** Loads only what the flags need. Throws whatever reading key files, gates and the account throws. */
export async function trustLookup(flags: TrustSourceFlags, world: Needs): Promise<TrustLookup> {
  const { publicKey = [] } = flags;
  if (publicKey.length > 0) {
    if (flags.account) {
      throw new UsageError("ERR_USAGE", "--public-key and --account both set which keys are trusted", [
        "leave one of them out",
      ]);
    }
    const { trustFiles } = await import("../edge/trust-files.ts");
    const found = await trustFiles(publicKey, world.files);
    return { of: async () => found };
  }
  if (flags.gate === undefined && !flags.account) return { of: async () => ({ trust: "unknown" }) };
  const gate = await gateOf(flags, world);
  const { AccountTrust } = await import("../edge/trust-account.ts");
  const { cloudOptionsOf } = await import("../gates/cloud-options.ts");
  const { controlPlane } = await world.cloud(cloudOptionsOf(flags, world.env, gate));
  const account = new AccountTrust(controlPlane, flags.account ? undefined : gate);
  return { gate, of: (url, id) => account.of(url, id) };
}

async function gateOf(flags: TrustSourceFlags, world: Needs): Promise<Gate | undefined> {
  // Without --account, KEYTURN_GATE alone must not turn an offline look into calls to AWS.
  const isNamed = flags.gate !== undefined || (flags.account && Boolean(world.env.KEYTURN_GATE));
  if (!isNamed) return undefined;
  const { openGate } = await import("../gates/open.ts");
  return openGate(flags, world);
}
