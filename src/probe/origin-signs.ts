/** Recognizes responses from behind the edge: S3, API Gateway, Lambda URLs, load balancers, origin verification, the application. */
import { type HttpAnswer, oneLine, quoteHeader } from "./answer.ts";
import type { AnswerRecognizer } from "./edge-signs.ts";
import type { AnsweringLayer, Classification } from "./layer.ts";

/** Anything that answers behind the edge means that the check passed, if the request went through CloudFront at all. */
function behindTheEdge(
  answer: HttpAnswer,
  layer: AnsweringLayer,
  confidence: Classification["confidence"],
  ...evidence: string[]
): Classification {
  return answer.throughCloudFront
    ? { layer, edge: "passed", confidence, evidence }
    : {
        layer,
        edge: "unsure",
        confidence,
        evidence: [...evidence, "no CloudFront headers: no Via, X-Cache or X-Amz-Cf-Id"],
      };
}

/** Capital D in `Access Denied`, RequestId and HostId, AmazonS3: unlike the edge's denial in every detail. */
export const s3: AnswerRecognizer = (answer) => {
  const named = /^AmazonS3$/i.test(answer.header("server"));
  const ids = answer.has("x-amz-id-2") || /<HostId>/.test(answer.text);
  if (answer.status < 400 || !(named || ids)) return undefined;
  const [, code] = /<Code>([A-Za-z]{1,64})<\/Code>/.exec(answer.text) ?? [];
  return behindTheEdge(
    answer,
    "s3",
    named && (ids || code !== undefined) ? "certain" : "likely",
    ...(code === undefined
      ? []
      : [`<Code>${code}</Code> with RequestId or HostId: S3 does this, the edge never`]),
    named ? quoteHeader(answer, "server") : "S3's request ids",
  );
};

export const lambdaUrl: AnswerRecognizer = (answer) => {
  if (answer.status < 400 || !/AccessDeniedException/i.test(answer.header("x-amzn-errortype")))
    return undefined;
  if (answer.has("x-amz-apigw-id")) return undefined;
  return behindTheEdge(answer, "lambda-url", "certain", quoteHeader(answer, "x-amzn-errortype"));
};

export const apiGateway: AnswerRecognizer = (answer) => {
  if (answer.status < 400) return undefined;
  const named = answer.has("x-amz-apigw-id") || answer.has("apigw-requestid");
  const kind = /^(?:Forbidden|MissingAuthenticationToken|Unauthorized|InvalidSignature)\w*Exception/i.test(
    answer.header("x-amzn-errortype"),
  );
  const words = /"message"\s*:\s*"(?:Forbidden|Missing Authentication Token|Unauthorized)"/.test(answer.text);
  if (!kind && !(named && words)) return undefined;
  return behindTheEdge(
    answer,
    "api-gateway",
    kind ? "certain" : "likely",
    kind ? quoteHeader(answer, "x-amzn-errortype") : "API Gateway's request id and its own message",
  );
};

export const loadBalancer: AnswerRecognizer = (answer) => {
  if (answer.status < 400 || !/^awselb\//i.test(answer.header("server"))) return undefined;
  return behindTheEdge(answer, "load-balancer", "certain", quoteHeader(answer, "server"));
};

const VERIFICATION_WORDS =
  /origin[-_ ]verif|not (?:come|sent|arrive) through the (?:edge|cdn)|direct access (?:to (?:the|this) origin )?(?:is )?(?:not allowed|denied|forbidden)/i;

/** There is no standard response for this, so it is recognized by its wording. */
export const originVerification: AnswerRecognizer = (answer) => {
  if (answer.status < 400 || !VERIFICATION_WORDS.test(answer.text.slice(0, 4096))) return undefined;
  return behindTheEdge(
    answer,
    "origin-verification",
    "likely",
    `the body says so: "${oneLine(answer.text, 80)}"`,
  );
};

export const redirect: AnswerRecognizer = (answer) => {
  if (answer.status < 300 || answer.status > 399 || !answer.has("location")) return undefined;
  // The target without its query, which may hold a token.
  const target = oneLine(answer.header("location").split(/[?#]/)[0] ?? "", 80);
  return behindTheEdge(answer, "redirect", "likely", `status ${answer.status} to ${target}`);
};

/** The remaining 401s and 403s, and every other response from an origin. */
export const application: AnswerRecognizer = (answer) => {
  const { status } = answer;
  if (status === 401)
    return behindTheEdge(
      answer,
      "application",
      "certain",
      "status 401: the signature check never uses it",
      ...(answer.has("www-authenticate") ? [oneLine(quoteHeader(answer, "www-authenticate"), 80)] : []),
    );
  const server = answer.header("server");
  const ownServer = server !== "" && !/^cloudfront$/i.test(server);
  if (status === 403) {
    const json = /\bjson\b/i.test(answer.header("content-type"));
    if (!ownServer && !json && answer.throughCloudFront) return undefined;
    return behindTheEdge(
      answer,
      "application",
      "likely",
      ...(ownServer ? [`${quoteHeader(answer, "server")}: the origin's own`] : []),
      ...(json ? [`${quoteHeader(answer, "content-type")}: a signature denial is text/xml`] : []),
      ...(ownServer || json ? [] : ["status 403"]),
      "a custom error page that keeps the status looks the same",
    );
  }
  return behindTheEdge(answer, "application", "certain", `status ${status}`);
};
