/** A service over AWS's REST-JSON protocol: method and path name the operation; unknown parameters are refused. */
import { type GeneralRefusals, generalRefusal, type JsonObject, JsonRefusal } from "./json-wire.ts";
import type { Service } from "./service.ts";
import type { WireRequest, WireResponse } from "./wire.ts";

export interface RestOperation {
  readonly method: "GET";
  /** With one group for each of `labels`. */
  readonly path: RegExp;
  readonly labels: readonly string[];
  /** Query parameters that it takes. */
  readonly query: readonly string[];
  readonly run: (input: Readonly<Record<string, string>>) => JsonObject;
}

const GENERAL: GeneralRefusals = {
  "access-denied": ["AccessDeniedException", "User is not authorized to perform this operation.", 403],
  "clock-skew": ["InvalidSignatureException", "Signature expired: the request's time is too far away.", 403],
  "expired-credentials": [
    "ExpiredTokenException",
    "The security token included in the request is expired",
    403,
  ],
  "internal-error": ["InternalServerException", "An error occurred on the server side.", 500],
  "missing-credentials": ["MissingAuthenticationTokenException", "Missing Authentication Token", 403],
  throttled: ["ThrottlingException", "Rate exceeded", 429],
  unavailable: ["ServiceUnavailableException", "Service is temporarily unavailable.", 503],
};

export function restJsonService(
  name: "lambda" | "scheduler",
  operations: Readonly<Record<string, RestOperation>>,
): Service {
  const partsOf = ({ target }: WireRequest) => new URL(target, "http://service.invalid");
  const operationOf: Service["operationOf"] = (request) => {
    const { pathname } = partsOf(request);
    return Object.keys(operations).find((each) => {
      const { method, path } = operations[each] as RestOperation;
      return method === request.method && path.test(pathname);
    });
  };
  return {
    name,
    operationOf,
    answer(request, requestId) {
      const operation = operations[operationOf(request) ?? ""];
      try {
        if (operation === undefined)
          throw new JsonRefusal("UnknownOperationException", "The requested operation is not known.", 404);
        return write(200, operation.run(inputOf(operation, partsOf(request))), requestId);
      } catch (thrown) {
        if (thrown instanceof JsonRefusal) return refusal(thrown, requestId);
        throw thrown;
      }
    },
    refuse(general, requestId, operation) {
      return refusal(generalRefusal(GENERAL, general, name, operation), requestId);
    },
  };
}

function inputOf({ path, labels, query }: RestOperation, url: URL): Readonly<Record<string, string>> {
  const surplus = [...url.searchParams.keys()].find((key) => !query.includes(key));
  if (surplus !== undefined) throw new JsonRefusal("ValidationException", `Unknown parameter: ${surplus}`);
  const found = path.exec(url.pathname)?.slice(1) ?? [];
  return {
    ...Object.fromEntries(url.searchParams),
    ...Object.fromEntries(labels.map((label, at) => [label, decodeURIComponent(found[at] ?? "")])),
  };
}

function write(
  status: number,
  answer: JsonObject,
  requestId: string,
  more: WireResponse["headers"] = [],
): WireResponse {
  return {
    status,
    headers: [["x-amzn-RequestId", requestId], ["Content-Type", "application/json"], ...more],
    body: JSON.stringify(answer),
  };
}

function refusal({ code, status, message }: JsonRefusal, requestId: string): WireResponse {
  return write(status, { Message: message }, requestId, [["x-amzn-ErrorType", code]]);
}
