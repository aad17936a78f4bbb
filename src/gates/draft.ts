/** keyturn.yaml as an account suggests it: each set of key groups that shares a key is a gate. */
import type { CacheBehavior, Distribution } from "../cloudfront/distribution.ts";
import type { KeyGroup } from "../seams.ts";
import type { Gate, KeyPairIdSource, Layer, SecretFormat } from "./gate.ts";
import { patternsOverlap } from "./path-pattern.ts";

/** A secret that was seen to hold a key of a gate's key groups. */
export interface SecretCandidate {
  readonly id: string;
  readonly keyPairId: string;
  readonly format: SecretFormat;
  readonly fields?: { readonly privateKey: string; readonly keyPairId: string };
  readonly source: KeyPairIdSource;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface DraftRoute {
  readonly pattern: string;
  readonly sample: string;
  readonly layers: readonly Layer[];
  /** Where not every distribution of the gate has it. */
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
  /** What seems to write the gate's key groups, and the sign of it. Undefined: no sign was seen. */
  readonly ownership?: { readonly by: Exclude<Gate["ownership"], "none">; readonly sign: string };
}

export interface Account {
  readonly distributions: readonly Distribution[];
  readonly keyGroups: readonly KeyGroup[];
  readonly secrets: readonly SecretCandidate[];
  readonly region?: string | undefined;
}

export function draftGates(account: Account): DraftGate[] {
  // The hosts of a multi-tenant distribution are its tenants': alone it makes no gate that one could draft.
  const trusted = new Set(
    account.distributions
      .filter(({ connectionMode }) => connectionMode === "direct")
      .flatMap(({ behaviors }) => behaviors.flatMap(({ trustedKeyGroups }) => trustedKeyGroups)),
  );
  const groups = account.keyGroups.filter(({ id }) => trusted.has(id));
  const names = new Set<string>();
  return sharingKeys(groups).map((together) => {
    const draft = draftGate(together, account);
    let { name } = draft;
    for (let count = 2; names.has(name); count += 1) name = `${draft.name}-${count}`;
    names.add(name);
    return { ...draft, name };
  });
}

/** Key groups that hold a key in common belong to one gate: they are rotated together. */
function sharingKeys(groups: readonly KeyGroup[]): KeyGroup[][] {
  let sets: KeyGroup[][] = [];
  for (const group of groups) {
    const touches = (set: readonly KeyGroup[]) =>
      set.some(({ items }) => items.some((keyPairId) => group.items.includes(keyPairId)));
    const joined = sets.filter(touches).flat();
    sets = [...sets.filter((set) => !touches(set)), [...joined, group]];
  }
  return sets;
}

function draftGate(groups: readonly KeyGroup[], account: Account): DraftGate {
  const ids = groups.map(({ id }) => id);
  const asks = (each: { readonly trustedKeyGroups: readonly string[] }) =>
    each.trustedKeyGroups.some((id) => ids.includes(id));
  const distributions = account.distributions.filter(({ behaviors }) => behaviors.some(asks));
  const keyPairIds = groups.flatMap(({ items }) => items);
  const secret = account.secrets.find(({ keyPairId }) => keyPairIds.includes(keyPairId));
  const verificationHeader = distributions
    .flatMap(({ origins }) => origins.flatMap(({ customHeaderNames }) => customHeaderNames))
    .find((name) => /verif|secret|auth|token|origin-key/i.test(name));
  const layers: Layer[] = verificationHeader === undefined ? ["edge"] : ["edge", "origin-verification"];
  const canaries: Record<string, string> = {};
  for (const { id, behaviors, ...distribution } of distributions) {
    const guarded = behaviors.find(asks);
    if (guarded === undefined || distribution.connectionMode !== "direct") continue;
    canaries[id] = `https://${hostOf(distribution)}${sampleOf(routePattern(guarded))}`;
  }
  const first = distributions.find(({ connectionMode }) => connectionMode === "direct");
  const ownership = ownershipOf(distributions, secret);
  const routes = draftRoutes(distributions, asks, layers);
  const patterns = routes.filter((route) => route.layers.includes("edge")).map(({ pattern }) => pattern);
  const path = patterns.length === 1 ? (patterns[0] as string) : "/*";
  const accountId = /^arn:[^:]*:cloudfront::(\d{12}):/.exec(first?.arn ?? "")?.[1];
  return {
    name: gateName(groups[0]?.name ?? "gate"),
    ...(accountId === undefined ? {} : { account: accountId }),
    ...(account.region === undefined ? {} : { region: account.region }),
    distributions: distributions.map(({ id }) => id),
    keyGroups: ids,
    ...(secret === undefined ? {} : { secret }),
    resource:
      distributions.length > 1 ? `https://*${path}` : `https://${first ? hostOf(first) : "HOST"}${path}`,
    canaries,
    routes,
    ...(verificationHeader === undefined ? {} : { verificationHeader }),
    ...(ownership === undefined ? {} : { ownership }),
  };
}

/** The behaviors that ask for the gate's signatures, then the open ones that stand in front of them. */
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
      ...(ids.length < distributions.length && { distributions: ids }),
    });
  return [...[...signed].map(route(layers)), ...[...open].map(route([]))];
}

const isOpen = ({ trustedKeyGroups, trustedSigners }: CacheBehavior) =>
  trustedKeyGroups.length + trustedSigners.length === 0;
const routePattern = ({ pathPattern }: CacheBehavior) => `/${pathPattern.replace(/^\//, "")}`;
const sampleOf = (pattern: string) => pattern.replace(/\*/g, "keyturn-canary").replace(/\?/g, "x");

/**
 * Terraform's AWS provider gives distributions a caller reference of its own (`terraform-` and a time); CloudFormation
 * tags the secrets that it makes. Neither marks key groups, so both are signs only.
 */
function ownershipOf(distributions: readonly Distribution[], secret: SecretCandidate | undefined) {
  const made = distributions.find(({ callerReference }) => /^terraform-\d/.test(callerReference ?? ""));
  if (made !== undefined) return { by: "terraform", sign: `Terraform made ${made.id}` } as const;
  for (const [name, value] of Object.entries(secret?.tags ?? {})) {
    if (name === "aws:cloudformation:stack-name") {
      return { by: "cloudformation", sign: `stack ${value} made the secret` } as const;
    }
    if (/^managed[-_ ]?by$|^iac$/i.test(name) && /terraform|tofu/i.test(value)) {
      return { by: "terraform", sign: `the secret is tagged ${name}: ${value}` } as const;
    }
  }
  return undefined;
}

function hostOf({ aliases, domainName }: Pick<Distribution, "aliases" | "domainName">): string {
  return aliases.find((alias) => !alias.includes("*")) ?? domainName;
}

function gateName(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "") || "gate";
}
