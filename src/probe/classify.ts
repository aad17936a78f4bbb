/** Names who answered a request, from status, headers and at most 64 KiB of body: a status alone proves nothing. */
import { type Answer, type AnsweredRequest, type RawAnswer, readAnswer } from "./answer.ts";
import * as edge from "./edge-signs.ts";
import type { Classification } from "./layer.ts";
import * as origin from "./origin-signs.ts";

/** The first sign that is found decides: the most telling first, the origin's ordinary answers last. */
const SIGNS: readonly edge.Sign[] = [
  edge.functionAnswer,
  edge.signatureDenial,
  edge.htmlShell,
  edge.tooLarge,
  edge.protocolRedirect,
  edge.changedStatus,
  edge.cached,
  origin.s3,
  origin.lambdaUrl,
  origin.apiGateway,
  origin.loadBalancer,
  origin.originVerification,
  origin.redirect,
  origin.application,
];

/**
 * Pure, never throws. `edge` in the result is what a rotation or a probe builds on: `denied` only for a denial in the
 * signature check's own words, `passed` only when something behind the check answered through CloudFront.
 * Transcripts: test/probe/transcripts, one for every known answer.
 */
export function classify(raw: RawAnswer, asked: AnsweredRequest): Classification {
  return classifyRead(readAnswer(raw, asked));
}

export function classifyRead(answer: Answer): Classification {
  for (const sign of SIGNS) {
    const found = sign(answer);
    if (found !== undefined) return found;
  }
  return {
    layer: "unsure",
    edge: "unsure",
    confidence: "unsure",
    evidence: [
      `status ${answer.status}, not in the words of the signature check or of any known service`,
      "a custom error page or a WAF's custom response may stand here: the access logs of the distribution tell",
    ],
  };
}

/**
 * What code in a browser on another site sees of this answer: without CORS headers an opaque network error, status 0.
 * The edge's denials have none.
 */
export function readableAcrossOrigins(raw: RawAnswer): boolean {
  return raw.headers.some(([name]) => name.toLowerCase() === "access-control-allow-origin");
}
