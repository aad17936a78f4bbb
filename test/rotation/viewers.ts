/** Viewers during a rotation: one mints every second, and every cookie is used every second until its last. */

import { decodeBase64 } from "../../src/policy/base64.ts";
import { COOKIE_NAMES } from "../../src/policy/cookie-set.ts";
import type { Viewer } from "../../src/seams/viewer.ts";
import { type SiteWorld, viewerOf } from "./site-world.ts";

interface Held {
  readonly cookie: string;
  readonly mintedAt: number;
  readonly expires: number;
  readonly keyPairId: string;
}

export interface Denied {
  readonly at: number;
  readonly keyPairId: string;
  readonly code: string;
  readonly age: number;
}

export class Viewers {
  readonly denied: Denied[] = [];
  readonly mintsByKey = new Map<string, number>();
  requests = 0;
  /** How many requests were made in the last second of a cookie's life. */
  lastSeconds = 0;
  readonly #world: SiteWorld;
  readonly #send: Viewer["send"];
  readonly #stopped = new AbortController();
  #held: Held[] = [];
  #turn = 0;

  constructor(world: SiteWorld) {
    this.#world = world;
    this.#send = viewerOf(world.site.handlers.edge, world.clock).send;
  }

  /** Runs until `stop`. Minting needs a session; the edge checks only cookies. */
  async run(): Promise<void> {
    const { clock, site } = this.#world;
    const login = await this.#post(
      "/login",
      [],
      JSON.stringify({ username: "ada", password: "ada-in-the-sandbox" }),
    );
    const { token } = JSON.parse(Buffer.from(login.body).toString());
    while (!this.#stopped.signal.aborted) {
      await this.#mint(token);
      this.#held = this.#held.filter(({ expires }) => clock.now() < expires);
      for (const held of this.#held)
        await this.#use(
          held,
          site.locations.all.map(({ setting }) => setting.pop),
        );
      await clock.sleep(1);
    }
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #mint(token: string): Promise<void> {
    const mintedAt = this.#world.clock.now();
    const answer = await this.#post("/edge/session", [["authorization", `Bearer ${token}`]], "");
    const pairs = answer.headers
      .filter(([name]) => name === "set-cookie")
      .map(([, value]) => value.split(";", 1)[0] ?? "");
    const values = new Map(
      pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
    );
    const keyPairId = values.get(COOKIE_NAMES.keyPairId) ?? "";
    const policy = Buffer.from(decodeBase64(values.get(COOKIE_NAMES.policy) ?? "") ?? []).toString();
    const expires = Number(
      /"AWS:EpochTime":(\d+)/.exec(policy)?.[1] ?? values.get(COOKIE_NAMES.expires) ?? 0,
    );
    this.#held.push({ cookie: pairs.join("; "), mintedAt, expires, keyPairId });
    this.mintsByKey.set(keyPairId, (this.mintsByKey.get(keyPairId) ?? 0) + 1);
  }

  async #use({ cookie, mintedAt, expires, keyPairId }: Held, pops: readonly string[]): Promise<void> {
    const { clock, site } = this.#world;
    this.#turn += 1;
    const pop = pops[this.#turn % pops.length] as string;
    const headers = [["cookie", cookie] as const, ["x-keyturn-location", pop] as const];
    const answer = await this.#send({ method: "GET", url: `${site.addresses.site}/media/film.txt`, headers });
    this.requests += 1;
    if (expires - clock.now() <= 1) this.lastSeconds += 1;
    if (answer.status !== 403) return;
    const code = /<Code>(\w+)</.exec(Buffer.from(answer.body).toString())?.[1] ?? "403";
    this.denied.push({ at: clock.now(), keyPairId, code, age: clock.now() - mintedAt });
  }

  #post(path: string, headers: readonly (readonly [string, string])[], body: string) {
    const type = ["content-type", "application/json"] as const;
    return this.#send({
      method: "POST",
      url: `${this.#world.site.addresses.site}${path}`,
      headers: [type, ...headers],
      body,
    });
  }
}
