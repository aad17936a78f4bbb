/** From flags to signed sets: gate, plan, lint, key, id, signature. Shared by `mint` and `curl`. */
import type { KeyObject } from "node:crypto";
import { InternalError, isError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { cloudOptionsOf } from "../gates/cloud-options.ts";
import type { Gate } from "../gates/gate.ts";
import {
  type KeySource,
  type KeySourceFlags,
  planKeySource,
  readKey,
  requireSound,
} from "../gates/key-source.ts";
import type { GateChoice } from "../gates/open.ts";
import { canSign, describeKey, keyTypeOf } from "../keys/key-pair.ts";
import { resolveKeyPairId } from "../keys/key-pair-id.ts";
import { decodeBase64 } from "../policy/base64.ts";
import type { CookieSet } from "../policy/cookie-set.ts";
import type { CloudOptions } from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";
import { shellWord } from "../text/shell-word.ts";
import { type MintRequest, mintCookies, statementOf } from "./mint.ts";
import { lintMint } from "./mint-lint.ts";
import { type MintFlags, type MintPlan, type PlannedSet, planMint, refuseMistyped } from "./mint-plan.ts";

export type MintSetsFlags = MintFlags &
  KeySourceFlags &
  GateChoice &
  Pick<CloudOptions, "profile" | "region" | "endpointUrl"> & {
    readonly keyPairId?: string;
    readonly offline?: boolean;
  };

interface Signer {
  /** Not yet checked for damage. */
  readonly privateKey: KeyObject;
  readonly source: KeySource;
  readonly keyPairId: string;
}
export type MintedSet = PlannedSet & { readonly set: CookieSet };
export interface Minted {
  readonly plan: MintPlan;
  /** Empty if the lint found an error. */
  readonly minted: readonly MintedSet[];
  readonly findings: readonly Finding[];
}
export interface PreparedMint {
  readonly plan: MintPlan;
  /** Absent if the lint found an error: then nothing may be signed. */
  readonly signer?: Signer;
  readonly findings: readonly Finding[];
}

type Needs = Pick<World, "clock" | "files" | "env" | "cloud" | "cwd" | "keyPairs">;

/** Everything up to the signature. Does not even read the key if the lint says that the result can never work. */
export async function prepareMint(flags: MintSetsFlags, world: Needs): Promise<PreparedMint> {
  const gate = await gateOf(flags, world);
  const plan = planMint(flags, gate, world.clock.now());
  const faults = await lintMint(plan, world.clock.now());
  if (faults.some(({ severity }) => severity === "error")) return { plan, findings: faults };
  const cloud = cloudOptionsOf(flags, world.env, gate);
  const source = keySourceOf(flags, cloud, gate);
  const key = await readKey(source, world);
  const settled = await resolveKeyPairId(
    {
      privateKey: key.privateKey,
      keyFile: flags.privateKey === "-" ? undefined : flags.privateKey,
      said: flags.keyPairId,
      stored: key.keyPairId,
      offline: flags.offline ?? false,
      cloud,
    },
    world,
  );
  return {
    plan,
    signer: { privateKey: key.privateKey, source, keyPairId: settled.keyPairId },
    findings: [
      ...faults,
      ...key.findings,
      ...settled.findings,
      ...sizeFaults(key.privateKey, settled.keyPairId),
    ],
  };
}

/** Legacy account key pairs, whose ids begin with APKA, had other sizes (DG:private-content-trusted-signers). */
function sizeFaults(key: KeyObject, keyPairId: string): Finding[] {
  if (!canSign(key) || keyTypeOf(key) !== undefined || keyPairId.startsWith("APKA")) return [];
  return [
    {
      id: "key-size",
      severity: "warning",
      message: `The key is ${describeKey(key)}, but key groups accept only RSA 2048 and ECDSA P-256: ${keyPairId} belongs to another key.`,
      basis: "observed",
      evidence: [],
      remedy: "keyturn keys generate --out signing-key.pem",
    },
  ];
}

/** Throws if a key cannot be read or used; sets that can never work become error findings instead. */
export async function mintSets(flags: MintSetsFlags, world: Needs): Promise<Minted> {
  const { plan, signer, findings } = await prepareMint(flags, world);
  return { plan, findings, minted: signer === undefined ? [] : await signSets(plan, signer, world) };
}

async function signSets(plan: MintPlan, signer: Signer, world: Needs): Promise<MintedSet[]> {
  const { bad, sets } = plan;
  const requests = sets.map((planned) => ({
    ...planned,
    request: { ...planned.request, keyPairId: signer.keyPairId },
  }));
  if (bad === undefined) return signSound(requests, signer);
  requireSound(signer.privateKey, signer.source);
  const { mintBadCookies } = await import("./bad.ts");
  const keys = { signing: signer.privateKey, other: await anotherKey(signer.privateKey, world) };
  const mintBad = (request: MintRequest) => mintBadCookies(bad, request, world.clock.now(), keys);
  return Promise.all(requests.map(async (each) => ({ ...each, set: await mintBad(each.request) })));
}

/** Checks the key with the signatures just made, which saves one. */
function signSound(
  requests: readonly (PlannedSet & { readonly request: MintRequest })[],
  { privateKey, source }: Signer,
): MintedSet[] {
  try {
    const minted = requests.map((each) => ({ ...each, set: mintCookies(each.request, privateKey) }));
    for (const { request, set } of minted.slice(0, 1)) {
      const bytes = Buffer.from(statementOf(request).policy);
      const signature = decodeBase64(set.signature.reveal()) as Uint8Array;
      requireSound(privateKey, source, { bytes, hash: request.hash, signature });
    }
    return minted;
  } catch (thrown) {
    if (isError(thrown, "ERR_SIGNING")) requireSound(privateKey, source);
    throw thrown;
  }
}

/** Reads a gate if one was named, or if nothing else says where the key is. */
export async function gateOf(flags: MintSetsFlags, world: Needs): Promise<Gate | undefined> {
  refuseMistyped(flags);
  const { gate, cookieProfile, privateKey, privateKeyEnv, secret } = flags;
  const isSelfContained = [privateKey, privateKeyEnv, secret].some((each) => each !== undefined);
  if (isSelfContained && gate === undefined && cookieProfile === undefined) return undefined;
  const { openGate } = await import("../gates/open.ts");
  const url = shellWord(flags.url ?? "https://HOST/PATH");
  return openGate(flags, world, [
    "or without a gate:",
    `keyturn ${flags.command ?? "mint"} ${url} --private-key key.pem --key-pair-id ID`,
  ]);
}

function keySourceOf(flags: MintSetsFlags, cloud: CloudOptions, gate: Gate | undefined): KeySource {
  const named = planKeySource(flags, cloud);
  if (named !== undefined) return named;
  if (gate === undefined) throw new InternalError("ERR_INTERNAL", "there is neither a key source nor a gate");
  return { from: "secret", secret: gate.secret, gate, cloud };
}

/** A key of the same type, so that only the signature differs. */
async function anotherKey(key: KeyObject, { keyPairs }: Needs): Promise<KeyObject> {
  return (await keyPairs.generate(keyTypeOf(key) ?? "rsa-2048")).privateKey;
}
