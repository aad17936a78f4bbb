/** An explanation as `inspect --json` prints it: stable, and without credentials. */
import type { CapturedRequest } from "../capture/capture.ts";
import { DEFAULT_RULES, EDGE_RULES, type EdgeRules } from "../edge/rules.ts";
import type { DenialReason, Verdict, WireCode } from "../edge/verdict.ts";
import { COOKIE_NAMES, QUERY_NAMES } from "../policy/cookie-set.ts";
import { Sealed } from "../sealed.ts";
import { type EpochSeconds, formatInstant, type Seconds } from "../time.ts";
import type { Condition, Explanation } from "./explain.ts";
import type { InspectionInput, ResponseSender } from "./inspection-input.ts";
import { redactCredentials } from "./redact-url.ts";

export interface DisplayedInstant {
  readonly epoch: EpochSeconds;
  readonly utc: string;
  /** Negative: past. */
  readonly fromNow: Seconds;
}

export interface Inspection {
  readonly verdict: Explanation["verdict"];
  /** True only if the key of the key pair ID was given. */
  readonly verified: boolean;
  readonly code?: WireCode;
  readonly reason?: DenialReason;
  readonly form: CapturedRequest["form"];
  readonly source: string;
  readonly request: {
    readonly method: string;
    /** Without CloudFront's parameters. */
    readonly url?: string;
    readonly ip?: string;
    readonly at: string;
  };
  /** Where the trusted keys came from; absent if none are known. */
  readonly trustedBy?: string;
  /** The host that no distribution in the account serves, so no key is known. */
  readonly noDistribution?: string;
  readonly carrier: Verdict["carrier"];
  readonly policyKind?: Verdict["policyKind"];
  readonly keyPairId?: string;
  readonly hash?: Verdict["hash"];
  readonly policy?: {
    readonly resource?: string;
    readonly dateLessThan: DisplayedInstant;
    readonly dateGreaterThan?: DisplayedInstant;
    readonly ipAddress?: string;
  };
  /** The signed bytes as text; absent for a canned policy with an unknown URL. */
  readonly policyText?: string;
  /** In bytes. */
  readonly sizes: { readonly policy?: number; readonly signature?: number; readonly cookies?: number };
  readonly conditions: readonly Condition[];
  /** Why the policy could not be read. */
  readonly policyProblem?: string;
  /** CloudFront's fields as received. */
  readonly values: Sealed<Readonly<Record<string, string>>>;
  /** Who sent the captured response. */
  readonly answered?: ResponseSender;
  readonly undocumented: readonly {
    readonly rule: string;
    readonly asks: string;
    readonly doubt: string;
    /** The verdict on this request under each choice: `allow`, `deny AccessDenied`. */
    readonly outcomes: readonly {
      readonly choice: string;
      readonly means: string;
      readonly isAssumed: boolean;
      readonly outcome: string;
    }[];
  }[];
}

/** `explainUnder` explains the same request under different rules. */
export function inspectionOf(
  input: InspectionInput,
  explainUnder: (rules: EdgeRules) => Pick<Explanation, "verdict" | "code">,
): Inspection {
  const { capture, explanation, method, ip, at, source, answered } = input;
  const { verdict, code, reason, carrier, keyPairId, hash, signed, credential } = explanation;
  const isUrlKnown = credential.url !== "";
  const policyBytes = signed?.kind === "canned" && !isUrlKnown ? undefined : signed?.bytes;
  return {
    verdict,
    verified: explanation.isVerified,
    code,
    reason,
    form: capture.form,
    source: capture.source,
    request: {
      method,
      url: isUrlKnown ? redactCredentials(credential.url) : undefined,
      ip,
      at: formatInstant(at),
    },
    trustedBy: source?.where,
    noDistribution: input.noDistribution,
    carrier,
    policyKind: signed?.kind,
    keyPairId,
    hash,
    policy: explanation.policy && shownPolicy(explanation.policy, at),
    policyText: policyBytes && redactCredentials(Buffer.from(policyBytes).toString("utf8")),
    sizes: sizesOf(explanation, capture),
    conditions: explanation.conditions,
    values: valuesOf(explanation),
    policyProblem: signed?.sentence,
    answered,
    undocumented: explanation.undocumented.map((name) => {
      const { asks, doubt, choices } = EDGE_RULES[name];
      const meanings: Readonly<Record<string, string>> = choices;
      const outcomes = Object.entries(meanings).map(([choice, means]) => {
        const isAssumed = choice === DEFAULT_RULES[name];
        const other = isAssumed ? explanation : explainUnder({ ...DEFAULT_RULES, [name]: choice });
        return { choice, means, isAssumed, outcome: [other.verdict, other.code].join(" ").trim() };
      });
      return { rule: name, asks, doubt, outcomes };
    }),
  };
}

function valuesOf({ carrier, credential }: Explanation): Inspection["values"] {
  const names = carrier === "query" ? QUERY_NAMES : COOKIE_NAMES;
  const entries = Object.entries(credential.fields);
  return new Sealed(
    Object.fromEntries(entries.map(([field, value]) => [names[field as keyof typeof names], value])),
  );
}

function shownPolicy(
  { resource, dateLessThan, dateGreaterThan, ipAddress }: NonNullable<Explanation["policy"]>,
  at: EpochSeconds,
): Inspection["policy"] {
  return {
    resource: resource === undefined ? undefined : redactCredentials(resource),
    dateLessThan: momentOf(dateLessThan, at),
    dateGreaterThan: dateGreaterThan === undefined ? undefined : momentOf(dateGreaterThan, at),
    ipAddress,
  };
}

/** The last moment that a JavaScript Date can represent. */
const LAST_DATE = 8_640_000_000_000;

function momentOf(epoch: EpochSeconds, at: EpochSeconds): DisplayedInstant {
  const utc = epoch > LAST_DATE ? "beyond the year 275760" : formatInstant(epoch);
  return { epoch, utc, fromNow: Math.round(epoch - at) };
}

const OURS: ReadonlySet<string> = new Set(Object.values(COOKIE_NAMES));

function sizesOf(
  { signed, credential }: Explanation,
  { cookies, form }: CapturedRequest,
): Inspection["sizes"] {
  const ours = cookies.filter(({ name }) => OURS.has(name));
  const length = ours.reduce((sum, { name, value }) => sum + name.length + value.length + 3, -2);
  const { signature } = credential.fields;
  return {
    policy: signed?.kind === "custom" || credential.url !== "" ? signed?.bytes?.length : undefined,
    signature: signature?.length || undefined,
    cookies: length > 0 && form !== "policy" ? length : undefined,
  };
}
