/** Three canary requests per route: unsigned and unknown key pair ID must be denied, the gate's own key must pass. */
import type { Gate } from "../../gates/gate.ts";
import { keyTypeOf } from "../../keys/key-pair.ts";
import { executeProbe, type Network } from "../../probe/execute.ts";
import { probeFindings } from "../../probe/findings.ts";
import { prepareMaterials } from "../../probe/materials.ts";
import type { ProbeOutcome } from "../../probe/outcome.ts";
import { planProbe } from "../../probe/plan.ts";
import { preparation } from "../../probe/prepare.ts";
import { judgeRun } from "../../probe/reconsider.ts";
import { type Target, targetsOfGate } from "../../probe/target.ts";
import type { World } from "../../seams/world.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";
import type { EdgeEvidence } from "./evidence.ts";

type Needs = Pick<World, "viewer" | "clock" | "random" | "keyPairs">;

/** A few at a time: fast, and far below any rate limit. */
const RATE_LIMIT = { concurrency: 6, rate: Number.POSITIVE_INFINITY };

/** The protected routes, by one method that changes nothing. Throws ERR_USAGE for a gate without a host to ask. */
function routesToAsk(gate: Gate): Target[] {
  return targetsOfGate(gate)
    .filter(({ protection, methods }) => protection === "edge" && methods.length > 0)
    .map((target) => ({
      ...target,
      methods: [target.methods.find((method) => method === "GET") ?? (target.methods[0] as string)],
    }));
}

/** Until `signal` aborts; then with the answers so far. Without a signing key, unsigned requests only. */
export async function askEdge(
  gate: Gate,
  signing: NonNullable<GateSnapshot["secret"]["signing"]> | undefined,
  network: Network,
  world: Needs,
  signal: AbortSignal,
): Promise<EdgeEvidence> {
  const keyPairId = signing?.keyPairId;
  const key = signing && keyPairId !== undefined ? { privateKey: signing.privateKey, keyPairId } : undefined;
  const other =
    key && world.keyPairs.generate(keyTypeOf(key.privateKey) ?? "ecdsa-p256").then((pair) => pair.privateKey);
  other?.catch(() => {});
  const plan = planProbe(routesToAsk(gate), {
    cases: ["unknown-key"],
    canSign: key !== undefined,
    hasRetiredKey: false,
  });
  const now = world.clock.now();
  const materials = prepareMaterials({ signing: key, other, hash: gate.signer.hash }, now);
  const ready = preparation(plan, materials, now, world.random.uuid().slice(0, 8));
  const outcomes: ProbeOutcome[] = [];
  await executeProbe(plan.requests, ready, world, {
    rateLimit: RATE_LIMIT,
    network,
    answered: (outcome) => outcomes.push(outcome),
    signal,
  }).catch((thrown: unknown) => {
    if (!signal.aborted) throw thrown;
  });
  const judged = judgeRun(outcomes);
  return { judged, findings: probeFindings(judged) };
}
