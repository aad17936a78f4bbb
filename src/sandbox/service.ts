/** One AWS API behind the shared entry point: which operation is requested, how it responds, how it refuses. */
import type { WireRequest, WireResponse } from "./wire.ts";

/** As requests are signed for it. */
type ServiceName =
  | "cloudfront"
  | "secretsmanager"
  | "sts"
  | "logs"
  | "s3"
  | "athena"
  | "states"
  | "lambda"
  | "scheduler"
  | "monitoring"
  | "sns";

/** Refusals unrelated to the operation: the caller, the rate, and the service's own state. */
export type GeneralRefusal =
  | "access-denied"
  | "clock-skew"
  | "expired-credentials"
  | "internal-error"
  | "missing-credentials"
  | "throttled"
  | "unavailable";

export interface Service {
  readonly name: ServiceName;
  /** The operation's name in the API Reference; undefined if the request matches none. */
  operationOf(request: WireRequest): string | undefined;
  /** Never throws its own refusals, which are responses. Anything thrown is a bug in the sandbox. */
  answer(request: WireRequest, requestId: string): WireResponse;
  refuse(refusal: GeneralRefusal, requestId: string, operation: string | undefined): WireResponse;
}
