/** A service over AWS's JSON protocols: POST / with the operation in X-Amz-Target; unknown members are refused. */
import type { GeneralRefusal, Service } from "./service.ts";
import type { WireResponse } from "./wire.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** A refusal by the service, as its clients see it. */
export class JsonRefusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

interface JsonOperation {
  /** Members that it takes. */
  readonly members: readonly string[];
  readonly run: (input: JsonObject) => JsonObject;
}
export type JsonOperations = Readonly<Record<string, JsonOperation>>;

export type GeneralRefusals = Readonly<
  Record<GeneralRefusal, readonly [code: string, message: string, status?: number]>
>;
const GENERAL: GeneralRefusals = {
  "access-denied": ["AccessDeniedException", "User is not authorized to perform this operation."],
  "clock-skew": ["InvalidSignatureException", "Signature expired: the request's time is too far away."],
  "expired-credentials": ["ExpiredTokenException", "The security token included in the request is expired"],
  "internal-error": ["InternalServerException", "An error occurred on the server side.", 500],
  "missing-credentials": ["MissingAuthenticationTokenException", "Request is missing Authentication Token"],
  throttled: ["ThrottlingException", "Rate exceeded"],
  unavailable: ["ServiceUnavailableException", "Service is temporarily unavailable.", 503],
};

/** A refusal that any operation may get; a denied one names the action. */
export function generalRefusal(
  refusals: GeneralRefusals,
  general: GeneralRefusal,
  service: string,
  operation: string | undefined,
): JsonRefusal {
  const [code, usual, status] = refusals[general];
  const isNamed = general === "access-denied" && operation !== undefined;
  const message = isNamed ? `User is not authorized to perform: ${service}:${operation}` : usual;
  return new JsonRefusal(code, message, status);
}

/** `target`: the part before the dot in X-Amz-Target. */
export function jsonService(
  name: "logs" | "athena" | "states" | "monitoring",
  target: string,
  operations: JsonOperations,
  version: "1.0" | "1.1" = "1.1",
): Service {
  const refusal = ({ code, status, message }: JsonRefusal, requestId: string) =>
    write(status, { __type: code, message }, requestId, version);
  const operationOf: Service["operationOf"] = ({ headers }) => {
    const [prefix, operation = ""] = (headers["x-amz-target"] ?? "").split(".");
    return prefix === target && Object.hasOwn(operations, operation) ? operation : undefined;
  };
  return {
    name,
    operationOf,
    answer(request, requestId) {
      try {
        const operation = operations[operationOf(request) ?? ""];
        if (operation === undefined || request.method !== "POST")
          throw new JsonRefusal("UnknownOperationException", "The requested operation is not known.");
        const input = readInput(request.body);
        const surplus = Object.keys(input).find((member) => !operation.members.includes(member));
        if (surplus !== undefined) throw new JsonRefusal("ValidationException", `Unknown member: ${surplus}`);
        return write(200, operation.run(input), requestId, version);
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

function readInput(body: Uint8Array): JsonObject {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Reported below, like JSON that is not an object.
  }
  throw new JsonRefusal("SerializationException", "The request body is not a JSON object.");
}

function write(status: number, answer: JsonObject, requestId: string, version: string): WireResponse {
  return {
    status,
    headers: [
      ["x-amzn-RequestId", requestId],
      ["Content-Type", `application/x-amz-json-${version}`],
    ],
    body: JSON.stringify(answer),
  };
}

/** The text of a member. Throws JsonRefusal if it is missing or not text. */
export function requiredText(input: JsonObject, member: string): string {
  const value = input[member];
  if (typeof value === "string" && value !== "") return value;
  throw new JsonRefusal("ValidationException", `${member} is required`);
}

/** A page of a list behind an opaque token. Throws JsonRefusal for a token that this list did not issue. */
export function pageByToken<T>(
  items: readonly T[],
  token: unknown,
  size: number,
): { readonly items: readonly T[]; readonly next?: string } {
  const start = token === undefined ? 0 : Number(Buffer.from(String(token), "base64url").toString());
  if (!Number.isInteger(start) || start < 0 || start > items.length)
    throw new JsonRefusal("ValidationException", "The token is not valid.");
  const end = start + size;
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(String(end)).toString("base64url") : undefined,
  };
}
