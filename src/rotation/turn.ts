/** Turning an open rotation: abort it, make it more urgent, or tell it what only the operator knows. */
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

/** The record with the operator's word in it; the same value when there is nothing to change. */
function withOperatorInput(record: RotationRecord, told: OperatorInput, now: EpochSeconds): RotationRecord {
  let next = record;
  if (told.mode !== undefined && (isMoreUrgent(told.mode, record.mode) || record.goal === "abort")) {
    next = withMode(next, told.mode);
  }
  // Said again, it changes nothing: a schedule that says it would push the wait along, and fill the record.
  if (told.signersRestarted === true && !isRestartKnown(next)) next = { ...next, signersRestartedAt: now };
  if (told.deployed === true && next.deployedAt === undefined) next = { ...next, deployedAt: now };
  return next;
}

function isRestartKnown(record: RotationRecord): boolean {
  const { signersRestartedAt } = record;
  const sighting = confirmedReadOf(record);
  return signersRestartedAt !== undefined && sighting !== undefined && signersRestartedAt >= sighting.at;
}

/** Throws ERR_HALTED where no rotation is open to be made urgent, or it is too late for it (R3, R18). */
export function refuseUrgency(gate: string, record: RotationRecord | undefined): void {
  const start = `keyturn rotate start --gate ${gate} --compromised`;
  if (record === undefined || record.finished !== undefined) {
    const last = record === undefined ? "" : `: rotation ${record.rotation} is over`;
    throw new HaltError("ERR_HALTED", `no rotation is open that could be made urgent${last}`, [start]);
  }
  if (record.goal === "abort" && record.noReturn !== undefined) {
    throw new HaltError(
      "ERR_HALTED",
      "the abort is past its point of no return: the new key is being deleted",
      [`keyturn rotate resume --gate ${gate}`, start],
    );
  }
}

/** Throws ERR_USAGE where no deployment carries the key pair ID: the word would be kept and mean nothing. */
export function refuseDeployment({ gate, settings }: Pick<RotationRecord, "gate" | "settings">): void {
  const { keyPairId } = settings;
  if (keyPairId === "external") return;
  const from = keyPairId === "in-secret" ? "in the secret, beside the key" : "by the key in the secret";
  throw new UsageError(
    "ERR_USAGE",
    `--deployed is meant for signers whose key pair ID is external: those of gate ${gate} find theirs ${from}`,
    [`keyturn rotate resume --gate ${gate}`, "keyturn runbook show outside-key-id"],
  );
}

/** Throws ERR_HALTED where nothing was asked to be deployed: the word would be taken for a later deployment. */
function refuseEarlyDeployment({ gate, newMaySign }: RotationRecord): void {
  if (newMaySign !== undefined) return;
  throw new HaltError(
    "ERR_HALTED",
    "nothing is to be deployed yet: the rotation halts and names the key pair ID once the edge is proven to accept it",
    [`keyturn rotate resume --gate ${gate}`],
  );
}

/**
 * `now`: not earlier than the operator's word. Throws ERR_HALTED as `refuseUrgency` and `refuseEarlyDeployment`,
 * ERR_PRECONDITION when the record moved.
 */
export async function recordOperatorInput(
  register: Register,
  told: OperatorInput,
  now: EpochSeconds,
): Promise<void> {
  const registered = await opened(register);
  const { record } = registered;
  if (told.mode !== undefined) refuseUrgency(record.gate, record);
  if (record.finished !== undefined) return;
  if (told.deployed === true) refuseEarlyDeployment(record);
  const next = withOperatorInput(record, told, now);
  if (next !== record) await register.replace(registered, next);
}

/** Turns the record's goal; the fences and the way back are `next-action`'s. A second call changes nothing. */
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
  throw new ConflictError("ERR_NOT_FOUND", "this gate was never rotated by keyturn", ["keyturn rotate plan"]);
}
