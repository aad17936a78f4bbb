/** CloudFront over REST-XML: finds the operation by method and path, reads the body, writes the answer or refusal. */
import type { GeneralRefusal, Service } from "../service.ts";
import type { WireRequest, WireResponse } from "../wire.ts";
import { DISTRIBUTION_OPERATIONS } from "./distribution-operations.ts";
import { FIELD_ENCRYPTION_OPERATIONS } from "./field-encryption-operations.ts";
import { FORWARDING_POLICY_OPERATIONS } from "./forwarding-policy-operations.ts";
import { INVALIDATION_OPERATIONS } from "./invalidation-operations.ts";
import { KEY_GROUP_OPERATIONS } from "./key-group-operations.ts";
import type { CloudFrontModel } from "./model.ts";
import type { Answer, Operation } from "./operation.ts";
import { PUBLIC_KEY_OPERATIONS } from "./public-key-operations.ts";
import { type CloudFrontCode, CloudFrontRefusal, refuseCloudFront } from "./refusal.ts";
import { element, parseXml, writeXml, type XmlElement, XmlMalformed } from "./xml.ts";

const NAMESPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/";
const PREFIX = "/2020-05-31";

/** Operations with a `query` come before the one on the same path without. */
export const CLOUDFRONT_OPERATIONS: readonly Operation[] = [
  ...PUBLIC_KEY_OPERATIONS,
  ...FIELD_ENCRYPTION_OPERATIONS,
  ...KEY_GROUP_OPERATIONS,
  ...DISTRIBUTION_OPERATIONS,
  ...INVALIDATION_OPERATIONS,
  ...FORWARDING_POLICY_OPERATIONS,
];

const ROUTES = CLOUDFRONT_OPERATIONS.map((operation) => ({
  operation,
  pattern: new RegExp(`^${PREFIX}${operation.path.replaceAll("{}", "([^/]+)")}/?$`),
}));

interface Match {
  readonly operation: Operation;
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
}

function match({ method, target }: WireRequest): Match | undefined {
  const [path = "", search = ""] = target.split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  for (const { operation, pattern } of ROUTES) {
    if (operation.method !== method || !hasMarkOf(operation, query)) continue;
    const found = pattern.exec(path);
    if (found !== null) return { operation, ids: found.slice(1).map(decodeSegment), query };
  }
  return undefined;
}

function hasMarkOf({ query: mark }: Operation, query: URLSearchParams): boolean {
  if (mark === undefined) return true;
  const [name = "", value] = mark.split("=");
  return query.has(name) && (value === undefined || query.get(name) === value);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

const GENERAL: Readonly<Record<GeneralRefusal, CloudFrontCode>> = {
  "access-denied": "AccessDenied",
  "clock-skew": "SignatureDoesNotMatch",
  "expired-credentials": "ExpiredToken",
  "internal-error": "InternalError",
  "missing-credentials": "MissingAuthenticationToken",
  throttled: "Throttling",
  unavailable: "ServiceUnavailable",
};

export function cloudFrontService(model: CloudFrontModel): Service {
  return {
    name: "cloudfront",
    operationOf: (request) => match(request)?.operation.name,
    answer(request, requestId) {
      try {
        const { operation, ids, query } = match(request) ?? refuseCloudFront("UnknownOperationException");
        const ifMatch = request.headers["if-match"];
        const body = (rootName: string) => readBody(request.body, rootName);
        return writeAnswer(operation.run({ model, ids, query, ifMatch, body }), requestId);
      } catch (thrown) {
        if (thrown instanceof CloudFrontRefusal) return writeRefusal(thrown, requestId);
        throw thrown;
      }
    },
    refuse(refusal, requestId, operation) {
      const message =
        refusal === "access-denied" && operation !== undefined
          ? `User is not authorized to perform: cloudfront:${operation}`
          : undefined;
      return writeRefusal(new CloudFrontRefusal(GENERAL[refusal], message), requestId);
    },
  };
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The Content-Type is not checked, because botocore sends none. A missing xmlns is accepted, a wrong one is not. */
function readBody(body: Uint8Array, rootName: string): XmlElement {
  if (body.length === 0) refuseCloudFront("MissingBody");
  const text = decodeUtf8(body);
  try {
    const { root, namespace } = parseXml(text);
    if (root.name !== rootName || (namespace !== "" && namespace !== NAMESPACE))
      refuseCloudFront("MalformedXML");
    return root;
  } catch (thrown) {
    if (thrown instanceof XmlMalformed) refuseCloudFront("MalformedXML");
    throw thrown;
  }
}

function decodeUtf8(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch {
    return refuseCloudFront("MalformedXML");
  }
}

function writeAnswer({ status, root, etag, location }: Answer, requestId: string): WireResponse {
  const headers: [string, string][] = [["x-amzn-RequestId", requestId]];
  if (etag !== undefined) headers.push(["ETag", etag]);
  if (location !== undefined) headers.push(["Location", location]);
  if (root === undefined) return { status, headers, body: "" };
  return { status, headers: [...headers, ["Content-Type", "text/xml"]], body: writeXml(root, NAMESPACE) };
}

function writeRefusal({ code, status, message }: CloudFrontRefusal, requestId: string): WireResponse {
  const root = element("ErrorResponse", [
    element("Error", [
      element("Type", status >= 500 ? "Receiver" : "Sender"),
      element("Code", code),
      element("Message", message),
    ]),
    // The same ID twice: some SDKs read the header, others this element.
    element("RequestId", requestId),
  ]);
  return {
    status,
    headers: [
      ["x-amzn-RequestId", requestId],
      ["Content-Type", "text/xml"],
    ],
    body: writeXml(root, NAMESPACE),
  };
}
