/**
 * Why a request was denied, if its line has the credential: `edge/decide` judges it, with the keys that the account
 * trusts. Those are today's and the line is older, so a verdict counts only if it agrees with the code on
 * the wire. Without an account every key counts as trusted, which still shows expiry, address and Resource.
 */
import { decide } from "../edge/decide.ts";
import type { FoundTrust } from "../edge/trust-account.ts";
import type { DenialReason, EdgeRequest, Trust, Verdict } from "../edge/verdict.ts";
import type { EpochSeconds } from "../time.ts";
import type { CredentialLine } from "./credential-line.ts";

/** `cannot-tell`: the edge's signature check denied it, but the line does not show why. */
type Reason = DenialReason | "cannot-tell";

export interface JudgedLine {
  readonly line: CredentialLine;
  readonly reason: Reason;
  readonly basis: "observed" | "inferred";
  readonly keyPairId?: string;
  /** When its policy ends. */
  readonly expiresAt?: EpochSeconds;
  /** Did the policy allow only some addresses? */
  readonly isIpBound: boolean;
}

export interface DenialReasons {
  readonly judged: readonly JudgedLine[];
  /** Are the trusted keys known from the account? */
  readonly hasTrust: boolean;
  /** Denied requests left unjudged: too many distinct credentials. */
  readonly unjudged: number;
}

export const NO_REASONS: DenialReasons = { judged: [], hasTrust: false, unjudged: 0 };

export type TrustOf = (url: string, keyPairId: string | undefined) => Promise<FoundTrust>;

/** `trustOf` is absent if no account is asked. Throws whatever it throws. */
export async function judgeLines(
  lines: readonly CredentialLine[],
  trustOf: TrustOf | undefined,
): Promise<JudgedLine[]> {
  const judged: JudgedLine[] = [];
  for (const line of lines) judged.push(await judgeLine(line, trustOf));
  return judged;
}

/** Accepts every key and signature, which leaves the conditions of the policy. */
const ANY_KEY: Trust = { get: () => () => true };
const NO_KEY: Trust = new Map();

async function judgeLine(line: CredentialLine, trustOf: TrustOf | undefined): Promise<JudgedLine> {
  const seen = readingOf(line);
  if (trustOf !== undefined) {
    // Its key is not named: whether the account knows an untrusted one changes nothing here.
    const { trust } = await trustOf(seen.request.url, undefined);
    if (trust !== "unknown" && trust !== undefined) {
      const verdict = verdictOn(line, trust);
      if (verdict !== undefined) return judgedAs(line, verdict, "observed");
    }
  }
  // Codes that the edge returns before looking at any key.
  const early = verdictOn(line, NO_KEY);
  if (early !== undefined && early.code !== "InvalidKey") return judgedAs(line, early, "observed");
  const late = verdictOn(line, ANY_KEY);
  if (late !== undefined) return judgedAs(line, late, "inferred");
  const reason = line.wireCode === "InvalidKey" ? "key-not-trusted" : "cannot-tell";
  return judgedAs(line, { ...seen.verdict, reason: undefined }, "inferred", reason);
}

function judgedAs(
  line: CredentialLine,
  verdict: Pick<Verdict, "keyPairId" | "policy"> & { readonly reason?: DenialReason | undefined },
  basis: JudgedLine["basis"],
  reason: Reason = verdict.reason ?? "cannot-tell",
): JudgedLine {
  const { keyPairId, policy } = verdict;
  return {
    line,
    reason,
    basis,
    keyPairId,
    expiresAt: policy?.dateLessThan,
    isIpBound: policy?.ipAddress !== undefined,
  };
}

/**
 * The denial that the code on the wire allows. Each reading of the line is judged at both ends of its second; a wrong
 * reading of the encoding shows as a credential that does not decode, or does not fit: then the other one counts, if it
 * is better.
 */
function verdictOn(line: CredentialLine, trust: Trust): Verdict | undefined {
  const judged = line.readings.map((request) =>
    momentsOf(line).map((moment) => decide(request, trust, moment)),
  );
  const chosen = judged.find((verdicts) => !verdicts.every(isPerhapsMisread)) ?? judged[0] ?? [];
  return chosen.find(({ allowed, code }) => !allowed && (line.wireCode === null || code === line.wireCode));
}

const MISREAD: ReadonlySet<string | undefined> = new Set([
  "signature-mismatch",
  "resource-mismatch",
  "signature-undecodable",
  "policy-undecodable",
  "policy-malformed",
]);
const isPerhapsMisread = ({ reason }: Verdict) => MISREAD.has(reason);

/** The edge judged it on arrival; the log has the second in which it ended. */
function momentsOf({ at, took }: CredentialLine): readonly EpochSeconds[] {
  return [at - took, at + 1 - took];
}

function readingOf(line: CredentialLine): { readonly request: EdgeRequest; readonly verdict: Verdict } {
  const request = line.readings[0] as EdgeRequest;
  return { request, verdict: decide(request, ANY_KEY, line.at - line.took) };
}
