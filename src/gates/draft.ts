/** Drafts keyturn.yaml from an account: key groups that share a key form a gate. */
import type { CacheBehavior, Distribution } from "../cloudfront/distribution.ts";
import type { SecretFormat } from "../keys/gate-secret.ts";
import type { KeyGroup } from "../seams/cloud.ts";
import type { CodeNames, Gate, KeyPairIdSource, Layer } from "./gate.ts";
import { patternsOverlap } from "./path-pattern.ts";

/** A secret that holds a key of a gate's key groups. */
export interface SecretCandidate {
  readonly id: string;
  readonly keyPairId: string;
  readonly format: SecretFormat;
  readonly fields?: { readonly privateKey: string; readonly keyPairId: string };
  readonly source: KeyPairIdSource;
  readonly tags?: Readonly<Record<string, string>>;
  /** Its content was not read. */
  readonly isGuess?: boolean;
}

interface DraftRoute {
  readonly pattern: string;
  readonly sample: string;
  readonly layers: readonly Layer[];
  /** Set if only some of the gate's distributions have it. */
  readonly distributions?: readonly string[];
}

export interface DraftGate {
  readonly name: string;
  readonly account?: string;
  readonly region?: string;
  readonly distributions: readonly string[];
  readonly keyGroups: readonly string[];
  readonly secret?: SecretCandidate;
  readonly resource: string;
  readonly canaries: Readonly<Record<string, string>>;
  readonly routes: readonly DraftRoute[];
  readonly verificationHeader?: string;
  /** What the account leaves open or ambiguous, one sentence each, for a person to check. */
  readonly doubts: readonly string[];
  /** What seems to manage the gate's key groups, and the evidence. Undefined: no evidence. */
  readonly ownership?: { readonly by: Exclude<Gate["ownership"], "none">; readonly sign: string };
  /** What the code that declares them calls the resources. */
  readonly code?: CodeNames & { readonly cdk?: boolean };
}

export interface SurveyedAccount {
  readonly distributions: readonly Distribution[];
  readonly keyGroups: readonly KeyGroup[];
  readonly secrets: readonly SecretCandidate[];
  readonly region?: string | undefined;
  /** The port at which a stand-in for AWS serves the distributions; absent for 443. */
  readonly port?: number | undefined;
}

export function draftGates(account: SurveyedAccount): DraftGate[] {
  // A multi-tenant distribution's hosts belong to its tenants, so on its own it cannot be drafted as a gate.
  const trusted = new Set(
    account.distributions
      .filter(({ connectionMode }) => connectionMode === "direct")
      .flatMap(({ behaviors }) => behaviors.flatMap(({ trustedKeyGroups }) => trustedKeyGroups)),
  );
  const groups = account.keyGroups.filter(({ id }) => trusted.has(id));
  const names = new Set<string>();
  const sets = sharingOneKey(groups, account.secrets);
  return sets.map((together) => {
    const draft = draftGate(together, account, sets);
    let { name } = draft;
    for (let count = 2; names.has(name); count += 1) name = `${draft.name}-${count}`;
    names.add(name);
    return { ...draft, name };
  });
}

/**
 * Key groups that share a key form one gate, because they rotate together. Keys held by a secret come first,
 * because signers use those; a group that does not share a key with all the others becomes its own gate.
 */
function sharingOneKey(groups: readonly KeyGroup[], secrets: readonly SecretCandidate[]): KeyGroup[][] {
  const inSecret = new Set(secrets.map(({ keyPairId }) => keyPairId));
  const holders = (id: string) => groups.filter(({ items }) => items.includes(id)).length;
  const keys = [...new Set(groups.flatMap(({ items }) => items))].toSorted(
    (one, other) => Number(inSecret.has(other)) - Number(inSecret.has(one)) || holders(other) - holders(one),
  );
  const sets: KeyGroup[][] = [];
  let left = groups;
  for (const key of keys) {
    const together = left.filter(({ items }) => items.includes(key));
    left = left.filter((group) => !together.includes(group));
    if (together.length > 0) sets.push(together);
  }
  return [...sets, ...left.map((group) => [group])].toSorted(
    ([one], [other]) => groups.indexOf(one as KeyGroup) - groups.indexOf(other as KeyGroup),
  );
}

/** Secrets with a key of every group come before those with a key of some groups. */
function fittingSecrets(groups: readonly KeyGroup[], secrets: readonly SecretCandidate[]): SecretCandidate[] {
  const holding = (keyPairId: string) => groups.filter(({ items }) => items.includes(keyPairId)).length;
  return secrets
    .filter(({ keyPairId }) => holding(keyPairId) > 0)
    .toSorted((one, other) => holding(other.keyPairId) - holding(one.keyPairId));
}

function doubtsOf(
  groups: readonly KeyGroup[],
  secrets: readonly SecretCandidate[],
  sets: readonly (readonly KeyGroup[])[],
  protecting: readonly CacheBehavior[],
): string[] {
  const [first, ...others] = secrets;
  const beside = sets
    .flat()
    .filter(
      (group) =>
        !groups.includes(group) && protecting.some((each) => each.trustedKeyGroups.includes(group.id)),
    );
  return [
    ...(first === undefined || others.length === 0
      ? []
      : [
          `more than one secret fits: ${[first, ...others].map(({ id, keyPairId }) => `${id} (${keyPairId})`).join(", ")}; name the one that signs`,
        ]),
    ...beside.map(
      ({ id, name, items }) =>
        `its behaviors also trust key group ${name} (${id}), which shares no key with it (${items.join(", ")}): an inactive pair?`,
    ),
  ];
}

function draftGate(
  groups: readonly KeyGroup[],
  account: SurveyedAccount,
  sets: readonly (readonly KeyGroup[])[],
): DraftGate {
  const ids = groups.map(({ id }) => id);
  const asks = (each: { readonly trustedKeyGroups: readonly string[] }) =>
    each.trustedKeyGroups.some((id) => ids.includes(id));
  const distributions = account.distributions.filter(({ behaviors }) => behaviors.some(asks));
  const secrets = fittingSecrets(groups, account.secrets);
  const [secret] = secrets;
  const protecting = distributions.flatMap(({ behaviors }) => behaviors.filter(asks));
  const verificationHeader = distributions
    .flatMap(({ origins }) => origins.flatMap(({ customHeaderNames }) => customHeaderNames))
    .find((name) => /verif|secret|auth|token|origin-key/i.test(name));
  const layers: Layer[] = verificationHeader === undefined ? ["edge"] : ["edge", "origin-verification"];
  const canaries: Record<string, string> = {};
  for (const { id, behaviors, ...distribution } of distributions) {
    const guarded = behaviors.find(asks);
    if (guarded === undefined || distribution.connectionMode !== "direct") continue;
    canaries[id] = `https://${viewerHostOf(distribution, account.port)}${sampleOf(routePattern(guarded))}`;
  }
  const first = distributions.find(({ connectionMode }) => connectionMode === "direct");
  const ownership = ownershipOf(distributions, secret);
  const routes = draftRoutes(distributions, asks, layers);
  const patterns = routes.filter((route) => route.layers.includes("edge")).map(({ pattern }) => pattern);
  const path = patterns.length === 1 ? (patterns[0] as string) : "/*";
  const accountId = /^arn:[^:]*:cloudfront::(\d{12}):/.exec(first?.arn ?? "")?.[1];
  return {
    name: gateName(groups[0]?.name ?? "gate"),
    account: accountId,
    region: account.region,
    distributions: distributions.map(({ id }) => id),
    keyGroups: ids,
    secret,
    resource:
      distributions.length > 1
        ? `https://*${path}`
        : `https://${first ? viewerHostOf(first, account.port) : "HOST"}${path}`,
    canaries,
    routes,
    doubts: doubtsOf(groups, secrets, sets, protecting),
    verificationHeader,
    ownership,
  };
}

/** The behaviors that require the gate's signatures, then the open ones that take precedence over them. */
function draftRoutes(
  distributions: readonly Distribution[],
  asks: (behavior: CacheBehavior) => boolean,
  layers: readonly Layer[],
): DraftRoute[] {
  const signed = new Map<string, string[]>();
  const open = new Map<string, string[]>();
  for (const { id, behaviors } of distributions) {
    const add = (routes: Map<string, string[]>, behavior: CacheBehavior) => {
      const pattern = routePattern(behavior);
      routes.set(pattern, [...(routes.get(pattern) ?? []), id]);
    };
    behaviors.forEach((behavior, at) => {
      const after = behaviors.slice(at).filter(asks);
      if (asks(behavior)) add(signed, behavior);
      else if (
        isOpen(behavior) &&
        after.some((each) => patternsOverlap(each.pathPattern, behavior.pathPattern))
      )
        add(open, behavior);
    });
  }
  const route =
    (own: readonly Layer[]) =>
    ([pattern, ids]: [string, string[]]): DraftRoute => ({
      pattern,
      sample: sampleOf(pattern),
      layers: own,
      distributions: ids.length < distributions.length ? ids : undefined,
    });
  return [...[...signed].map(route(layers)), ...[...open].map(route([]))];
}

const isOpen = ({ trustedKeyGroups, trustedSigners }: CacheBehavior) =>
  trustedKeyGroups.length + trustedSigners.length === 0;
const routePattern = ({ pathPattern }: CacheBehavior) => `/${pathPattern.replace(/^\//, "")}`;
const sampleOf = (pattern: string) => pattern.replace(/\*/g, "keyturn-canary").replace(/\?/g, "x");

/**
 * Terraform's AWS provider gives distributions a recognizable caller reference (`terraform-` and a time); CloudFormation
 * tags the secrets that it creates. Neither marks key groups, so both are only hints.
 */
function ownershipOf(distributions: readonly Distribution[], secret: SecretCandidate | undefined) {
  const made = distributions.find(({ callerReference }) => /^terraform-\d/.test(callerReference ?? ""));
  if (made !== undefined) return { by: "terraform", sign: `Terraform made ${made.id}` } as const;
  for (const [name, value] of Object.entries(secret?.tags ?? {})) {
    if (name === "aws:cloudformation:stack-name") {
      return { by: "cloudformation", sign: `stack ${value} created the secret` } as const;
    }
    if (/^managed[-_ ]?by$|^iac$/i.test(name) && /terraform|tofu/i.test(value)) {
      return { by: "terraform", sign: `the secret is tagged ${name}: ${value}` } as const;
    }
  }
  return undefined;
}

/** Cache behaviors that use legacy trusted signers (account key pairs). */
export function legacyBehaviors(distributions: readonly Distribution[]): readonly string[] {
  return distributions.flatMap(({ id, behaviors }) => {
    const asking = behaviors.filter(({ trustedSigners }) => trustedSigners.length > 0);
    const patterns = asking.map(routePattern).join(", ");
    return asking.length === 0
      ? []
      : [`${patterns} of distribution ${id}: legacy trusted signers, whose keys are in no key group`];
  });
}

/** What the drafted gates leave out, one sentence each. */
export function leftOut({ distributions, keyGroups, secrets }: SurveyedAccount): readonly string[] {
  const trusted = distributions.flatMap(({ behaviors }) =>
    behaviors.flatMap((each) => each.trustedKeyGroups),
  );
  const grouped = keyGroups.flatMap(({ items }) => items);
  return [
    ...legacyBehaviors(distributions),
    ...keyGroups
      .filter(({ id }) => !trusted.includes(id))
      .map(({ id, name }) => `key group ${name} (${id}): no cache behavior trusts it`),
    ...secrets
      .filter(({ keyPairId }) => !grouped.includes(keyPairId))
      .map(({ id, keyPairId }) => `secret ${id}: it holds the key of ${keyPairId}, which is in no key group`),
  ].map((each) => `left out: ${each}`);
}

/** A name that viewers use, with the port if it is an unusual one. */
export function viewerHostOf(
  { aliases, domainName }: Pick<Distribution, "aliases" | "domainName">,
  port?: number,
): string {
  const host = aliases.find((alias) => !alias.includes("*")) ?? domainName;
  return port === undefined ? host : `${host}:${port}`;
}

function gateName(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "") || "gate";
}
