/** Checks at the edge of each gate whether a key that was just trusted is accepted, or a removed one denied. */
import type { KeyObject } from "node:crypto";
import { isError, KeyturnError } from "../errors.ts";
import { cloudOptionsOf } from "../gates/cloud-options.ts";
import type { Gate } from "../gates/gate.ts";
import type { AccountKey, AccountKeys } from "../keys/account-keys.ts";
import { fingerprint } from "../keys/fingerprint.ts";
import { parseSecretValue, type SigningSecret } from "../keys/secret-value.ts";
import { type EdgeProofRequest, proveAtEdge } from "../rotation/edge-proof.ts";
import type { CloudOptions, SecretVault } from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";
import { noteColumns, wrap } from "../text/layout.ts";
import type { Seconds } from "../time.ts";
import { gatesOf, type TrustPlan } from "./key-trust.ts";

export interface GateProof {
  readonly gate: string;
  readonly proven: boolean;
  /** Why it is not proven. */
  readonly why?: string;
  /** Requests were sent; otherwise there was nothing to send, or --no-proof. */
  readonly asked: boolean;
  readonly locations: readonly string[];
}

export interface TrustProofRequest {
  readonly plan: TrustPlan;
  readonly account: AccountKeys;
  /** Instead of the gate's own settle time. */
  readonly settle?: Seconds | undefined;
  /** What was written, unless it was the groups; a clause. */
  readonly written?: string;
}

type Needs = Pick<World, "cloud" | "env" | "clock" | "viewer" | "interrupt" | "terminal">;

/** Checks the edges of every gate of these groups, one after the other. `unasked`: why nothing could be checked. */
export async function proveTrust(
  request: TrustProofRequest,
  gates: readonly Gate[],
  flags: CloudOptions,
  world: Needs,
): Promise<{ readonly proofs: readonly GateProof[]; readonly unasked?: string }> {
  const concerned = gatesOf(request.plan, gates);
  if (concerned.length === 0) return { proofs: [], unasked: "no gate in keyturn.yaml has this key group" };
  const written = request.written ?? writtenGroups(request.plan);
  const note = `${written}; checking the edge (Ctrl-C stops the check and undoes nothing)`;
  world.terminal.note(wrap(note, noteColumns(world.terminal), 0, 2));
  const proofs: GateProof[] = [];
  for (const gate of concerned) proofs.push(await proveAtGate(request, gate, flags, world));
  return { proofs };
}

const writtenGroups = ({ changing }: TrustPlan) =>
  changing.length === 0 ? "nothing had to be changed" : "the key group is updated";

/**
 * One sentence per gate of these groups whose secret holds no private half of the key: it is somebody else's. To be read
 * before the key is trusted.
 */
export async function keyNotInSecretWarnings(
  plan: TrustPlan,
  gates: readonly Gate[],
  flags: CloudOptions,
  world: Needs,
): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const gate of gatesOf(plan, gates)) {
    try {
      const { vault } = await world.cloud(cloudOptionsOf(flags, world.env, gate));
      if ((await privateHalf(plan.key, gate, vault)) !== undefined) continue;
      warnings.push(
        `warning: this is not a key of gate ${gate.name}: no version of its secret holds the private half; anyone who has it will be able to sign for this gate`,
      );
    } catch (thrown) {
      // Without access to the secret, the groups can still be written.
      if (!(thrown instanceof KeyturnError)) throw thrown;
      warnings.push(
        `warning: could not check that this is a key of gate ${gate.name}: ${thrown.message} [${thrown.code}]`,
      );
    }
  }
  return warnings;
}

async function proveAtGate(
  request: TrustProofRequest,
  gate: Gate,
  flags: CloudOptions,
  world: Needs,
): Promise<GateProof> {
  const { name } = gate;
  const { vault, dates } = await world.cloud(cloudOptionsOf(flags, world.env, gate));
  const keys = await keysFor(request, gate, vault);
  if (typeof keys === "string") return { gate: name, proven: false, asked: false, why: keys, locations: [] };
  const settings = { canaries: gate.canaries, hash: gate.signer.hash, triples: gate.rotation.triples };
  const proofRequest = { keys, settings, settle: request.settle ?? gate.rotation.settle };
  const tell = (text: string) => world.terminal.progress(`gate ${name}: ${text}`);
  const { proven, complaint, locations } = await proveAtEdge(proofRequest, dates, world, tell);
  const why = complaint ?? "the edge did not answer consistently in time";
  return { gate: name, proven, asked: true, why: proven ? undefined : why, locations };
}

/** What to probe with, or why the gate cannot be probed. */
async function keysFor(
  { plan: { change, key }, account }: TrustProofRequest,
  gate: Gate,
  vault: SecretVault,
): Promise<EdgeProofRequest["keys"] | string> {
  if (Object.keys(gate.canaries).length === 0) return "keyturn.yaml has no canaries for it";
  if (change === "trust") {
    const privateKey = await privateHalf(key, gate, vault);
    if (privateKey !== undefined) return { accepted: { keyPairId: key.id, privateKey } };
    return `no version of its secret holds the private key; if you have it in a file: \`keyturn probe --gate ${gate.name} --private-key FILE --key-pair-id ${key.id}\``;
  }
  const current = await tried(() => signingIn(gate, vault, { stage: "AWSCURRENT" }));
  if (current === undefined) return "its secret holds no readable key to compare with";
  const { privateKey } = current;
  const mark = fingerprint(privateKey);
  const keyPairId = current.keyPairId ?? account.keys.find((each) => each.fingerprint === mark)?.id;
  if (keyPairId === undefined) return "no public key in the account matches its signing key";
  // Any signature will do for the removed key: an edge that still trusts the ID answers AccessDenied, not InvalidKey.
  return { accepted: { keyPairId, privateKey }, denied: { keyPairId: key.id, privateKey } };
}

/** AWSCURRENT first: in an incident the dropped key is most often the one that signs. */
async function privateHalf(key: AccountKey, gate: Gate, vault: SecretVault): Promise<KeyObject | undefined> {
  const matches = (found: SigningSecret | undefined) =>
    found !== undefined && fingerprint(found.privateKey) === key.fingerprint ? found.privateKey : undefined;
  const current = matches(await tried(() => signingIn(gate, vault, { stage: "AWSCURRENT" })));
  if (current !== undefined) return current;
  for await (const { versionId } of vault.listVersions(gate.secret.id)) {
    const found = matches(await tried(() => signingIn(gate, vault, { versionId })));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function signingIn(
  { secret }: Gate,
  vault: SecretVault,
  which: { readonly stage: string } | { readonly versionId: string },
): Promise<SigningSecret> {
  return parseSecretValue((await vault.get(secret.id, which)).value, secret);
}

/** A version that is gone, or holds no key, answers nothing. */
async function tried<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (isError(thrown, "ERR_NOT_FOUND", "ERR_SECRET_FORMAT", "ERR_KEY_UNREADABLE")) return undefined;
    throw thrown;
  }
}
