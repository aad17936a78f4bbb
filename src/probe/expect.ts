/** What each request should get: computed by `edge/decide.ts`, never listed by hand. */
import { decide } from "../edge/decide.ts";
import { alternatives, DEFAULT_RULES, type RuleName } from "../edge/rules.ts";
import type { EdgeRequest, Trust, WireCode } from "../edge/verdict.ts";
import type { EpochSeconds } from "../time.ts";
import { probeCase } from "./cases.ts";
import type { ProbeRequest } from "./plan.ts";

export type Expectation =
  /** The signature check denies with one of these codes; `undocumented`: the real code may be another. */
  | {
      readonly kind: "denied";
      readonly codes: readonly WireCode[];
      readonly because: string;
      readonly undocumented?: true;
    }
  /** It passes the edge; anything behind it may answer. */
  | { readonly kind: "passed" }
  /** The edge lets it pass and the application refuses. */
  | { readonly kind: "application-refuses" }
  /** Plain HTTP: anything except a response from behind the edge. */
  | { readonly kind: "https-only" }
  /** Undocumented: reported, never failed. */
  | { readonly kind: "observed"; readonly because: string };

/** RFC 5737 documentation address: no viewer has it, so a policy for another IP never matches by chance. */
const SOMEBODY = "198.51.100.77";

/** Pure. `trust` is what the gate's behaviors should trust: the signing key, and not the retired one. */
export function expectationOf(
  request: ProbeRequest,
  cookies: EdgeRequest["cookies"],
  trust: Trust,
  now: EpochSeconds,
): Expectation {
  const { undocumented, asks } = probeCase(request.caseId);
  const { protection } = request.target;
  if (asks === "plain-http") return { kind: "https-only" };
  if (protection === "none") return { kind: "passed" };
  if (undocumented !== undefined) return { kind: "observed", because: undocumented };
  if (protection === "application") return { kind: "application-refuses" };

  const edgeRequest = { url: request.url, cookies, ip: SOMEBODY };
  const verdict = decide(edgeRequest, trust, now);
  if (verdict.undocumented.length === 0) {
    return verdict.code === undefined
      ? { kind: "passed" }
      : { kind: "denied", codes: codesFor(request, [verdict.code]), because: verdict.reason ?? "" };
  }
  const others = verdict.undocumented.flatMap((name) =>
    alternatives(DEFAULT_RULES, name as RuleName).map((rules) => decide(edgeRequest, trust, now, rules)),
  );
  const codes = [verdict, ...others].map(({ code }) => code);
  return codes.every((code) => code !== undefined)
    ? {
        kind: "denied",
        codes: codesFor(request, [...new Set(codes)]),
        because: verdict.reason ?? "",
        undocumented: true,
      }
    : { kind: "observed", because: `undocumented: ${verdict.undocumented.join(", ")}` };
}

/** Canned cookies for a wildcard have also been seen to get "Malformed Policy" (aws-sdk-js-v3 #4516). */
function codesFor(request: ProbeRequest, codes: WireCode[]): WireCode[] {
  return request.caseId === "canned-wildcard" ? [...new Set<WireCode>([...codes, "MalformedPolicy"])] : codes;
}
