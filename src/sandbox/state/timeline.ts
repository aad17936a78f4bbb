/** A value with a history: writes change the newest state; reads may return an older one, like a slow replica. */
import type { Clock, Random } from "../../seams/world.ts";
import type { EpochSeconds, Seconds } from "../../time.ts";

/** Reads return the state of `length` ago; with a `share` below 1 only some of them do (split reads). */
export interface Staleness {
  readonly length: Seconds;
  /** The share of stale reads, 0 to 1. */
  readonly share: number;
}

const FRESH: Staleness = { length: 0, share: 0 };

/** States must be immutable: a changed one is a new object. */
export class Timeline<State extends object> {
  readonly #clock: Pick<Clock, "now">;
  readonly #random: Pick<Random, "fraction">;
  readonly #tell: (state: State, before: State) => void;
  #moments: { readonly since: EpochSeconds; readonly state: State }[];
  staleness: Staleness = FRESH;
  /** How far back `at` can look. */
  keeps: Seconds = 0;

  constructor(
    initial: State,
    world: { readonly clock: Pick<Clock, "now">; readonly random: Pick<Random, "fraction"> },
    tell: (state: State, before: State) => void = () => {},
  ) {
    this.#clock = world.clock;
    this.#random = world.random;
    this.#tell = tell;
    this.#moments = [{ since: Number.NEGATIVE_INFINITY, state: initial }];
  }

  /** The newest state, which writes change. */
  get latest(): State {
    return (this.#moments.at(-1) as { state: State }).state;
  }

  /** The state that one read returns. */
  seen(): State {
    const { length, share } = this.staleness;
    if (length <= 0 || (share < 1 && this.#random.fraction() >= share)) return this.latest;
    return this.at(this.#clock.now() - length);
  }

  /** The state at that instant, or the oldest one known. */
  at(instant: EpochSeconds): State {
    const moment = this.#moments.findLast(({ since }) => since <= instant) ?? this.#moments[0];
    return (moment as { state: State }).state;
  }

  change(part: Partial<State>): void {
    const before = this.latest;
    const now = this.#clock.now();
    const state = { ...before, ...part };
    this.#moments.push({ since: now, state });
    const horizon = now - Math.max(this.staleness.length, this.keeps);
    const oldestNeeded = this.#moments.findLastIndex(({ since }) => since <= horizon);
    if (oldestNeeded > 0) this.#moments = this.#moments.slice(oldestNeeded);
    this.#tell(state, before);
  }
}
