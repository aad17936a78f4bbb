/** What one simulated attacker does: repeats every kind of request that the edge must keep from the origin. */
import type { KeyObject } from "node:crypto";
import { isError } from "../../errors.ts";
import { mintCookies } from "../../mint/mint.ts";
import { cookiePairs } from "../../mint/write.ts";
import { COOKIE_NAMES } from "../../policy/cookie-set.ts";
import type { Viewer } from "../../seams/viewer.ts";
import type { Clock, KeyPairSource, Random } from "../../seams/world.ts";
import type { EpochSeconds, Seconds } from "../../time.ts";
import { LOCATION_HEADER } from "../edge/sandbox-headers.ts";
import { MARK_HEADER } from "../origin/log.ts";
import { DEMO_USERS } from "../origin/sessions.ts";
import { headersOf, meaningOf } from "../viewer/answer.ts";
import type { Tally } from "./counts.ts";

export interface AttackerOptions {
  readonly clock: Clock;
  readonly random: Pick<Random, "fraction">;
  readonly keyPairs: KeyPairSource;
  readonly send: Viewer["send"];
  readonly site: string;
  readonly tally: Tally;
  readonly pops: readonly string[];
  readonly pause: Seconds;
  /** Sent with every attack, so that the origin's log can be searched for attacks afterwards. */
  readonly mark: string;
  /** A key pair ID that the gate trusts: not secret, because every cookie contains it. */
  readonly keyPairId: () => string;
}

/** A cookie header minted by the application, and its expiry. */
interface Loot {
  readonly cookie: string;
  readonly end: EpochSeconds;
}

type Attack = "unsigned" | "tampered" | "forged" | "unknown-key" | "expired";
const ATTACKS: readonly Attack[] = ["unsigned", "tampered", "forged", "unknown-key", "expired"];
const TARGET = "/media/film.txt";

export async function runAttacker(options: AttackerOptions, signal: AbortSignal): Promise<void> {
  const { clock, random, pause } = options;
  const { privateKey } = await options.keyPairs.generate("rsa-2048");
  let loot: Loot | undefined;
  let old: Loot | undefined;
  try {
    for (let turn = 0; !signal.aborted; turn += 1) {
      try {
        if (!loot || clock.now() > loot.end) {
          old = loot;
          loot = await takeCookies(options, signal);
        }
        const attack = ATTACKS[turn % ATTACKS.length] as Attack;
        const cookie = cookieFor(attack, loot, old, privateKey, options);
        if (cookie !== undefined) await attackOnce(attack, cookie, turn, options, signal);
      } catch (thrown) {
        // No response: nothing got in, and nothing was denied.
        if (!isError(thrown, "ERR_UNREACHABLE")) throw thrown;
      }
      await clock.sleep(pause * (0.5 + random.fraction()), signal);
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

async function attackOnce(
  attack: Attack,
  cookie: string,
  turn: number,
  { tally, pops, mark, site, send }: AttackerOptions,
  signal: AbortSignal,
): Promise<void> {
  const pop = pops[turn % pops.length] as string;
  const headers: [string, string][] = [
    [LOCATION_HEADER, pop],
    [MARK_HEADER, mark],
  ];
  if (cookie !== "") headers.push(["cookie", cookie]);
  tally.add("requests");
  const response = await send({ method: "GET", url: site + TARGET, headers }, signal);
  tally.add("attacks");
  if (meaningOf(response).kind === "edge-denied") return;
  tally.wrong("attacksLetThrough", `${attack} at ${pop}: ${response.status}`);
}

/** Undefined if there is nothing to attack with yet. */
function cookieFor(
  attack: Attack,
  loot: Loot,
  old: Loot | undefined,
  privateKey: KeyObject,
  { clock, site, keyPairId }: AttackerOptions,
): string | undefined {
  const forge = (id: string) =>
    written(
      mintCookies(
        { resource: `${site}/*`, expires: Math.floor(clock.now()) + 3600, hash: "SHA256", keyPairId: id },
        privateKey,
      ),
    );
  switch (attack) {
    case "unsigned":
      return "";
    case "tampered":
      return tampered(loot.cookie);
    case "forged":
      return forge(keyPairId());
    case "unknown-key":
      return forge("K0000000ATTACK");
    case "expired":
      return old?.cookie;
  }
}

/** Real cookies of a real user, kept outside any jar. */
async function takeCookies(
  { clock, send, site, tally }: AttackerOptions,
  signal: AbortSignal,
): Promise<Loot> {
  const [{ name: username, password }] = DEMO_USERS as [(typeof DEMO_USERS)[number]];
  const post = async (path: string, headers: [string, string][], body: string) => {
    tally.add("requests");
    return send({ method: "POST", url: site + path, headers, body }, signal);
  };
  const login = await post("/login", [], JSON.stringify({ username, password }));
  const { token } = JSON.parse(Buffer.from(login.body).toString("utf8")) as { token: string };
  const minted = await post("/edge/session", [["authorization", `Bearer ${token}`]], "");
  const { expiresAt } = JSON.parse(Buffer.from(minted.body).toString("utf8")) as { expiresAt?: number };
  const pairs = headersOf(minted, "set-cookie").map((line) => line.split(";", 1)[0] as string);
  return { cookie: pairs.join("; "), end: expiresAt ?? clock.now() };
}

/** Changes one character of the signature. */
function tampered(cookie: string): string {
  return cookie.replace(
    new RegExp(`(${COOKIE_NAMES.signature}=.{10})(.)`),
    (_, start: string, one: string) => {
      return `${start}${one === "A" ? "B" : "A"}`;
    },
  );
}

const written = (set: Parameters<typeof cookiePairs>[0]) =>
  cookiePairs(set)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
