/** Secrets Manager over JSON 1.1: POST / with the operation in X-Amz-Target, the region in the signature's scope. */
import type { GeneralRefusal, Service } from "../service.ts";
import type { WireRequest, WireResponse } from "../wire.ts";
import { SECRETS_OPERATIONS } from "./operations.ts";
import { refuseSecrets, type SecretsCode, SecretsRefusal } from "./refusal.ts";
import type { Registry } from "./registry.ts";

const TARGET = /^secretsmanager\.(\w+)$/;

const GENERAL: Readonly<Record<GeneralRefusal, readonly [SecretsCode, string]>> = {
  "access-denied": ["AccessDeniedException", "User is not authorized to perform this operation."],
  "clock-skew": [
    "InvalidSignatureException",
    "Signature expired: the request's time is too far from the server's.",
  ],
  "expired-credentials": ["ExpiredTokenException", "The security token included in the request is expired"],
  "internal-error": ["InternalServiceError", "An error occurred on the server side."],
  "missing-credentials": ["MissingAuthenticationTokenException", "Request is missing Authentication Token"],
  throttled: ["ThrottlingException", "Rate exceeded"],
  unavailable: ["ServiceUnavailableException", "Service is temporarily unavailable."],
};

export function secretsService(registry: Registry): Service {
  return {
    name: "secretsmanager",
    operationOf(request) {
      const name = TARGET.exec(request.headers["x-amz-target"] ?? "")?.[1];
      return name !== undefined && Object.hasOwn(SECRETS_OPERATIONS, name) ? name : undefined;
    },
    answer(request, requestId) {
      try {
        const name = this.operationOf(request);
        const run = name === undefined ? undefined : SECRETS_OPERATIONS[name];
        if (run === undefined || request.method !== "POST") {
          return refuseSecrets("UnknownOperationException", "The requested operation is not known.");
        }
        return write(200, run(readJson(request.body), { registry, region: regionOf(request) }), requestId);
      } catch (thrown) {
        if (thrown instanceof SecretsRefusal) return writeRefusal(thrown, requestId);
        throw thrown;
      }
    },
    refuse(refusal, requestId, operation) {
      const [code, usual] = GENERAL[refusal];
      const message =
        refusal === "access-denied" && operation !== undefined
          ? `User is not authorized to perform: secretsmanager:${operation}`
          : usual;
      return writeRefusal(new SecretsRefusal(code, message), requestId);
    },
  };
}

function regionOf({ headers }: WireRequest): string {
  const scope = /Credential=[^/]+\/\d{8}\/([\w-]+)\/secretsmanager\/aws4_request/.exec(
    headers.authorization ?? "",
  );
  return (
    scope?.[1] ?? refuseSecrets("MissingAuthenticationTokenException", GENERAL["missing-credentials"][1])
  );
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return refuseSecrets("SerializationException", "The request body is not JSON.");
  }
}

function write(status: number, answer: unknown, requestId: string): WireResponse {
  const headers = [
    ["x-amzn-RequestId", requestId],
    ["Content-Type", "application/x-amz-json-1.1"],
  ] as const;
  return { status, headers, body: JSON.stringify(answer) };
}

/** Every client reads `__type` from the body; some ignore the header. */
function writeRefusal({ code, status, message }: SecretsRefusal, requestId: string): WireResponse {
  const answer = write(status, { __type: code, Message: message }, requestId);
  return { ...answer, headers: [...answer.headers, ["x-amzn-ErrorType", code]] };
}
