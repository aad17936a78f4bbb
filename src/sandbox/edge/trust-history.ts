/**
 * Which edge location trusted which key pair ID, and when. Includes the near future: a change arrives after the
 * location's delay.
 */
import type { EpochSeconds, Seconds } from "../../time.ts";
import type { PublishedConfig } from "../cloudfront/edge-config.ts";

export interface LocationSetting {
  /** As in x-amz-cf-pop: `FRA56-P4`. */
  readonly pop: string;
  /** How long a change takes to get here; Infinity for never. */
  readonly delay: Seconds;
  /** Whether viewers can reach it without naming it. A prober cannot choose where DNS sends it. */
  readonly reachable: boolean;
}

interface KeySpan {
  readonly key: string;
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
}
export interface LocationTrust {
  readonly pop: string;
  readonly reachable: boolean;
  readonly spans: readonly KeySpan[];
}

interface Change {
  readonly at: EpochSeconds;
  readonly keys: readonly string[];
}
/** For each location. */
const MOST_CHANGES = 300;

export class TrustHistory {
  readonly #settings: readonly LocationSetting[];
  readonly #changes = new Map<string, Change[]>();

  constructor(settings: readonly LocationSetting[]) {
    this.#settings = settings;
  }

  publish(config: PublishedConfig, now: EpochSeconds): void {
    const keys = trustedKeys(config);
    for (const { pop, delay } of this.#settings) {
      const changes = this.#changes.get(pop) ?? [];
      this.#changes.set(pop, changes);
      if (changes.length === 0) changes.push({ at: now, keys });
      else if (Number.isFinite(delay)) changes.push({ at: now + delay, keys });
      if (changes.length > MOST_CHANGES) changes.shift();
    }
  }

  /** From the first change that is still known until `now`. */
  until(now: EpochSeconds): LocationTrust[] {
    return this.#settings.map(({ pop, reachable }) => {
      const changes = (this.#changes.get(pop) ?? []).filter(({ at }) => at <= now);
      return { pop, reachable, spans: spansOf(changes, now) };
    });
  }
}

function spansOf(changes: readonly Change[], now: EpochSeconds): KeySpan[] {
  const open = new Map<string, EpochSeconds>();
  const spans: KeySpan[] = [];
  for (const { at, keys } of changes) {
    for (const [key, from] of open) {
      if (keys.includes(key)) continue;
      spans.push({ key, from, to: at });
      open.delete(key);
    }
    for (const key of keys) if (!open.has(key)) open.set(key, at);
  }
  return [...spans, ...[...open].map(([key, from]) => ({ key, from, to: now }))];
}

/** Key pair IDs over all groups that a behavior trusts. */
export function trustedKeys({ distributions, keyGroups }: PublishedConfig): string[] {
  const groups = distributions.flatMap(({ behaviors }) => behaviors.flatMap((each) => each.trustedKeyGroups));
  return [...new Set(groups.flatMap((id) => [...(keyGroups.get(id)?.keys() ?? [])]))];
}
