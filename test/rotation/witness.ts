/**
 * Watches every call of an operator, and judges keyturn's writes by the actual state of the world instead of the
 * record: no switch to a key that a reachable edge location does not know or that was not trusted for the settle time,
 * and no removal of a key that a signer or an unexpired cookie may still use.
 */
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import type { SiteWorld } from "./site-world.ts";

interface RunStatus {
  readonly current: string;
  readonly trusted: readonly string[];
  readonly keys: readonly string[];
}

export class Witness {
  /** What keyturn did wrong; empty if all is well. */
  readonly violations: string[] = [];
  /** The key pair IDs to which keyturn moved AWSCURRENT. */
  readonly switchedTo: string[] = [];
  readonly #world: SiteWorld;
  readonly #trustedSince = new Map<string, number>();
  readonly #lastCurrent = new Map<string, number>();
  #last: RunStatus;

  constructor(world: SiteWorld) {
    this.#world = world;
    this.#last = this.#see();
    // The state before the first observation.
    for (const id of this.#last.trusted) this.#trustedSince.set(id, Number.NEGATIVE_INFINITY);
    world.site.account.faults.onCall(({ moment }) => {
      if (moment === "before") this.before();
      else this.after();
    });
  }

  /** Before each call of keyturn: changes until now are not its own. */
  before(): void {
    this.look();
  }

  /** After each call of keyturn. */
  after(): void {
    const before = this.#last;
    const after = this.look();
    if (after.current !== before.current) this.#judgeSwitch(before, after);
    for (const id of before.trusted) if (!after.trusted.includes(id)) this.#judgeRemoval(id, before);
  }

  /** After somebody else wrote: changes until now are not keyturn's. */
  look(): RunStatus {
    const now = this.#world.clock.now();
    const seen = this.#see();
    this.#lastCurrent.set(this.#last.current, now);
    for (const id of seen.trusted) if (!this.#last.trusted.includes(id)) this.#trustedSince.set(id, now);
    this.#last = seen;
    return seen;
  }

  #see(): RunStatus {
    const { account, ids } = this.#world.site;
    const { registry } = account.secrets;
    const { versions } = registry.findPrimary(account.region, DEMO.secret);
    const value = versions.find(({ stages }) => stages.includes("AWSCURRENT"))?.value;
    const { state } = account.cloudFront;
    return {
      current: keyIn(value !== undefined && "text" in value ? value.text : ""),
      trusted: state.keyGroups.get(ids.keyGroupId)?.config.items ?? [],
      keys: [...state.publicKeys.keys()],
    };
  }

  #judgeSwitch(before: RunStatus, { current, trusted }: RunStatus): void {
    const { clock, site } = this.#world;
    this.switchedTo.push(current);
    if (!trusted.includes(current))
      this.violations.push(`AWSCURRENT moved to ${current}, which is not trusted`);
    // Every cookie minted now is denied, so a move to any trusted key is a repair.
    if (!trusted.includes(before.current)) return;
    const since = this.#trustedSince.get(current) ?? clock.now();
    const unaware = site.locations.all.filter(
      ({ setting, config }) =>
        setting.reachable && config.keyGroups.get(site.ids.keyGroupId)?.has(current) !== true,
    );
    if (clock.now() - since < site.settings.settle)
      this.violations.push(`AWSCURRENT moved to ${current}, trusted for ${clock.now() - since} s only`);
    for (const { setting } of unaware)
      this.violations.push(`AWSCURRENT moved to ${current}, which ${setting.pop} does not know`);
  }

  #judgeRemoval(id: string, { current }: RunStatus): void {
    const { clock, site } = this.#world;
    const { signerCache, cookieTtl } = site.settings;
    const cached = signerCache === "until-restart" ? 0 : signerCache;
    const left = this.#lastCurrent.get(id);
    if (id === current) this.violations.push(`${id} was untrusted while signers mint with it`);
    else if (left !== undefined && clock.now() < left + cached + cookieTtl)
      this.violations.push(`${id} was untrusted ${clock.now() - left} s after signers could read it`);
  }
}

function keyIn(text: string): string {
  try {
    return JSON.parse(text).keyPairId ?? "no id";
  } catch {
    return "unreadable";
  }
}
