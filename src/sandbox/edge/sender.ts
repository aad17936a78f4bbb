/**
 * Who sent a request to the sandbox's edge, and whether its response is unexpected. Unlike a real edge, this one
 * knows which keys are genuine and which paths the gate protects.
 */

import type { Verdict } from "../../edge/verdict.ts";
import { decodeBase64 } from "../../policy/base64.ts";
import { parsePolicy } from "../../policy/parse.ts";
import type { EpochSeconds } from "../../time.ts";
import { DEMO } from "../demo-gate.ts";
import { MARK_HEADER } from "../origin/log.ts";
import type { WireRequest } from "../wire.ts";
import type { Sender } from "./senders.ts";

/** A rehearsal's attackers mark their requests; keyturn uses its own User-Agent, or requests the canary. */
export function senderOf({ headers, target }: Pick<WireRequest, "headers" | "target">): Sender {
  if (headers[MARK_HEADER]?.startsWith("attack-")) return "attackers";
  const isOurs = headers["user-agent"]?.startsWith("keyturn") || target.split("?", 1)[0] === DEMO.canaryPath;
  return isOurs ? "prober" : "viewers";
}

export interface RespondedRequest {
  readonly sender: Sender;
  readonly request: Pick<WireRequest, "target" | "headers">;
  readonly by: string;
  /** The behavior requires a signature. */
  readonly isProtected: boolean;
  readonly originCalled: boolean;
  readonly status: number;
  readonly verdict: Verdict | undefined;
  readonly at: EpochSeconds;
}

/** `isGenuine`: does the account hold this public key? */
export function isUnexpected(
  answered: RespondedRequest,
  isGenuine: (keyPairId: string) => boolean = () => false,
): boolean {
  const { sender, by, originCalled, status, verdict, request, isProtected } = answered;
  // On a protected path nobody passes without a signature.
  if (originCalled && verdict === undefined && isProtected) return true;
  if (sender === "attackers") return originCalled;
  if (sender === "prober") return false;
  if (verdict?.allowed === false) {
    const { reason, keyPairId } = verdict;
    if (reason !== "key-not-trusted" || keyPairId === undefined || !isGenuine(keyPairId)) return false;
    return endOf(request.headers.cookie ?? request.target) > answered.at;
  }
  return (by !== "origin" && by !== "edge") || (by === "origin" && status >= 500);
}

/** When the credential expires; Infinity if it has no end. */
function endOf(text: string): EpochSeconds {
  const expires = /CloudFront-Expires=(\d+)|[?&]Expires=(\d+)/.exec(text);
  if (expires) return Number(expires[1] ?? expires[2]);
  const encoded = /(?:CloudFront-|[?&])Policy=([^;&\s]+)/.exec(text)?.[1];
  const bytes = encoded === undefined ? undefined : decodeBase64(encoded);
  const policy = bytes === undefined ? undefined : parsePolicy(bytes);
  return policy !== undefined && "policy" in policy ? policy.policy.dateLessThan : Number.POSITIVE_INFINITY;
}
