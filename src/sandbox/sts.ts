/**
 * STS, as far as a gate's own role needs it: AssumeRole and GetCallerIdentity over the Query protocol (API
 * Reference, version 2011-06-15). A session's credentials expire on time; permissions of roles are not modelled.
 */
import type { Clock, Random } from "../seams/world.ts";
import type { EpochSeconds } from "../time.ts";
import { formatInstant } from "../time.ts";
import type { GeneralRefusal, Service } from "./service.ts";
import type { WireResponse } from "./wire.ts";

/** As its trust policy decides. */
export interface TrustedRole {
  /** The external ID that callers must send. */
  readonly externalId?: string;
}
interface StsOptions {
  readonly clock: Clock;
  readonly random: Pick<Random, "uuid">;
  readonly accountId: string;
  readonly roles?: Readonly<Record<string, TrustedRole>> | undefined;
}
interface Session {
  readonly arn: string;
  readonly expiresAt: EpochSeconds;
}

const XMLNS = "https://sts.amazonaws.com/doc/2011-06-15/";
const REFUSALS: Readonly<Record<GeneralRefusal, readonly [status: number, code: string, message: string]>> = {
  "access-denied": [403, "AccessDenied", "User is not authorized to perform this operation"],
  "clock-skew": [403, "SignatureDoesNotMatch", "Signature expired: the request's time is too far off"],
  "expired-credentials": [403, "ExpiredToken", "The security token included in the request is expired"],
  "internal-error": [500, "InternalFailure", "An internal error occurred"],
  "missing-credentials": [403, "MissingAuthenticationToken", "Request is missing Authentication Token"],
  throttled: [400, "Throttling", "Rate exceeded"],
  unavailable: [503, "ServiceUnavailable", "Service is unavailable"],
};

export function stsService(options: StsOptions): Service & { isExpired(token: string): boolean } {
  const { clock, random, accountId, roles } = options;
  const sessions = new Map<string, Session>();

  function assumeRole(asked: URLSearchParams, requestId: string): WireResponse {
    const arn = asked.get("RoleArn") ?? "";
    const name = asked.get("RoleSessionName") ?? "";
    const seconds = Number(asked.get("DurationSeconds") ?? 3600);
    if (!/^[\w+=,.@-]{2,64}$/.test(name) || !(seconds >= 900 && seconds <= 43_200)) {
      return refusal(400, "ValidationError", "RoleSessionName or DurationSeconds is not valid", requestId);
    }
    const trusted = roles === undefined ? anyOf(accountId, arn) : roles[arn];
    const isTrusted =
      trusted !== undefined && (trusted.externalId ?? "") === (roles ? (asked.get("ExternalId") ?? "") : "");
    if (!isTrusted) {
      const text = `User: arn:aws:iam::${accountId}:user/sandbox is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
      return refusal(403, "AccessDenied", text, requestId);
    }
    const token = random.uuid();
    const role = arn.slice(arn.lastIndexOf("/") + 1);
    const session = {
      arn: `arn:aws:sts::${arn.split(":")[4]}:assumed-role/${role}/${name}`,
      expiresAt: clock.now() + seconds,
    };
    sessions.set(token, session);
    const id = token.replaceAll("-", "").toUpperCase();
    return answer(
      "AssumeRole",
      `<Credentials><AccessKeyId>ASIA${id.slice(0, 16)}</AccessKeyId><SecretAccessKey>opens-nothing-but-the-sandbox</SecretAccessKey><SessionToken>${token}</SessionToken><Expiration>${formatInstant(Math.floor(session.expiresAt))}</Expiration></Credentials><AssumedRoleUser><Arn>${session.arn}</Arn><AssumedRoleId>AROA${id.slice(0, 16)}:${name}</AssumedRoleId></AssumedRoleUser>`,
      requestId,
    );
  }

  return {
    name: "sts",
    operationOf: ({ body }) => {
      const action = parametersOf(body).get("Action") ?? "";
      return action === "AssumeRole" || action === "GetCallerIdentity" ? action : undefined;
    },
    answer(request, requestId) {
      const asked = parametersOf(request.body);
      if (asked.get("Action") === "AssumeRole") return assumeRole(asked, requestId);
      if (asked.get("Action") !== "GetCallerIdentity") {
        return refusal(400, "InvalidAction", "Could not find operation", requestId);
      }
      const session = sessions.get(request.headers["x-amz-security-token"] ?? "");
      const arn = session?.arn ?? `arn:aws:iam::${accountId}:user/sandbox`;
      const text = `<Arn>${arn}</Arn><UserId>AIDASANDBOXEXAMPLE00</UserId><Account>${arn.split(":")[4]}</Account>`;
      return answer("GetCallerIdentity", text, requestId);
    },
    refuse(general, requestId) {
      return refusal(...REFUSALS[general], requestId);
    },
    isExpired: (token) => (sessions.get(token)?.expiresAt ?? Number.POSITIVE_INFINITY) <= clock.now(),
  };
}

const anyOf = (accountId: string, arn: string): TrustedRole | undefined =>
  arn.startsWith(`arn:aws:iam::${accountId}:role/`) ? {} : undefined;

const parametersOf = (body: Uint8Array) => new URLSearchParams(new TextDecoder().decode(body));

function answer(action: string, result: string, requestId: string): WireResponse {
  const body = `<${action}Response xmlns="${XMLNS}"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`;
  return { status: 200, headers: [["Content-Type", "text/xml"]], body };
}

function refusal(status: number, code: string, message: string, requestId: string): WireResponse {
  const body = `<ErrorResponse xmlns="${XMLNS}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { status, headers: [["Content-Type", "text/xml"]], body };
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
