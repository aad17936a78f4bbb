/** The input and the result of a turn in the state machine. Plain JSON, without key material. */
import type { Seconds } from "../time.ts";

/** `start`: opens a rotation when the key is due, and drives it. `tick`: continues an open one. */
export type ExecutionKind = "start" | "tick";

/** What every turn receives and passes on. */
interface TurnState {
  readonly gate: string;
  readonly kind: ExecutionKind;
  /** Rotate keys at this age, in seconds. */
  readonly every: Seconds;
  readonly execution: string;
  /** The rotation that this execution drives; empty until there is one. */
  readonly rotation: string;
  /** Turns in a row that got no answer. */
  readonly troubles: number;
}

export interface TurnInput extends TurnState {
  /** The execution's first turn is `open`. */
  readonly task: "open" | "turn";
  /** The running executions of this state machine; only with `open`, and only if they could be listed. */
  readonly running?: readonly RunningExecution[];
}

/** As ListExecutions gives it. */
export interface RunningExecution {
  readonly Name: string;
  readonly StartDate: string | number;
}

export interface TurnMessage {
  /** At most 100 ASCII characters: SNS, Publish. */
  readonly subject: string;
  readonly text: string;
}

/** Every field is always present: a JSONPath without a match fails the execution. */
export interface TurnResult extends TurnState {
  readonly next: "turn" | "wait" | "tell" | "done";
  readonly stage: string;
  readonly epoch: number;
  /** RFC 3339: when the execution checks again; the Unix epoch if it does not. */
  readonly wakeAt: string;
  /** RFC 3339: when the rotation can continue; empty if it is not waiting. */
  readonly resumeAfter: string;
  readonly why: string;
  readonly message: TurnMessage;
}
