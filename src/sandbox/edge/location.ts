/**
 * Edge locations. Each gets a published configuration after its own delay, and serves the last one it got. State
 * depends on the clock: what a location trusts depends on when you ask, not on how often.
 */
import type { Clock, Random } from "../../seams/world.ts";
import type { EpochSeconds, Seconds } from "../../time.ts";
import type { PublishedConfig } from "../cloudfront/edge-config.ts";
import { type LocationSetting, TrustHistory } from "./trust-history.ts";

export type { LocationSetting } from "./trust-history.ts";

/** Three locations near the prober, and a distant one that only its own viewers reach and that gets changes last. */
export function usualLocations(propagation: Seconds): LocationSetting[] {
  return [
    { pop: "FRA56-P4", delay: propagation * 0.1, reachable: true },
    { pop: "IAD89-P2", delay: propagation * 0.25, reachable: true },
    { pop: "SIN2-P3", delay: propagation * 0.5, reachable: true },
    { pop: "GRU3-P1", delay: propagation, reachable: false },
  ];
}

const NOTHING: PublishedConfig = { distributions: [], keyGroups: new Map() };

export class Location {
  readonly setting: LocationSetting;
  readonly #clock: Pick<Clock, "now">;
  #known: PublishedConfig | undefined;
  #coming: { readonly at: EpochSeconds; readonly config: PublishedConfig }[] = [];

  constructor(setting: LocationSetting, clock: Pick<Clock, "now">) {
    this.setting = setting;
    this.#clock = clock;
  }

  /** Every location starts with the first configuration: it existed before any request. */
  receive(config: PublishedConfig): void {
    // Otherwise old configurations would pile up at locations without viewers.
    this.#arrive();
    if (this.#known === undefined) this.#known = config;
    else if (Number.isFinite(this.setting.delay)) {
      this.#coming.push({ at: this.#clock.now() + this.setting.delay, config });
    }
  }

  /** What this location serves now. */
  get config(): PublishedConfig {
    this.#arrive();
    return this.#known ?? NOTHING;
  }

  #arrive(): void {
    if (this.#coming.length === 0) return;
    const now = this.#clock.now();
    const due = this.#coming.filter(({ at }) => at <= now);
    if (due.length === 0) return;
    this.#known = due.at(-1)?.config;
    this.#coming = this.#coming.slice(due.length);
  }

  /** When the last change known to be under way arrives; undefined when there is none. */
  get upToDateAt(): EpochSeconds | undefined {
    const now = this.#clock.now();
    return this.#coming.filter(({ at }) => at > now).at(-1)?.at;
  }
}

export class Locations {
  readonly all: readonly Location[];
  readonly #reachable: readonly Location[];
  readonly #random: Pick<Random, "fraction">;
  readonly #clock: Pick<Clock, "now">;
  readonly trust: TrustHistory;

  constructor(
    settings: readonly LocationSetting[],
    clock: Pick<Clock, "now">,
    random: Pick<Random, "fraction">,
  ) {
    this.#random = random;
    this.#clock = clock;
    this.trust = new TrustHistory(settings);
    this.all = settings.map((setting) => new Location(setting, clock));
    this.#reachable = this.all.filter(({ setting }) => setting.reachable);
  }

  publish(config: PublishedConfig): void {
    for (const location of this.all) location.receive(config);
    this.trust.publish(config, this.#clock.now());
  }

  /**
   * The location of that name, or any reachable one at random. With round-robin, a client with a fixed rhythm would see
   * only one location.
   */
  at(pop: string | undefined): Location {
    const named = pop === undefined ? undefined : this.all.find(({ setting }) => setting.pop === pop);
    if (named) return named;
    return this.#reachable[Math.floor(this.#random.fraction() * this.#reachable.length)] as Location;
  }
}
