/** One AWS API as the door in front of it sees it: which operation is asked for, how it answers, how it refuses. */
import type { WireRequest, WireResponse } from "./wire.ts";

type ServiceName = "cloudfront" | "secretsmanager" | "sts" | "logs" | "s3" | "athena";

/** Refusals that have nothing to do with the operation: who asks, how often, and the service's own state. */
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
  /** The operation's name in the API Reference; undefined when there is none for that request. */
  operationOf(request: WireRequest): string | undefined;
  /** Never throws a refusal of its own: those are answers. Anything thrown is a bug of the sandbox. */
  answer(request: WireRequest, requestId: string): WireResponse;
  refuse(refusal: GeneralRefusal, requestId: string, operation: string | undefined): WireResponse;
}
