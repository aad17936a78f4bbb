/**
 * Every gate with a record, in each account and region that keyturn.yaml names. One account's failure does not hide
 * the others.
 */
import { InternalError, KeyturnError } from "../errors.ts";
import { type AccountOfGates, accountsOf } from "../gates/accounts.ts";
import { findGates } from "../gates/open.ts";
import type { World } from "../seams/world.ts";
import type { EpochSeconds } from "../time.ts";
import { awsClock } from "./aws-clock.ts";
import { type DeletedRecord, findRecordedGates } from "./locate.ts";
import { readStatus, type SessionFlags, type SessionWorld, sessionTools } from "./session.ts";
import type { RotationStatus } from "./status.ts";

export interface RecordedEverywhere {
  readonly found: readonly RotationStatus[];
  readonly deleted: readonly DeletedRecord[];
  readonly unread: readonly { readonly gate: string; readonly error: KeyturnError }[];
  /** By AWS's clock; undefined if no account answered. */
  readonly now?: EpochSeconds;
}
type Needs = SessionWorld & Pick<World, "interrupt">;

/** Accounts are read side by side. Throws the first error if nothing could be read at all, or after an interrupt. */
export async function recordedEverywhere(flags: SessionFlags, world: Needs): Promise<RecordedEverywhere> {
  const file = await findGates(flags, world);
  // Without keyturn.yaml, the account of the credentials.
  const accounts = accountsOf([...(file?.gates.values() ?? [])], flags, world.env);
  const read = await Promise.all(accounts.map((account) => readAccount(account, world)));
  world.interrupt.throwIfAborted();
  const all: RecordedEverywhere = {
    found: uniqueOf(read.flatMap(({ found }) => found)).sort((one, other) =>
      one.gate < other.gate ? -1 : 1,
    ),
    deleted: read.flatMap(({ deleted }) => deleted),
    unread: read.flatMap(({ unread }) => unread),
    now: read.find(({ now }) => now !== undefined)?.now,
  };
  // An error that affects every gate is not a finding about one of them.
  if (all.found.length === 0 && all.unread[0] !== undefined) throw all.unread[0].error;
  return all;
}

/** Two profiles may lead to one account. */
function uniqueOf(all: readonly RotationStatus[]): RotationStatus[] {
  return [...new Map(all.map((each) => [`${each.gate} ${each.rotation}`, each])).values()];
}

async function readAccount({ options, gates }: AccountOfGates, world: Needs): Promise<RecordedEverywhere> {
  const found: RotationStatus[] = [];
  try {
    const cloud = await world.cloud(options);
    const { places, deleted, unreadable } = await findRecordedGates(cloud.vault);
    const unread = unreadable.map(({ secretId, error }) => ({ gate: `of ${secretId}`, error }));
    for (const place of places) {
      try {
        const status = await readStatus(sessionTools(place, cloud, world));
        if (status !== undefined) found.push(status);
      } catch (thrown) {
        unread.push({ gate: place.gate, error: errorOf(thrown, world) });
      }
    }
    return { found, deleted, unread, now: awsClock(cloud.dates, world.clock).now() };
  } catch (thrown) {
    const error = errorOf(thrown, world);
    const named = gates.length === 0 ? ["of this account"] : gates.map(({ name }) => name);
    return { found, deleted: [], unread: named.map((gate) => ({ gate, error })) };
  }
}

function errorOf(thrown: unknown, { interrupt }: Needs): KeyturnError {
  interrupt.throwIfAborted();
  if (thrown instanceof KeyturnError && !(thrown instanceof InternalError)) return thrown;
  throw thrown;
}
