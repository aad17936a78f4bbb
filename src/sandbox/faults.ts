/** Scheduled faults: which call of which service fails, how and how often; and hooks around every call. */
import { UsageError } from "../errors.ts";
import type { Seconds } from "../time.ts";

const FAULT_TARGETS = [
  "cloudfront",
  "secretsmanager",
  "sts",
  "logs",
  "s3",
  "athena",
  "states",
  "lambda",
  "scheduler",
  "monitoring",
  "sns",
  "edge",
  "origin",
] as const;
export type FaultTarget = (typeof FAULT_TARGETS)[number];

export const FAULT_KINDS = [
  /** Throttled: too many requests. */
  "throttle",
  /** A 5xx response, and nothing happened. */
  "error-before",
  /** The call took effect, but the response is a 5xx. */
  "error-after",
  /** The connection drops before anything happens. */
  "drop-before",
  /** The call took effect, but the connection drops instead of a response. */
  "drop-after",
  /** A slow response: `seconds` pass first. */
  "delay",
  /** The session token has expired. */
  "expired-credentials",
  /** No permission for this operation. */
  "access-denied",
  /** The caller's clock is wrong: refused, with a Date header that is `seconds` ahead of the real one. */
  "clock-skew",
  /** The response is right, but its Date header is `seconds` ahead of the real time (negative: behind). */
  "misdated",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];
/** About AWS credentials, which the edge and the origin do not use. */
const OF_APIS_ALONE: readonly FaultKind[] = ["expired-credentials", "access-denied", "clock-skew"];

export interface InjectedFault {
  readonly on: FaultTarget;
  /** As in the API Reference: `UpdateKeyGroup`. If absent, every operation. */
  readonly operation?: string;
  readonly kind: FaultKind;
  /** How many calls it hits; default 1, Infinity for always. Each retry of an SDK counts. */
  readonly times?: number;
  /** How many calls to let through first. */
  readonly skip?: number;
  /** For `delay`, `clock-skew` and `misdated`. */
  readonly seconds?: Seconds;
}

export interface ScheduledFault extends InjectedFault {
  readonly id: number;
  readonly skip: number;
  readonly times: number;
}

export interface ServiceCall {
  readonly on: FaultTarget;
  readonly operation: string;
  readonly moment: "before" | "after";
}
/** May throw to simulate a crash; the error reaches the in-process caller. */
export type CallListener = (call: ServiceCall) => void | Promise<void>;

/** Parses a scheduled fault from JSON: `{"on": "cloudfront", "operation": "UpdateKeyGroup", "kind": "error-after"}`. */
export function parseFault(value: unknown): InjectedFault {
  if (typeof value !== "object" || value === null)
    throw new UsageError("ERR_USAGE", "a fault is a JSON object");
  const { on, operation, kind, times, skip, seconds, ...unknown } = value as Readonly<
    Record<string, unknown>
  >;
  const [surplus] = Object.keys(unknown);
  if (surplus !== undefined) throw new UsageError("ERR_USAGE", `a fault has no field "${surplus}"`);
  if (operation !== undefined && typeof operation !== "string") {
    throw new UsageError("ERR_USAGE", "operation is the name of an operation, such as UpdateKeyGroup");
  }
  const target = requireOneOf("on", on, FAULT_TARGETS);
  const isApi = target !== "edge" && target !== "origin";
  return {
    on: target,
    kind: requireOneOf(
      "kind",
      kind,
      FAULT_KINDS.filter((each) => isApi || !OF_APIS_ALONE.includes(each)),
    ),
    operation,
    ...(times === undefined ? {} : { times: times === "always" ? Infinity : countOf("times", times, 1) }),
    ...(skip === undefined ? {} : { skip: countOf("skip", skip, 0) }),
    ...(seconds === undefined ? {} : { seconds: secondsOf(seconds) }),
  };
}

/** Throws ERR_USAGE, with the field and its allowed values. */
export function requireOneOf<const T extends string>(
  field: string,
  value: unknown,
  allowed: readonly T[],
): T {
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw new UsageError("ERR_USAGE", `${field} is not one of ${allowed.join(", ")}`);
}

function countOf(field: string, value: unknown, least: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least) return value;
  throw new UsageError("ERR_USAGE", `${field} is not a whole number of at least ${least}`);
}

function secondsOf(value: unknown): Seconds {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new UsageError("ERR_USAGE", "seconds is not a number");
}

export class FaultPlan {
  #scheduled: ScheduledFault[] = [];
  #nextId = 1;
  readonly #listeners = new Set<CallListener>();

  order(fault: InjectedFault): ScheduledFault {
    const scheduled = { times: 1, skip: 0, ...fault, id: this.#nextId };
    this.#nextId += 1;
    this.#scheduled.push(scheduled);
    return scheduled;
  }

  cancel(id: number): void {
    this.#scheduled = this.#scheduled.filter((fault) => fault.id !== id);
  }

  clear(): void {
    this.#scheduled = [];
  }

  /** The faults still pending. */
  list(): readonly ScheduledFault[] {
    return this.#scheduled;
  }

  /** The fault for this call, which is counted. The first one scheduled wins; a fault that lets the call through counts it too. */
  take(on: FaultTarget, operation: string): InjectedFault | undefined {
    for (const fault of this.#scheduled) {
      if (fault.on !== on || (fault.operation !== undefined && fault.operation !== operation)) continue;
      const { skip, times } = fault;
      const isHit = skip === 0;
      this.#replace(isHit ? { ...fault, times: times - 1 } : { ...fault, skip: skip - 1 });
      if (isHit) return fault;
    }
    return undefined;
  }

  #replace(counted: ScheduledFault): void {
    this.#scheduled = this.#scheduled
      .map((fault) => (fault.id === counted.id ? counted : fault))
      .filter(({ times }) => times > 0);
  }

  /** Calls the listener before and after each call. Returns a function that removes it. */
  onCall(listener: CallListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async announce(call: ServiceCall): Promise<void> {
    for (const listener of [...this.#listeners]) await listener(call);
  }
}
