/** Faults by order: which call of which service goes wrong, how, how often; and hooks around every call. */
import { UsageError } from "../errors.ts";
import type { Seconds } from "../time.ts";

const FAULT_TARGETS = [
  "cloudfront",
  "secretsmanager",
  "sts",
  "logs",
  "s3",
  "athena",
  "edge",
  "origin",
] as const;
export type FaultTarget = (typeof FAULT_TARGETS)[number];

export const FAULT_KINDS = [
  /** Refused: too many requests. */
  "throttle",
  /** A 5xx answer, and nothing happened. */
  "error-before",
  /** It happened, and the answer is a 5xx all the same. */
  "error-after",
  /** The connection goes before anything happened. */
  "drop-before",
  /** It happened, and the connection goes instead of an answer. */
  "drop-after",
  /** A slow answer: `seconds` pass first. */
  "delay",
  /** The session token is too old. */
  "expired-credentials",
  /** No permission for this operation. */
  "access-denied",
  /** The caller's clock is wrong: refused, with a Date header that is `seconds` ahead of the real one. */
  "clock-skew",
  /** The answer is right, and its Date header is `seconds` ahead of the real time (negative: behind). */
  "misdated",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];
/** Of AWS credentials, which the edge and the origin know nothing of. */
const OF_APIS_ALONE: readonly FaultKind[] = ["expired-credentials", "access-denied", "clock-skew"];

export interface Fault {
  readonly on: FaultTarget;
  /** As in the API Reference: `UpdateKeyGroup`. Every operation where absent. */
  readonly operation?: string;
  readonly kind: FaultKind;
  /** How many calls it hits; once unless told, Infinity for always. An SDK's retries count, each by itself. */
  readonly times?: number;
  /** How many calls it lets pass first. */
  readonly skip?: number;
  /** For `delay`, `clock-skew` and `misdated`. */
  readonly seconds?: Seconds;
}

export interface OrderedFault extends Fault {
  readonly id: number;
  readonly skip: number;
  readonly times: number;
}

export interface ServiceCall {
  readonly on: FaultTarget;
  readonly operation: string;
  readonly moment: "before" | "after";
}
/** May throw: then the call dies there, as at a crash, and what it threw reaches the caller in process. */
export type CallListener = (call: ServiceCall) => void | Promise<void>;

/** Reads an order that came as JSON: `{"on": "cloudfront", "operation": "UpdateKeyGroup", "kind": "error-after"}`. */
export function parseFault(value: unknown): Fault {
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
  const target = oneOf("on", on, FAULT_TARGETS);
  const isApi = target !== "edge" && target !== "origin";
  return {
    on: target,
    kind: oneOf(
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

/** Throws ERR_USAGE, naming the field and what it may be. */
export function oneOf<const T extends string>(field: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw new UsageError("ERR_USAGE", `${field} is not one of ${allowed.join(", ")}`);
}

function countOf(field: string, value: unknown, least: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least) return value;
  throw new UsageError("ERR_USAGE", `${field} is no whole number of at least ${least}`);
}

function secondsOf(value: unknown): Seconds {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new UsageError("ERR_USAGE", "seconds is no number");
}

export class FaultPlan {
  #ordered: OrderedFault[] = [];
  #nextId = 1;
  readonly #listeners = new Set<CallListener>();

  order(fault: Fault): OrderedFault {
    const ordered = { times: 1, skip: 0, ...fault, id: this.#nextId };
    this.#nextId += 1;
    this.#ordered.push(ordered);
    return ordered;
  }

  cancel(id: number): void {
    this.#ordered = this.#ordered.filter((fault) => fault.id !== id);
  }

  clear(): void {
    this.#ordered = [];
  }

  /** What is still to come. */
  list(): readonly OrderedFault[] {
    return this.#ordered;
  }

  /** The fault that this call meets, and counts it. The first ordered wins; a fault that lets it pass counts it too. */
  take(on: FaultTarget, operation: string): Fault | undefined {
    for (const fault of this.#ordered) {
      if (fault.on !== on || (fault.operation !== undefined && fault.operation !== operation)) continue;
      const { skip, times } = fault;
      const isHit = skip === 0;
      this.#replace(isHit ? { ...fault, times: times - 1 } : { ...fault, skip: skip - 1 });
      if (isHit) return fault;
    }
    return undefined;
  }

  #replace(counted: OrderedFault): void {
    this.#ordered = this.#ordered
      .map((fault) => (fault.id === counted.id ? counted : fault))
      .filter(({ times }) => times > 0);
  }

  /** Calls the listener before and after each call. Returns the way to stop it. */
  onCall(listener: CallListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async announce(call: ServiceCall): Promise<void> {
    for (const listener of [...this.#listeners]) await listener(call);
  }
}
