/** Reads the distribution, keys and policies that infrastructure as code declares. */
import { createPublicKey } from "node:crypto";
import type { Distribution } from "../../cloudfront/distribution.ts";
import { InputError, UsageError } from "../../errors.ts";
import type { Declaration } from "../../iac/declaration.ts";
import { fingerprint } from "../../keys/fingerprint.ts";
import { readPublicKey } from "../../keys/pem.ts";
import { managedPolicies, type ProxyConfig, placeholderKeyPairId } from "./proxy-config.ts";

export interface PublicKeyWithId {
  readonly pem: string;
  readonly id: string;
}

/**
 * `named`: key pair IDs of declared keys, which a template cannot know before it is deployed. Throws ERR_TEMPLATE,
 * ERR_USAGE.
 */
export function configFromTemplate(
  declaration: Declaration,
  file: string,
  wanted: string | undefined,
  named: readonly PublicKeyWithId[],
): ProxyConfig {
  const distribution = chosen(declaration.distributions, wanted, file);
  const idByFingerprint = new Map(named.map(({ pem, id }) => [fingerprint(createPublicKey(pem)), id]));
  const notes = declaration.unresolved.map(
    ({ where, what, parameter }) =>
      `${file}: ${where} is known only when deployed (${what})${parameter === undefined ? "" : `: --parameter ${parameter}=VALUE`}`,
  );
  const keys = new Map<string, { id: string; pem: string }>();
  for (const { id, address, name, encodedKey, isIdKnown } of declaration.publicKeys) {
    if (encodedKey === undefined) continue;
    const key = requirePublicKey(encodedKey, `${file}: the public key ${address}`);
    const given = idByFingerprint.get(fingerprint(key));
    if (given === undefined && !isIdKnown) {
      notes.push(
        `the key pair ID of ${name} is known only when deployed; here it is ${placeholderKeyPairId(key)} (--public-key FILE=ID sets another)`,
      );
    }
    keys.set(id, { id: given ?? (isIdKnown ? id : placeholderKeyPairId(key)), pem: encodedKey });
  }
  const keyGroups = new Map(
    declaration.keyGroups.map((group) => [
      group.id,
      new Map(
        group.items.flatMap((item) => {
          const key = keys.get(item);
          return key ? [[key.id, key.pem] as const] : [];
        }),
      ),
    ]),
  );
  const policies = new Map(declaration.policies.map((policy) => [policy.id, policy]));
  const origins = new Map(distribution.origins.map((origin) => [origin.id, origin]));
  return {
    published: { distributions: [distribution], keyGroups },
    policies: (id) => policies.get(id) ?? managedPolicies(id),
    customHeaders: (id) =>
      (origins.get(id)?.customHeaders ?? []).map(({ name, value }) => ({ name, value: value?.reveal() })),
    limits: (id) => origins.get(id) ?? {},
    notes: [
      ...notes,
      ...differencesFromAccount(
        distribution,
        keyGroups,
        (id) => policies.has(id) || managedPolicies(id) !== undefined,
      ),
    ],
  };
}

function requirePublicKey(pem: string, what: string) {
  try {
    return readPublicKey(pem);
  } catch (cause) {
    throw new InputError(
      "ERR_TEMPLATE",
      `${what} is not a PEM public key`,
      ["openssl pkey -pubin -in public.pem -noout -text"],
      cause,
    );
  }
}

/** What behaves differently here than in the account, one line each. */
export function differencesFromAccount(
  { behaviors }: Pick<Distribution, "behaviors">,
  keyGroups: ReadonlyMap<string, ReadonlyMap<string, string>>,
  isPolicyKnown: (id: string) => boolean,
): string[] {
  const policyIds = behaviors.flatMap(({ cachePolicyId, originRequestPolicyId }) =>
    [cachePolicyId, originRequestPolicyId].filter((id) => id !== undefined),
  );
  const unknown = [...new Set(policyIds)].filter((id) => !isPolicyKnown(id));
  const keyless = behaviors.filter(
    ({ trustedKeyGroups }) =>
      trustedKeyGroups.length > 0 && trustedKeyGroups.every((id) => (keyGroups.get(id)?.size ?? 0) === 0),
  );
  const functions = behaviors.filter(({ viewerRequestFunctions }) => viewerRequestFunctions.length > 0);
  return [
    ...unknown.map((id) => `policy ${id} is not declared here: it forwards nothing`),
    ...keyless.map(
      ({ pathPattern }) =>
        `behavior ${pathPattern} trusts no known key: it denies everything (--own-key adds one)`,
    ),
    ...functions.map(
      ({ pathPattern }) => `behavior ${pathPattern} has a viewer-request function, which does not run here`,
    ),
  ];
}

/** The one with that ID, address or alias; without a name the only one. */
function chosen<Each extends Distribution & { readonly address?: string }>(
  distributions: readonly Each[],
  wanted: string | undefined,
  where: string,
): Each {
  const names = distributions.map(({ id, address }) => address ?? id);
  if (distributions.length === 0) {
    throw new InputError("ERR_TEMPLATE", `${where} has no CloudFront distribution`, [
      "keyturn sandbox --help",
    ]);
  }
  if (wanted === undefined) {
    const [only, ...others] = distributions;
    if (only && others.length === 0) return only;
    throw new UsageError("ERR_USAGE", `${where} has ${names.length} distributions: ${names.join(", ")}`, [
      `choose one with --distribution ${names[0]}`,
    ]);
  }
  const found = distributions.find(
    ({ id, address, aliases }) => id === wanted || address === wanted || aliases.includes(wanted),
  );
  if (found) return found;
  throw new UsageError("ERR_USAGE", `${where} has no distribution ${wanted}: ${names.join(", ")}`, [
    `choose one with --distribution ${names[0]}`,
  ]);
}
