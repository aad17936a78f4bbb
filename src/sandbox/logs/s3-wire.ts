/** The part of S3 that reads logs: lists with continuation, gets with ranges and If-Match. Path-style addresses. */
import { element, writeXml, type XmlElement } from "../cloudfront/xml.ts";
import type { GeneralRefusal, Service } from "../service.ts";
import type { WireRequest, WireResponse } from "../wire.ts";
import type { LogStore, StoredObject } from "./log-store.ts";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

class S3Refusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const GENERAL: Readonly<Record<GeneralRefusal, readonly [code: string, status: number, message: string]>> = {
  "access-denied": ["AccessDenied", 403, "Access Denied"],
  "clock-skew": ["RequestTimeTooSkewed", 403, "The request's time is too far from the server's."],
  "expired-credentials": ["ExpiredToken", 400, "The provided token has expired."],
  "internal-error": ["InternalError", 500, "We encountered an internal error. Please try again."],
  "missing-credentials": ["AccessDenied", 403, "Access Denied"],
  throttled: ["SlowDown", 503, "Please reduce your request rate."],
  unavailable: ["ServiceUnavailable", 503, "Please reduce your request rate."],
};

interface Asked {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

export function s3Service(store: LogStore): Service {
  const operationOf: Service["operationOf"] = (request) => {
    const { bucket, key, query } = askedOf(request);
    if (request.method !== "GET" || bucket === "") return undefined;
    if (key !== "") return "GetObject";
    return query.get("list-type") === "2" ? "ListObjectsV2" : undefined;
  };
  return {
    name: "s3",
    operationOf,
    answer(request, requestId) {
      try {
        const operation = operationOf(request);
        if (operation === undefined)
          throw new S3Refusal(
            "NotImplemented",
            501,
            "A header you provided implies functionality that is not implemented.",
          );
        const asked = askedOf(request);
        const objects = store.objects(asked.bucket);
        if (objects === undefined)
          throw new S3Refusal("NoSuchBucket", 404, "The specified bucket does not exist");
        return operation === "GetObject"
          ? got(asked, objects, request, requestId)
          : answerXml(200, listed(asked, objects), requestId);
      } catch (thrown) {
        if (thrown instanceof S3Refusal) return refused(thrown, requestId);
        throw thrown;
      }
    },
    refuse: (refusal, requestId) => refused(new S3Refusal(...GENERAL[refusal]), requestId),
  };
}

function askedOf({ target }: WireRequest): Asked {
  const [path = "", search = ""] = target.split(/\?(.*)/s);
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return { bucket, key: decoded(key), query: new URLSearchParams(search) };
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

const LIST_PARAMETERS = new Set([
  ...["list-type", "prefix", "max-keys", "continuation-token", "start-after", "delimiter", "encoding-type"],
  ...["x-id", "fetch-owner"],
]);

function listed({ bucket, query }: Asked, objects: readonly StoredObject[]): XmlElement {
  const surplus = [...query.keys()].find((name) => !LIST_PARAMETERS.has(name));
  if (surplus !== undefined) throw new S3Refusal("InvalidArgument", 400, `Unknown parameter: ${surplus}`);
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const most = Math.min(1000, Number(query.get("max-keys") ?? 1000));
  const token = query.get("continuation-token");
  const after =
    token === null ? (query.get("start-after") ?? "") : Buffer.from(token, "base64url").toString();
  const entries = new Map<string, StoredObject | undefined>();
  for (const object of objects) {
    if (!object.key.startsWith(prefix)) continue;
    const at = delimiter === "" ? -1 : object.key.indexOf(delimiter, prefix.length);
    const name = at < 0 ? object.key : object.key.slice(0, at + delimiter.length);
    if (name > after) entries.set(name, at < 0 ? object : undefined);
  }
  const page = [...entries].slice(0, most);
  const isTruncated = entries.size > page.length;
  const last = page.at(-1)?.[0] ?? "";
  return element("ListBucketResult", [
    element("Name", bucket),
    element("Prefix", prefix),
    element("KeyCount", page.length),
    element("MaxKeys", most),
    ...(delimiter === "" ? [] : [element("Delimiter", delimiter)]),
    element("IsTruncated", isTruncated),
    ...(isTruncated ? [element("NextContinuationToken", Buffer.from(last).toString("base64url"))] : []),
    ...page.map(([name, object]) =>
      object === undefined
        ? element("CommonPrefixes", [element("Prefix", name)])
        : element("Contents", [
            element("Key", name),
            element("LastModified", new Date(object.modifiedAt * 1000).toISOString()),
            element("ETag", object.etag),
            element("Size", object.body.length),
            element("StorageClass", "STANDARD"),
          ]),
    ),
  ]);
}

function got(
  { key }: Asked,
  objects: readonly StoredObject[],
  { headers }: WireRequest,
  requestId: string,
): WireResponse {
  const object = objects.find((each) => each.key === key);
  if (object === undefined) throw new S3Refusal("NoSuchKey", 404, "The specified key does not exist.");
  const match = headers["if-match"];
  if (match !== undefined && match !== object.etag)
    throw new S3Refusal(
      "PreconditionFailed",
      412,
      "At least one of the pre-conditions you specified did not hold",
    );
  const [, from = "", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
  const start = Number(from || 0);
  const end = Math.min(to === "" ? object.body.length - 1 : Number(to), object.body.length - 1);
  if (headers.range !== undefined && start > end)
    throw new S3Refusal("InvalidRange", 416, "The requested range is not satisfiable");
  const isPart = headers.range !== undefined;
  return {
    status: isPart ? 206 : 200,
    headers: [
      ["x-amz-request-id", requestId],
      ["ETag", object.etag],
      ["Last-Modified", new Date(object.modifiedAt * 1000).toUTCString()],
      ["Accept-Ranges", "bytes"],
      ["Content-Type", "binary/octet-stream"],
      ...(isPart ? [["Content-Range", `bytes ${start}-${end}/${object.body.length}`] as const] : []),
    ],
    body: isPart ? object.body.subarray(start, end + 1) : object.body,
  };
}

function refused({ code, status, message }: S3Refusal, requestId: string): WireResponse {
  const root = element("Error", [
    element("Code", code),
    element("Message", message),
    element("RequestId", requestId),
  ]);
  return answerXml(status, root, requestId);
}

function answerXml(status: number, root: XmlElement, requestId: string): WireResponse {
  const headers = [
    ["x-amz-request-id", requestId],
    ["Content-Type", "application/xml"],
  ] as const;
  return { status, headers, body: writeXml(root, status === 200 ? NAMESPACE : "") };
}
