/** Determines who answered a request from status, headers and at most 64 KiB of body; a status alone proves nothing. */
import { type AnsweredRequest, type HttpAnswer, type RawAnswer, readAnswer } from "./answer.ts";
import * as edge from "./edge-signs.ts";
import type { Classification } from "./layer.ts";
import * as origin from "./origin-signs.ts";

/** The first match wins: the most specific first, the origin's ordinary responses last. */
const SIGNS: readonly edge.AnswerRecognizer[] = [
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
export function classify(raw: RawAnswer, request: AnsweredRequest): Classification {
  return classifyRead(readAnswer(raw, request));
}

export function classifyRead(answer: HttpAnswer): Classification {
  for (const sign of SIGNS) {
    const found = sign(answer);
    if (found !== undefined) return found;
  }
  return {
    layer: "unsure",
    edge: "unsure",
    confidence: "unsure",
    evidence: [
      `status ${answer.status}, in a form that neither the signature check nor any known service uses`,
      "this may be a custom error page or a custom WAF response: check the distribution's access logs",
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
