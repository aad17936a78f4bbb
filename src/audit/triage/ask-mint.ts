/** Logs in as a test account, mints, uses the cookies, logs out: whether new viewers get in at all. */

import { AccessError } from "../../errors.ts";
import type { Finding } from "../../finding.ts";
import type { Gate } from "../../gates/gate.ts";
import type { Credentials } from "../../probe/credentials.ts";
import type { Network } from "../../probe/execute.ts";
import { executeFlow } from "../../probe/flow.ts";
import { WITHOUT_LOGIN } from "../../probe/flow-faults.ts";
import { planFlow } from "../../probe/flow-plan.ts";
import type { World } from "../../seams/world.ts";
import { shellWord } from "../../text/shell-word.ts";

/** One session and one mint, far below any anti-abuse limit. Throws ERR_UNREACHABLE when an endpoint does not answer, ERR_LOGIN_REFUSED when the account cannot log in. */
export async function askMint(
  gate: Gate,
  credentials: Credentials,
  keyPairId: string | undefined,
  network: Network,
  world: Pick<World, "viewer" | "clock">,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const plan = planFlow(gate, { remint: false });
  const { findings } = await executeFlow(plan, credentials, keyPairId, world, network, signal);
  const failed = findings.find(({ id }) => WITHOUT_LOGIN.has(id));
  const remedy = `keyturn probe --flow --gate ${shellWord(gate.name)}`;
  if (failed !== undefined) {
    const why = [`as the test account, ${failed.message}`, ...failed.evidence.slice(0, 1)].join(": ");
    throw new AccessError("ERR_LOGIN_REFUSED", why, [remedy]);
  }
  return findings.map((finding) => ({ ...finding, remedy }));
}
