/** Reads one gate from every source within a deadline. Nothing is thrown: each failure becomes a SourceFailure. */
import { InternalError, KeyturnError } from "../../errors.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import type { Gate } from "../../gates/gate.ts";
import { UNKNOWN_SECRET } from "../../gates/render-draft.ts";
import type { Credentials } from "../../probe/credentials.ts";
import type { Network } from "../../probe/execute.ts";
import { canMint } from "../../probe/flow-plan.ts";
import { readStatus, type SessionWorld, sessionTools } from "../../rotation/session.ts";
import type { RotationStatus } from "../../rotation/status.ts";
import type { Cloud, CloudOptions } from "../../seams/cloud.ts";
import type { World } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";
import { auditFindings, readAccountSnapshot } from "../audit.ts";
import { createThrottledPool } from "../throttled-pool.ts";
import { askEdge } from "./ask-edge.ts";
import { askMint } from "./ask-mint.ts";
import { askOriginForTriage } from "./ask-origin.ts";
import {
  type EvidenceSource,
  type Execution,
  type GateEvidence,
  type SourceFailure,
  sourceFailureOf,
} from "./evidence.ts";

export interface TriageOptions {
  readonly gates: readonly Gate[];
  readonly isDeclared: boolean;
  readonly flags: Pick<CloudOptions, "profile" | "region" | "endpointUrl">;
  readonly network: Network;
  /** The test account to log in and mint with. */
  readonly credentials?: Credentials;
  /** The limit for the whole triage. */
  readonly timeout: Seconds;
  /** Reads the rotations that run unattended. Absent if none is deployed. */
  readonly executionsOf?: (gate: Gate, signal: AbortSignal) => Promise<readonly Execution[]>;
}

type Needs = SessionWorld & Pick<World, "random" | "terminal">;

/** All gates at once, in the order given. Rejects only when interrupted. */
export async function examineGates(options: TriageOptions, world: Needs): Promise<GateEvidence[]> {
  const { clock, interrupt } = world;
  const never = new AbortController().signal;
  const over = AbortSignal.any([clock.deadline?.(options.timeout) ?? never, interrupt]);
  const half = clock.deadline?.(options.timeout / 2) ?? never;
  const evidence = await Promise.all(
    options.gates.map((gate) => examineGate(gate, options, world, { half, over })),
  );
  interrupt.throwIfAborted();
  return evidence;
}

const NO_SECRET: SourceFailure = {
  source: "account",
  message: "no readable secret holds a key of this gate, so only unsigned requests were sent",
  hint: "keyturn config init",
};

/** A slow account must not prevent probing the edge: after half the time, it is probed unsigned. */
interface Limits {
  readonly half: AbortSignal;
  readonly over: AbortSignal;
}

async function examineGate(
  gate: Gate,
  options: TriageOptions,
  world: Needs,
  { half, over: signal }: Limits,
): Promise<GateEvidence> {
  const silences: SourceFailure[] = [];
  const within = async <T>(source: EvidenceSource, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await unlessOver(work(), signal);
    } catch (thrown) {
      silences.push(silenceFor(source, thrown, options.timeout, signal));
      return undefined;
    }
  };
  const clouds = new Map<string, Promise<Cloud>>();
  const cloudIn = (region?: string) => {
    const cloudOptions = { ...cloudOptionsOf(options.flags, world.env, gate), ...(region && { region }) };
    const name = cloudOptions.region ?? "";
    const cloud = clouds.get(name) ?? world.cloud(cloudOptions);
    clouds.set(name, cloud);
    return cloud;
  };
  const { executionsOf, network, credentials } = options;
  const reading = within("account", () => readGate(gate, options, cloudIn, world));
  const soon = unlessOver(reading, half).catch(() => undefined);
  const mintTried = canMint(gate) ? credentials !== undefined : undefined;
  const signingKey = async () => (await soon)?.snapshot.secret.signing;
  // If time ran out before the origin was tested, the edge's answers still count.
  const pastEdge = (edge: GateEvidence["edge"]) =>
    edge &&
    unlessOver(askOriginForTriage(gate, edge, network, world, signal), signal).catch((thrown: unknown) => {
      if (!signal.aborted) silences.push(silenceFor("edge", thrown, options.timeout, signal));
      return undefined;
    });
  const asking = within("edge", async () => askEdge(gate, await signingKey(), network, world, signal));
  const [account, edge, origin, mint, rotation, executions] = await Promise.all([
    reading,
    asking,
    asking.then(pastEdge),
    credentials && mintTried
      ? within("edge", async () =>
          askMint(gate, credentials, (await signingKey())?.keyPairId, network, world, signal),
        )
      : undefined,
    within("rotation", async () => openRotation(gate, await cloudIn(), world)),
    executionsOf && within("rotation", () => executionsOf(gate, signal)),
  ]);
  const evidence = {
    gate,
    isDeclared: options.isDeclared,
    edge,
    origin,
    mint,
    mintTried,
    rotation,
    executions,
  };
  if (gate.secret.id !== UNKNOWN_SECRET || account === undefined) return { ...evidence, account, silences };
  // A placeholder is missing for certain, which says nothing about the gate.
  const findings = account.findings.filter(({ id }) => id !== "secret-missing");
  return { ...evidence, account: { ...account, findings }, silences: [...silences, NO_SECRET] };
}

async function readGate(
  gate: Gate,
  { gates }: TriageOptions,
  cloudIn: (region?: string) => Promise<Cloud>,
  world: Needs,
): Promise<NonNullable<GateEvidence["account"]>> {
  const account = await readAccountSnapshot(
    { gates: [gate], allGates: gates, wholeAccount: false },
    (await cloudIn()).controlPlane,
    async (_, region) => (await cloudIn(region)).vault,
    createThrottledPool(world),
  );
  const [snapshot] = account.snapshots;
  if (snapshot === undefined) throw new TypeError(`no snapshot of gate ${gate.name}`);
  return { snapshot, findings: auditFindings(account) };
}

/** Undefined without an open rotation. */
async function openRotation(gate: Gate, cloud: Cloud, world: Needs): Promise<RotationStatus | undefined> {
  const place = { gate: gate.name, secretId: gate.secret.id, declared: gate };
  const status = await readStatus(sessionTools(place, cloud, world));
  return status === undefined || status.state === "rotated" || status.state === "aborted"
    ? undefined
    : status;
}

/** AWS's client takes no signal, so pending calls are abandoned. */
async function unlessOver<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => {});
  let stop = () => {};
  const over = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
  return Promise.race([work, over]).finally(() => signal.removeEventListener("abort", stop));
}

function silenceFor(
  source: EvidenceSource,
  thrown: unknown,
  timeout: Seconds,
  signal: AbortSignal,
): SourceFailure {
  if (signal.aborted) return { source, message: `no complete answer within ${timeout} s (--timeout)` };
  // A bug met at one gate must not hide the others.
  return sourceFailureOf(source, thrown instanceof KeyturnError ? thrown : unexpected(thrown));
}

function unexpected(cause: unknown): InternalError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new InternalError("ERR_INTERNAL", message, [], cause);
}
