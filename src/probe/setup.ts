/** What a probe needs before it can plan: targets, keys, network options. Reads files and the secret; contacts no edge. */
import type { KeyObject } from "node:crypto";
import { UsageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { cloudOptionsOf } from "../gates/cloud-options.ts";
import type { Gate } from "../gates/gate.ts";
import { type KeySourceFlags, planKeySource, readSigningKey } from "../gates/key-source.ts";
import { findGates, gateAtHand, openGate } from "../gates/open.ts";
import { fingerprint } from "../keys/fingerprint.ts";
import { type KeyType, keyTypeOf, type SigningKey } from "../keys/key-pair.ts";
import { requireKeyPairId } from "../keys/key-pair-id.ts";
import { readPublicKey } from "../keys/pem.ts";
import type { HashAlgorithm } from "../policy/policy.ts";
import type { CloudOptions } from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";
import type { Network } from "./execute.ts";
import type { Keys } from "./materials.ts";
import { type NetworkFlags, networkOf, rateLimitOf } from "./network-flags.ts";
import type { RequestRateLimit } from "./pace.ts";
import { socketOf, type Target, targetsOfGate, targetsOfUrls, unaskedDistributions } from "./target.ts";

export interface SetupFlags
  extends KeySourceFlags,
    NetworkFlags,
    Pick<CloudOptions, "profile" | "region" | "endpointUrl"> {
  readonly url?: readonly string[];
  readonly config?: string;
  readonly gate?: string;
  readonly keyPairId?: string;
  readonly hash?: HashAlgorithm;
  readonly retiredKey?: string;
  readonly allAddresses?: boolean;
}

export interface ProbeSetup {
  readonly gate?: Gate;
  readonly targets: readonly Target[];
  readonly keys: Keys;
  readonly network: Network;
  readonly rateLimit: RequestRateLimit;
  readonly findings: readonly Finding[];
}

type Needs = Pick<World, "files" | "env" | "cwd" | "cloud" | "keyPairs" | "viewer">;

/** Throws ERR_USAGE, ERR_GATE, ERR_CONFIG, and whatever reading the key throws. */
export async function setUp(flags: SetupFlags, world: Needs): Promise<ProbeSetup> {
  const urls = flags.url ?? [];
  const rateLimit = rateLimitOf(flags);
  const network = await networkOf(flags, world);
  const cloud = cloudOptionsOf(flags, world.env);
  const ownSource = planKeySource(flags, cloud);
  const gate = await gateOf(flags, urls.length === 0, ownSource !== undefined, world);
  const targets = urls.length === 0 && gate !== undefined ? targetsOfGate(gate) : targetsOfUrls(urls);
  if (targets.length === 0) {
    throw new UsageError("ERR_USAGE", "there is nothing to probe", [
      "keyturn probe https://HOST/PATH",
      "add routes to the gate in keyturn.yaml",
    ]);
  }
  const gateCloud = cloudOptionsOf(flags, world.env, gate);
  const source = ownSource ?? (gate && ({ from: "secret", secret: gate.secret, cloud: gateCloud } as const));
  const read = source === undefined ? undefined : await readSigningKey(source, world);
  const signing =
    read && (await identified(read, flags.keyPairId, gate === undefined ? undefined : gateCloud, world));
  return {
    gate,
    targets: flags.allAddresses ? await atEveryAddress(targets, world) : targets,
    keys: {
      signing,
      retired: await retiredKeyOf(flags.retiredKey, world),
      other: read && otherKey(keyTypeOf(read.privateKey), world),
      hash: flags.hash ?? gate?.signer.hash ?? "SHA256",
    },
    network,
    rateLimit,
    findings: [
      ...(urls.length === 0 && gate !== undefined ? unaskedFindings(gate) : []),
      ...(read?.findings ?? []),
    ],
  };
}

function unaskedFindings(gate: Gate): Finding[] {
  return unaskedDistributions(gate).map((id) => ({
    id: "distribution-not-asked",
    severity: "warning",
    message: `no host name of distribution ${id} is known, so its denials are unproven`,
    basis: "observed",
    evidence: [],
    remedy: `add canaries: { ${id}: https://.../a-protected-path } to gate ${gate.name} in keyturn.yaml`,
    where: id,
  }));
}

/** URLs with their own key need no gate; a file with a single gate needs no --gate. */
async function gateOf(
  flags: SetupFlags,
  mustHave: boolean,
  hasKey: boolean,
  world: Needs,
): Promise<Gate | undefined> {
  if (mustHave || flags.gate !== undefined)
    return openGate(flags, world, ["keyturn probe https://HOST/PATH"]);
  if (hasKey) return undefined;
  return gateAtHand(await findGates(flags, world), flags, world);
}

/** Generated while other requests run: an RSA key takes a few hundred milliseconds. */
function otherKey(type: KeyType = "ecdsa-p256", { keyPairs }: Needs): Promise<KeyObject> {
  const making = keyPairs.generate(type).then(({ privateKey }) => privateKey);
  // Reported when awaited; until then a failure must not be an unhandled rejection.
  making.catch(() => {});
  return making;
}

/** DNS may give a viewer any of them, and they may differ. */
async function atEveryAddress(targets: readonly Target[], { viewer }: Needs): Promise<Target[]> {
  const spread: Target[] = [];
  for (const target of targets) {
    const host = socketOf(target.url).name.replace(/^\[|\]$/g, "");
    const addresses = (await viewer.addresses?.(host)) ?? [];
    spread.push(
      ...addresses.map((address) => ({ ...target, label: `${target.label} @${address}`, address })),
    );
  }
  return spread;
}

async function identified(
  { privateKey, keyPairId }: { privateKey: SigningKey["privateKey"]; keyPairId?: string },
  given: string | undefined,
  cloud: CloudOptions | undefined,
  world: Needs,
): Promise<SigningKey> {
  const known = given === undefined ? keyPairId : await requireKeyPairId(given);
  if (known !== undefined) return { privateKey, keyPairId: known };
  if (cloud === undefined) {
    throw new UsageError("ERR_USAGE", "the key pair ID is unknown", ["add --key-pair-id ID"]);
  }
  const wanted = fingerprint(privateKey);
  for await (const { id, encodedKey } of (await world.cloud(cloud)).controlPlane.listPublicKeys()) {
    if (fingerprint(readPublicKey(encodedKey)) === wanted) return { privateKey, keyPairId: id };
  }
  throw new UsageError("ERR_USAGE", `no public key in the account matches the key ${wanted}`, [
    "keyturn keys list",
    "add --key-pair-id ID",
  ]);
}

/** `FILE=ID`. */
async function retiredKeyOf(given: string | undefined, world: Needs): Promise<SigningKey | undefined> {
  if (given === undefined) return undefined;
  const [, path, keyPairId] = /^(.+)=([^=]+)$/.exec(given) ?? [];
  if (path === undefined || keyPairId === undefined) {
    throw new UsageError("ERR_USAGE", `"${given}" is not FILE=ID`, [
      "--retired-key old-key.pem=K2JCJMDEHXQW5F",
    ]);
  }
  const { privateKey } = await readSigningKey({ from: "file", path }, world);
  return { privateKey, keyPairId: await requireKeyPairId(keyPairId) };
}
