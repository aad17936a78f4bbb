/** Changes an open rotation's course: abort it, make it more urgent, or record what only the operator knows. */
import { ConflictError, HaltError, UsageError } from "../errors.ts";
import type { EpochSeconds } from "../time.ts";
import { isMoreUrgent, type Mode } from "./mode.ts";
import { type RotationRecord, withAbort, withMode } from "./record.ts";
import type { Register, Registered } from "./register.ts";
import { confirmedReadOf } from "./situation.ts";
import { abortRefusal } from "./status.ts";

export interface OperatorInput {
  readonly mode?: Mode;
  readonly signersRestarted?: boolean;
  readonly deployed?: boolean;
}

/** The record with the operator's confirmation; the same value if nothing changes. */
function withOperatorInput(record: RotationRecord, input: OperatorInput, now: EpochSeconds): RotationRecord {
  let next = record;
  if (input.mode !== undefined && (isMoreUrgent(input.mode, record.mode) || record.goal === "abort")) {
    next = withMode(next, input.mode);
  }
  // Repeating it changes nothing: otherwise a schedule that repeats it would push the wait back and fill the record.
  if (input.signersRestarted === true && !isRestartKnown(next)) next = { ...next, signersRestartedAt: now };
  if (input.deployed === true && next.deployedAt === undefined) next = { ...next, deployedAt: now };
  return next;
}

function isRestartKnown(record: RotationRecord): boolean {
  const { signersRestartedAt } = record;
  const confirmedRead = confirmedReadOf(record);
  return (
    signersRestartedAt !== undefined && confirmedRead !== undefined && signersRestartedAt >= confirmedRead.at
  );
}

/** Throws ERR_HALTED if no rotation is open, or if it is too late to make it urgent (R3, R18). */
export function refuseUrgency(gate: string, record: RotationRecord | undefined): void {
  const start = `keyturn rotate start --gate ${gate} --compromised`;
  if (record === undefined || record.finished !== undefined) {
    const last = record === undefined ? "" : `: rotation ${record.rotation} is finished`;
    throw new HaltError("ERR_HALTED", `there is no open rotation to make urgent${last}`, [start]);
  }
  if (record.goal === "abort" && record.noReturn !== undefined) {
    throw new HaltError(
      "ERR_HALTED",
      "the abort is past its point of no return: the new key is being deleted",
      [`keyturn rotate resume --gate ${gate} --wait`, start],
    );
  }
}

/** Throws ERR_USAGE if no deployment carries the key pair ID: recording it would mean nothing. */
export function refuseDeployment({ gate, settings }: Pick<RotationRecord, "gate" | "settings">): void {
  const { keyPairId } = settings;
  if (keyPairId === "external") return;
  const from = keyPairId === "in-secret" ? "from the secret, beside the key" : "from the key in the secret";
  throw new UsageError(
    "ERR_USAGE",
    `--deployed is for signers with an external key pair ID: the signers of gate ${gate} get theirs ${from}`,
    [`keyturn rotate resume --gate ${gate} --wait`, "keyturn runbook show outside-key-id"],
  );
}

/** Throws ERR_HALTED if no deployment is due yet: the confirmation would count for a later one. */
function refuseEarlyDeployment({ gate, newMaySign }: RotationRecord): void {
  if (newMaySign !== undefined) return;
  throw new HaltError(
    "ERR_HALTED",
    "there is nothing to deploy yet: the rotation halts and names the key pair ID once the edge is proven to accept it",
    [`keyturn rotate resume --gate ${gate} --wait`],
  );
}

/**
 * `now`: not earlier than the operator's confirmation. Throws ERR_HALTED as `refuseUrgency` and `refuseEarlyDeployment`
 * do, ERR_PRECONDITION if the record changed.
 */
export async function recordOperatorInput(
  register: Register,
  input: OperatorInput,
  now: EpochSeconds,
): Promise<void> {
  const registered = await opened(register);
  const { record } = registered;
  if (input.mode !== undefined) refuseUrgency(record.gate, record);
  if (record.finished !== undefined) return;
  if (input.deployed === true) refuseEarlyDeployment(record);
  const next = withOperatorInput(record, input, now);
  if (next !== record) await register.replace(registered, next);
}

/** Turns the record's goal; `next-action` does the fences and the way back. A second call changes nothing. */
export async function turnToAbort(register: Register): Promise<RotationRecord> {
  const registered = await opened(register);
  const { record } = registered;
  if (record.goal === "abort") return record;
  const refusal = abortRefusal(record);
  if (refusal !== undefined) {
    throw new HaltError("ERR_HALTED", `abort is ${refusal}`, [`keyturn rotate status --gate ${record.gate}`]);
  }
  return (await register.replace(registered, withAbort(record))).record;
}

async function opened(register: Register): Promise<Registered> {
  const registered = await register.read();
  if (registered !== undefined) return registered;
  throw new ConflictError("ERR_NOT_FOUND", "this gate has never been rotated by keyturn", [
    "keyturn rotate plan",
  ]);
}
