/** An account as infrastructure code declares it, for a draft without AWS: Terraform's JSON, or a template with its stack's IDs. */
import { createPublicKey } from "node:crypto";
import type { Declaration, Declared } from "../iac/declaration.ts";
import { fingerprint } from "../keys/fingerprint.ts";
import type { DraftGate, SecretCandidate, SurveyedAccount } from "./draft.ts";
import { recognizeSecret } from "./recognize-secret.ts";
import type { StackResources } from "./stack-resources.ts";

/** In a draft, precedes the address of a resource whose ID the file does not have. */
const UNKNOWN_ID = "REPLACE-ME-";

export interface DeclaredAccount {
  readonly account: SurveyedAccount;
  /** For each draft: the names of its resources in the code. */
  readonly named: (draft: DraftGate) => DraftGate;
  /** Resources without an ID, by address. */
  readonly unidentified: readonly string[];
  /** Values that are known only after deployment, one sentence each. */
  readonly unresolved: readonly string[];
}

/** `region` is for the file. `stack` gives a template's logical IDs their physical ones. */
export function declaredAccount(
  declaration: Declaration,
  { region, stack }: { readonly region?: string | undefined; readonly stack?: StackResources | undefined },
): DeclaredAccount {
  const idOf = (id: string): string => {
    const declared = resourcesOf(declaration).find((each) => each.id === id);
    if (declared === undefined || declared.isIdKnown) return id;
    return stack?.ids.get(declared.address) ?? `${UNKNOWN_ID}${declared.address}`;
  };
  const keyGroups = declaration.keyGroups.map(({ id, name, items, comment }) => ({
    ...{ id: idOf(id), name, comment, modifiedAt: 0 },
    items: items.map(idOf),
  }));
  const distributions = declaration.distributions.map((each) => ({
    ...each,
    id: idOf(each.id),
    arn: each.arn || (stack ? `arn:aws:cloudfront::${stack.account}:distribution/${idOf(each.id)}` : ""),
    domainName: each.domainName || "HOST",
    behaviors: each.behaviors.map((behavior) => ({
      ...behavior,
      trustedKeyGroups: behavior.trustedKeyGroups.map(idOf),
    })),
  }));
  const secrets = secretsOf(declaration, idOf, stack);
  const account = { distributions, keyGroups, secrets, region: region ?? stack?.region };
  return {
    account,
    named: (draft) => namedDraft(draft, declaration, idOf, account),
    unidentified: resourcesOf(declaration)
      .filter(({ id, isIdKnown }) => !isIdKnown && idOf(id).startsWith(UNKNOWN_ID))
      .map(({ address }) => address),
    unresolved: declaration.unresolved.map(
      ({ where, what, parameter }) =>
        `not in the file: ${what} (${where})${parameter === undefined ? "" : `: --parameter ${parameter}=VALUE`}`,
    ),
  };
}

function resourcesOf({ distributions, keyGroups, publicKeys }: Declaration): readonly Declared[] {
  return [...distributions, ...keyGroups, ...publicKeys];
}

/** Secrets are recognized if the file has their content; otherwise a single secret is assumed to be the right one. */
function secretsOf(
  { secrets, secretValues, publicKeys }: Declaration,
  idOf: (id: string) => string,
  stack: StackResources | undefined,
): readonly SecretCandidate[] {
  const keyPairIds = new Map(
    publicKeys.flatMap(({ encodedKey, id }) => {
      const print = encodedKey === undefined ? undefined : fingerprintOf(encodedKey);
      return print === undefined ? [] : [[print, idOf(id)] as const];
    }),
  );
  const nameOf = (id: string) => {
    const secret = secrets.find((each) => [each.id, each.address, each.name].includes(id));
    return secret?.name ?? secretName(stack?.ids.get(secret?.address ?? id) ?? id);
  };
  const recognized = secretValues.flatMap(({ secret, value }) =>
    recognizeSecret(nameOf(secret), { text: value }, keyPairIds),
  );
  const [only, ...others] = secrets;
  const [key, ...otherKeys] = publicKeys;
  if (
    recognized.length > 0 ||
    only === undefined ||
    key === undefined ||
    others.length + otherKeys.length > 0
  )
    return recognized;
  return [
    { id: nameOf(only.id), keyPairId: idOf(key.id), format: "json", source: "in-secret", isGuess: true },
  ];
}

/** An ARN ends in the name, a hyphen and six characters. */
function secretName(id: string): string {
  return /^arn:[^:]*:secretsmanager:[^:]*:\d+:secret:(.+)-\w{6}$/.exec(id)?.[1] ?? id;
}

function fingerprintOf(pem: string): string | undefined {
  try {
    return fingerprint(createPublicKey(pem));
  } catch {
    return undefined;
  }
}

function namedDraft(
  draft: DraftGate,
  { format, keyGroups, publicKeys, isCdk }: Declaration,
  idOf: (id: string) => string,
  account: SurveyedAccount,
): DraftGate {
  const by = format === "cloudformation" ? "cloudformation" : "terraform";
  const groups = keyGroups.filter(({ id }) => draft.keyGroups.includes(idOf(id)));
  const items = new Set(
    account.keyGroups.filter(({ id }) => draft.keyGroups.includes(id)).flatMap((group) => group.items),
  );
  const keys = publicKeys.filter(({ id }) => items.has(idOf(id)));
  const signing = keys.find(({ id }) => idOf(id) === draft.secret?.keyPairId) ?? keys[0];
  return {
    ...draft,
    ownership: { by, sign: "its code declares the key group" },
    code: {
      keyGroups: Object.fromEntries(groups.map(({ id, address }) => [idOf(id), address])),
      publicKey: signing?.address,
      cdk: isCdk,
    },
  };
}
