/** Names of executions: they contain the gate, so that a second execution can leave the work to the first. */
import { createHash } from "node:crypto";
import type { ExecutionKind } from "./turn-shape.ts";

/** A name has at most 80 characters (StartExecution), 36 of which are the scheduler's. */
const LONGEST = 32;

/** The gate's part of a name: its name, or a shortened one that is still distinct. */
export function gatePart(gate: string): string {
  if (gate.length <= LONGEST) return gate;
  return `${gate.slice(0, LONGEST - 7)}-${createHash("sha256").update(gate).digest("hex").slice(0, 6)}`;
}

/** `id` is unique, and later ones need not sort after earlier ones. */
export function executionName(gate: string, kind: ExecutionKind, id: string): string {
  return `${gatePart(gate)}_${kind}_${id}`;
}

const NAME = /^(.+)_(start|tick)_([^_]+)$/;

/** Undefined for an execution that somebody started by hand under another name. */
export function gatePartOf(execution: string): string | undefined {
  return NAME.exec(execution)?.[1];
}

/** The same. */
export function executionKindOf(execution: string): ExecutionKind | undefined {
  return NAME.exec(execution)?.[2] as ExecutionKind | undefined;
}
