/** Setup shared by the rotate commands, and how the end of a run becomes a status or a halt. */
import { HaltError, isError, KeyturnError } from "../errors.ts";
import { readAccount } from "../gates/account.ts";
import { cloudOptionsOf } from "../gates/cloud-options.ts";
import type { GateChoice } from "../gates/open.ts";
import type { Cloud } from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";
import {
  type DriveOptions,
  type DriveTools,
  type DriveWorld,
  drive,
  driveTools,
  type RunEnding,
} from "./drive.ts";
import { declaredGate, type GateLocation, locate } from "./locate.ts";
import { roomHints } from "./make-room.ts";
import { mintedIdReader } from "./minted-id.ts";
import type { NextAction } from "./next.ts";
import { nextAction } from "./next-action.ts";
import { observe } from "./observe.ts";
import { findLostRecord, lostRecordHalt } from "./rebuild-record.ts";
import { PROOFS } from "./record.ts";
import type { Registered } from "./register.ts";
import { type RotationStatus, statusOf } from "./status.ts";

export interface SessionFlags extends GateChoice {
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
}
export type SessionWorld = DriveWorld & Pick<World, "cloud" | "files" | "env" | "cwd">;

export interface RotationSession {
  readonly place: GateLocation;
  readonly cloud: Cloud;
  readonly tools: DriveTools;
  /** The account of the gate's secret, for display. */
  readonly account: string | undefined;
}

/**
 * Needs keyturn.yaml or a recorded gate. Throws ERR_GATE, ERR_CONFIG, ERR_ACCOUNT if the gate is declared for an account
 * other than the credentials', and the cloud's errors.
 */
export async function openSession(flags: SessionFlags, world: SessionWorld): Promise<RotationSession> {
  const declared = await declaredGate(flags, world);
  const cloud = await world.cloud(cloudOptionsOf(flags, world.env, declared));
  const place = await locate(declared, flags.gate ?? (world.env.KEYTURN_GATE || undefined), cloud.vault);
  const account = await readAccount(cloud, place.secretId, declared);
  return { place, cloud, tools: sessionTools(place, cloud, world), account };
}

export function sessionTools(place: GateLocation, cloud: Cloud, world: SessionWorld): DriveTools {
  return driveTools(world, cloud, place.secretId, mintedIdReader(world), place.gate);
}

/**
 * The gate's record; undefined if keyturn never rotated it. Throws ERR_HALTED, with the commands that restore the record,
 * if it did but the record is gone.
 */
export async function recordOf({ tools, place }: RotationSession): Promise<Registered | undefined> {
  const registered = await tools.register.read();
  if (registered !== undefined || place.declared === undefined) return registered;
  const lost = await findLostRecord(tools, place.declared);
  if (lost !== undefined) throw lostRecordHalt(place.gate, lost);
  return undefined;
}

/** Drives to the end of the run and reports the status. A halt is an error (ERR_HALTED, ERR_CLOCKS_DISAGREE), with its reason and remedies. */
export async function driveToStatus(
  tools: DriveTools,
  gate: string,
  options: DriveOptions,
): Promise<RotationStatus> {
  const ending = await drive(tools, options).catch(async (thrown: unknown) => {
    const room = isError(thrown, "ERR_QUOTA") ? await roomHints(tools, gate).catch(() => []) : [];
    throw withResume(thrown, gate, room);
  });
  if ("halt" in ending.next) {
    const { halt, message, remedies } = ending.next;
    const code = halt === "clocks-disagree" ? "ERR_CLOCKS_DISAGREE" : "ERR_HALTED";
    throw new HaltError(code, `halted at ${ending.next.step} (${halt}): ${message}`, remedies);
  }
  return endingStatus(ending, tools);
}

/** Whatever ended the run, nothing is lost: anyone can continue with the same command. */
function withResume(thrown: unknown, gate: string, more: readonly string[]): unknown {
  // A halt names its own next step.
  if (!(thrown instanceof KeyturnError) || thrown instanceof HaltError) return thrown;
  const { errorClass, code, message, hints } = thrown;
  const resume = `keyturn rotate resume --gate ${gate} --wait`;
  const others = hints.filter(
    (hint) => !/^(keyturn rotate resume|keyturn help|run the command again)/.test(hint),
  );
  return new KeyturnError(errorClass, code, message, [...more, ...others, resume], thrown);
}

function endingStatus({ record, observation, next }: RunEnding, { clock }: DriveTools): RotationStatus {
  const now = clock.now();
  const upcoming: NextAction =
    "reached" in next
      ? nextAction(record, observation.observed, now, { tried: [], told: record.repairs.length })
      : next;
  return statusOf(record, observation.observed, upcoming, now);
}

/** Reads only; undefined if the gate was never rotated. */
export async function readStatus(tools: DriveTools): Promise<RotationStatus | undefined> {
  const observation = await observe(tools);
  if (observation === undefined) return undefined;
  const { record } = observation.registered;
  const now = tools.clock.now();
  // As a run that starts now: an earlier run's reports appear again only if they still hold.
  const next = nextAction(record, observation.observed, now, {
    tried: PROOFS,
    told: record.repairs.length,
  });
  return statusOf(record, observation.observed, next, now);
}
