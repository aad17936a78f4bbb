/** The past rotations of every gate. A gate or account that cannot be read does not hide the others. */
import { KeyturnError } from "../errors.ts";
import { type AccountOfGates, accountsOf } from "../gates/accounts.ts";
import type { Gate } from "../gates/gate.ts";
import type { CloudOptions } from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";
import { awsClock } from "./aws-clock.ts";
import { type RotationHistory, readHistory } from "./history.ts";
import { type DeletedRecord, findRecordedGates } from "./locate.ts";

/** A gate, or an account, that could not be read. */
interface UnreadHistory {
  readonly gate: string;
  readonly error: KeyturnError;
}

export interface AllHistories {
  readonly found: readonly RotationHistory[];
  readonly neverRotated: readonly string[];
  readonly deleted: readonly DeletedRecord[];
  readonly unread: readonly UnreadHistory[];
}

type Needs = Pick<World, "cloud" | "env" | "clock" | "interrupt">;

/** For the declared gates, else for every gate with a record in the account and region. Throws only when interrupted. */
export async function readAllHistories(
  gates: readonly Gate[],
  flags: CloudOptions,
  world: Needs,
): Promise<AllHistories> {
  const places = accountsOf(gates, flags, world.env);
  const all = await Promise.all(
    places.map(async (place) => {
      const answer = await caught(place.gates.map(({ name }) => name).join(", "), world, () =>
        readPlace(place, world),
      );
      return "unread" in answer ? { ...NOTHING, ...answer } : answer.value;
    }),
  );
  return {
    found: all.flatMap(({ found }) => found),
    neverRotated: all.flatMap(({ neverRotated }) => neverRotated),
    deleted: all.flatMap(({ deleted }) => deleted),
    unread: all.flatMap(({ unread }) => unread),
  };
}

const NOTHING: AllHistories = { found: [], neverRotated: [], deleted: [], unread: [] };

async function readPlace({ options, gates }: AccountOfGates, world: Needs): Promise<AllHistories> {
  const { vault, dates } = await world.cloud(options);
  const clock = awsClock(dates, world.clock);
  const recorded = gates.length === 0 ? await findRecordedGates(vault) : undefined;
  const places = recorded?.places ?? gates.map(({ name, secret }) => ({ gate: name, secretId: secret.id }));
  const found: RotationHistory[] = [];
  const neverRotated: string[] = [];
  const unread: UnreadHistory[] = (recorded?.unreadable ?? []).map(({ secretId, error }) => ({
    gate: `of ${secretId}`,
    error,
  }));
  for (const { gate, secretId } of places) {
    const answer = await caught(gate, world, () => readHistory(vault, secretId, clock, gate));
    if ("unread" in answer) unread.push(...answer.unread);
    else if (answer.value === undefined) neverRotated.push(gate);
    else found.push(answer.value);
  }
  return { found, neverRotated, deleted: recorded?.deleted ?? [], unread };
}

async function caught<T>(
  gate: string,
  { interrupt }: Pick<World, "interrupt">,
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly unread: readonly UnreadHistory[] }> {
  try {
    return { value: await work() };
  } catch (thrown) {
    interrupt.throwIfAborted();
    if (!(thrown instanceof KeyturnError)) throw thrown;
    return { unread: [{ gate, error: thrown }] };
  }
}
