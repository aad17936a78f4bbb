/** The input of a plan: everything that touches the gate's key, groups and secret, read once. */
import type { DateContradiction } from "../answer-dates.ts";
import { isError, type KeyturnError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import { type KeyType, keyTypeOf } from "../keys/key-pair.ts";
import type { SecretForm } from "../keys/secret-form.ts";
import { parseSecretValue, type SigningSecret } from "../keys/secret-value.ts";
import type {
  Cloud,
  KeyGroup,
  SecretDescription,
  SecretValue,
  SecretVersionSummary,
} from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";
import type { EpochSeconds } from "../time.ts";
import { type AwsClock, awsClock } from "./aws-clock.ts";
import { sendCanaryCheck } from "./canary.ts";
import { KeyCache } from "./key-cache.ts";
import type { CurrentVersion, ObservedGroup, ObservedKey } from "./observed.ts";
import type { CanaryCheckOutcome } from "./proof.ts";
import { type Registered, secretRegister } from "./register.ts";
import { settingsOf } from "./settings.ts";

export interface PlanFacts {
  readonly at: EpochSeconds;
  /** Responses whose Dates contradict each other, and by how much. */
  readonly contradiction?: DateContradiction | undefined;
  readonly registered?: Registered;
  /** Creation times of the record's versions. */
  readonly recordVersions?: readonly EpochSeconds[];
  readonly groups: readonly ObservedGroup[];
  readonly allGroups: readonly KeyGroup[];
  readonly publicKeys: readonly (ObservedKey & { readonly createdAt: EpochSeconds })[];
  readonly secret: SecretDescription;
  readonly current: CurrentVersion;
  /** The format and kind of the key in AWSCURRENT, or why no key can be read there. */
  readonly signing: HeldSigningKey | { readonly trouble: KeyturnError };
  readonly versions: readonly SecretVersionSummary[];
  /** Distributions that trust one of the gate's groups, according to AWS. */
  readonly attached: readonly string[];
  /** The canaries' result for the old key: `undefined` without a canary or without a key to send. */
  readonly baseline?: CanaryCheckOutcome;
}

interface HeldSigningKey {
  readonly form: SecretForm;
  /** Undefined for a kind of key that CloudFront no longer accepts. */
  readonly keyType: KeyType | undefined;
}

type Needs = Pick<World, "clock" | "viewer" | "interrupt">;

export async function gatherFacts(world: Needs, cloud: Cloud, gate: Gate): Promise<PlanFacts> {
  const { controlPlane, vault } = cloud;
  const settings = settingsOf(gate, "rsa-2048");
  const keyCache = new KeyCache();
  const register = secretRegister(vault, gate.secret.id, gate.name);
  const clock = awsClock(cloud.dates, world.clock);
  const [registered, groups, allGroups, keys, secret, versions, current, attached] = await Promise.all([
    register.read(),
    Promise.all(gate.keyGroups.map((id) => controlPlane.getKeyGroup(id))),
    all(controlPlane.listKeyGroups()),
    all(controlPlane.listPublicKeys()),
    vault.describe(gate.secret.id),
    all(vault.listVersions(gate.secret.id)),
    vault.get(gate.secret.id, { stage: "AWSCURRENT" }),
    attachedTo(cloud, gate.keyGroups),
  ]);
  const publicKeys = keys.map((key) => ({ ...keyCache.publicKey(key), createdAt: key.createdAt }));
  const used = keyCache.asSignersUse(current, settings, publicKeys);
  const signing = signingIn(current.value, gate);
  const baseline =
    "trouble" in signing ? undefined : await askCanaries({ ...world, clock }, gate, used, signing.privateKey);
  return {
    at: clock.now(),
    contradiction: clock.contradiction(),
    recordVersions: registered === undefined ? [] : await register.versions(),
    registered,
    groups: groups.map(({ value, etag }) => ({ ...value, etag })),
    allGroups,
    publicKeys,
    secret,
    current: used,
    signing: "trouble" in signing ? signing : { form: signing.form, keyType: keyTypeOf(signing.privateKey) },
    versions,
    attached,
    baseline,
  };
}

function signingIn(value: SecretValue, { secret }: Gate): SigningSecret | { readonly trouble: KeyturnError } {
  try {
    return parseSecretValue(value, secret);
  } catch (thrown) {
    if (!isError(thrown, "ERR_SECRET_FORMAT")) throw thrown;
    return { trouble: thrown };
  }
}

/** Before anything changes, the key in use must pass and the negative controls must be denied. */
async function askCanaries(
  world: Omit<Needs, "clock"> & { readonly clock: AwsClock },
  gate: Gate,
  { keyPairId }: CurrentVersion,
  privateKey: SigningSecret["privateKey"],
): Promise<CanaryCheckOutcome | undefined> {
  if (keyPairId === undefined || Object.keys(gate.canaries).length === 0) return undefined;
  const accepted = { keyPairId, privateKey };
  return sendCanaryCheck(
    world,
    { canaries: gate.canaries, hash: gate.signer.hash },
    { accepted },
    { signal: world.interrupt },
  );
}

async function attachedTo({ controlPlane }: Cloud, groups: readonly string[]): Promise<readonly string[]> {
  const lists = await Promise.all(groups.map((id) => all(controlPlane.listDistributionsByKeyGroup(id))));
  return [...new Set(lists.flat())].sort();
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
