/** Compares what the mint endpoint sets with what the gate declares and how a browser treats it. */
import { lintAttributes, pathCovers } from "../browser/attributes-lint.ts";
import type { CapturedCookie } from "../capture/capture.ts";
import { parseSetCookie } from "../capture/read-set-cookie.ts";
import type { Finding } from "../finding.ts";
import type { Gate } from "../gates/gate.ts";
import { decodeBase64 } from "../policy/base64.ts";
import { COOKIE_NAMES } from "../policy/cookie-set.ts";
import { parsePolicy } from "../policy/parse.ts";
import type { Policy } from "../policy/policy.ts";
import { type EpochSeconds, formatDuration } from "../time.ts";
import { isSigningCookie } from "./flow-browser.ts";

export interface SetBy {
  /** The mint endpoint. */
  readonly url: string;
  /** Values of its Set-Cookie headers. */
  readonly lines: readonly string[];
  readonly at: EpochSeconds;
}

type Declared = Pick<Gate, "cookie" | "signer" | "rotation">;
type Fault = Pick<Finding, "id" | "message"> & Partial<Finding>;

/** `usedAt`: URLs that the cookies must reach. `keyPairId`: of the gate's current key, if known. */
export async function lintMinted(
  minted: SetBy,
  declared: Declared,
  usedAt: readonly string[],
  keyPairId: string | undefined,
): Promise<Finding[]> {
  const cookies = minted.lines
    .map((line) => ({ line, cookie: parseSetCookie(line, minted.at, minted.url) }))
    .filter((each): each is { line: string; cookie: CapturedCookie } => each.cookie !== undefined)
    .filter(({ cookie }) => isSigningCookie(cookie));
  const values = new Map(cookies.map(({ cookie }) => [cookie.name, cookie.value]));
  const missing = missingNames(values, declared);
  if (cookies.length === 0)
    return [finding({ ...missing[0], id: "cookie-name-missing" } as Fault, minted.url)];
  const policy = policyOf(values);
  const faults: Fault[] = [
    ...missing,
    ...(await attributeFaults(cookies, minted, usedAt, policy)),
    ...declaredFaults(cookies, declared.cookie),
    ...policyFaults(values, policy, declared, minted.at),
    ...keyFaults(values, keyPairId),
  ];
  const kinds = [...new Map(faults.map((fault) => [fault.id, fault])).values()];
  // A Path that covers nothing is reported once, by the stronger of the two findings.
  const isPathReported = kinds.some(({ id }) => id === "cookie-path-mismatch");
  return kinds
    .filter(({ id }) => !(isPathReported && id === "cookie-path-differs"))
    .map((fault) =>
      fault.id === "cookie-path-mismatch" ? pathFault(fault, cookies, usedAt, declared.cookie.path) : fault,
    )
    .map((fault) => finding(fault, minted.url));
}

/** All paths in one sentence; the Path that the gate declares is the fix, if it covers them. */
function pathFault(
  fault: Fault,
  cookies: readonly { readonly cookie: CapturedCookie }[],
  usedAt: readonly string[],
  declared: string,
): Fault {
  const paths = [...new Set(usedAt.map((url) => new URL(url).pathname))];
  const set = cookies
    .map(({ cookie }) => cookie.stored?.path ?? "")
    .find((path) => paths.some((each) => !pathCovers(path, each)));
  if (set === undefined) return fault;
  const missed = paths.filter((each) => !pathCovers(set, each));
  return {
    ...fault,
    message: `Path=${set} does not cover ${missed.join(", ")}: browsers never send the cookie there`,
    remedy: paths.every((each) => pathCovers(declared, each))
      ? `in the mint endpoint, set Path=${declared}, as the gate declares`
      : "in the mint endpoint and in cookie.path of keyturn.yaml, set a folder above every one of these paths; / covers all",
  };
}

function finding(fault: Fault, where: string): Finding {
  return { severity: "error", basis: "observed", evidence: [], where, ...fault };
}

function missingNames(values: ReadonlyMap<string, string>, { signer }: Declared): Fault[] {
  const { policy, expires, signature, keyPairId, hashAlgorithm } = COOKIE_NAMES;
  const absent = [
    ...(values.has(policy) || values.has(expires) ? [] : [`${policy} (or ${expires})`]),
    ...[signature, keyPairId].filter((name) => !values.has(name)),
    ...(signer.hash === "SHA256" && !values.has(hashAlgorithm) ? [hashAlgorithm] : []),
  ];
  if (absent.length > 0) {
    return [
      {
        id: "cookie-name-missing",
        message: `the mint endpoint does not set ${absent.join(", ")}`,
        remedy: "set all of them: the edge denies every request that lacks one",
      },
    ];
  }
  if (!values.has(policy) || !values.has(expires)) return [];
  return [
    {
      id: "cookie-policy-and-expires",
      message: "the mint endpoint sets both Policy and Expires: which one counts is undocumented",
      remedy: "set one and clear the other",
    },
  ];
}

async function attributeFaults(
  cookies: readonly { readonly line: string; readonly cookie: CapturedCookie }[],
  { url, at }: SetBy,
  usedAt: readonly string[],
  policy: Policy | undefined,
): Promise<Fault[]> {
  const places = usedAt.length === 0 ? [undefined] : usedAt.map((each) => new URL(each));
  const all = await Promise.all(
    cookies.flatMap(({ line, cookie: { name, value, stored = {} } }) =>
      places.map((place) =>
        lintAttributes(
          {
            attributes: {
              host: new URL(url).hostname,
              domain: stored.hostOnly === false ? stored.domain : undefined,
              path: stored.path,
              secure: stored.secure ?? false,
              httpOnly: /;\s*httponly\s*(?:;|$)/i.test(line),
              sameSite: stored.sameSite,
              partitioned: stored.partitioned ?? false,
              maxAge: stored.expires === undefined ? undefined : stored.expires - at,
            },
            sizes: [name.length + value.length],
            sentTo: place?.hostname,
            usedAt: place?.pathname,
            policyEnds: policy?.dateLessThan,
          },
          at,
        ),
      ),
    ),
  );
  return all.flat();
}

function declaredFaults(
  cookies: readonly { readonly cookie: CapturedCookie }[],
  { sameSite, domain, path, partitioned }: Gate["cookie"],
): Fault[] {
  return cookies.flatMap(({ cookie: { name, stored = {} } }) => {
    const seenDomain = stored.hostOnly === false ? stored.domain : undefined;
    const differs = (id: string, what: string, value: string, wanted: string): Fault => ({
      id,
      message: `the mint endpoint sets a different ${what} from the one the gate declares`,
      evidence: [`${name}: ${what} ${value}; declared: ${wanted}`],
      remedy: "fix the mint endpoint, or the gate's cookie settings in keyturn.yaml",
    });
    return [
      ...(stored.sameSite === sameSite
        ? []
        : [differs("cookie-same-site-differs", "SameSite", stored.sameSite ?? "absent", sameSite)]),
      ...(seenDomain === domain?.replace(/^\./, "").toLowerCase()
        ? []
        : [differs("cookie-domain-differs", "Domain", seenDomain ?? "absent", domain ?? "none (host-only)")]),
      ...(stored.path === path
        ? []
        : [differs("cookie-path-differs", "Path", stored.path ?? "absent", path)]),
      ...((stored.partitioned ?? false) === partitioned
        ? []
        : [
            differs(
              "cookie-partitioned-differs",
              "Partitioned",
              String(stored.partitioned ?? false),
              String(partitioned),
            ),
          ]),
    ];
  });
}

function policyOf(values: ReadonlyMap<string, string>): Policy | undefined {
  const bytes = decodeBase64(values.get(COOKIE_NAMES.policy) ?? "");
  const parsed = bytes === undefined || bytes.length === 0 ? undefined : parsePolicy(bytes);
  if (parsed?.ok) return parsed.policy;
  const expires = Number(values.get(COOKIE_NAMES.expires));
  return Number.isSafeInteger(expires) && expires > 0 ? { dateLessThan: expires } : undefined;
}

function policyFaults(
  values: ReadonlyMap<string, string>,
  policy: Policy | undefined,
  { cookie, rotation }: Declared,
  at: EpochSeconds,
): Fault[] {
  if (policy === undefined) {
    return values.has(COOKIE_NAMES.policy)
      ? [
          {
            id: "policy-unreadable",
            message: "the edge cannot read the policy that the mint endpoint signs",
            remedy: "keyturn mint",
          },
        ]
      : [];
  }
  const life = policy.dateLessThan - at;
  const slack = Math.max(2, rotation.skew);
  const faults: Fault[] = [];
  if (life > cookie.maxTtl + slack) {
    faults.push({
      id: "policy-outlives-gate",
      message: `minted cookies live ${formatDuration(life)}, but the gate allows ${formatDuration(cookie.maxTtl)}: a rotation would not wait long enough`,
      remedy: "shorten the policy in the mint endpoint, or raise cookie.maxTtl in keyturn.yaml",
    });
  } else if (Math.abs(life - cookie.ttl) > slack) {
    faults.push({
      id: "policy-ttl-differs",
      severity: "warning",
      message: `minted cookies live ${formatDuration(life)}, but the gate declares ${formatDuration(cookie.ttl)}`,
      remedy: "fix the mint endpoint, or cookie.ttl in keyturn.yaml",
    });
  }
  if (!values.has(COOKIE_NAMES.policy) || policy.resource === cookie.resource) return faults;
  const isOtherHost = hostOf(policy.resource) !== hostOf(cookie.resource);
  faults.push({
    id: isOtherHost ? "policy-host-differs" : "policy-resource-differs",
    message: isOtherHost
      ? "minted cookies are for a different host from the one viewers use, so the edge denies them"
      : "minted cookies are for a different Resource from the one the gate declares",
    evidence: [`Resource ${policy.resource ?? "(absent: every file)"}; declared: ${cookie.resource}`],
    remedy: "sign for the host name that viewers use, never the distribution's own",
  });
  return faults;
}

function keyFaults(values: ReadonlyMap<string, string>, keyPairId: string | undefined): Fault[] {
  const value = values.get(COOKIE_NAMES.keyPairId);
  if (keyPairId === undefined || value === undefined || value === keyPairId) return [];
  return [
    {
      id: "cookie-key-pair-id-differs",
      message:
        "the mint endpoint signs with a different key from the one in the gate's secret: a stale cache, or separate configuration",
      evidence: [`it sets ${value}; the secret's key is ${keyPairId}`],
      remedy: "keyturn rotate status",
    },
  ];
}

const hostOf = (resource: string | undefined) =>
  /^[^:]*:\/\/([^/?]*)/.exec(resource ?? "")?.[1]?.toLowerCase();
