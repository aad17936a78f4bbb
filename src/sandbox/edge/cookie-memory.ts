/**
 * What the edge remembers of a Cookie header: its pairs, what the origin gets of it, and what it was allowed to ask for.
 * `decide` judges; once it has allowed a request, only time can turn the same one away, and its policy says when.
 * Browsers send the same cookies with every request, so most need no second judgement. Denials are never remembered: an
 * attacker must not fill the memory with them.
 */

import { decide } from "../../edge/decide.ts";
import type { EdgeRules } from "../../edge/rules.ts";
import type { Trust, Verdict } from "../../edge/verdict.ts";
import { COOKIE_NAMES } from "../../policy/cookie-set.ts";
import type { EpochSeconds } from "../../time.ts";
import { BoundedCache } from "../bounded-cache.ts";

type Pairs = readonly (readonly [name: string, value: string])[];

export interface KnownCookies {
  /** Name and value as they stand: no decoding, no quotes taken off. Names may repeat. */
  readonly pairs: Pairs;
  /** Without those that CloudFront reads; undefined when nothing is left. */
  readonly forOrigin: string | undefined;
  readonly allowances: Allowances;
}

interface Allowance {
  readonly verdict: Verdict;
  readonly from: EpochSeconds;
  /** Before the policy's end, whatever the rules say of that very second. */
  readonly until: EpochSeconds;
}
/** By address and URL, for one trust: a changed key group is another trust, with nothing remembered. */
interface Allowances {
  trust: Trust;
  byRequest: Map<string, Allowance>;
}

const HEADERS = 4000;
/** URLs a header; more, and it is forgotten which. */
const REQUESTS = 100;
const SIGNING_NAMES: ReadonlySet<string> = new Set(Object.values(COOKIE_NAMES));

export class CookieMemory {
  readonly #rules: EdgeRules;
  readonly #none = known([]);
  readonly #headers = new BoundedCache<string, KnownCookies>(HEADERS);

  constructor(rules: EdgeRules) {
    this.#rules = rules;
  }

  read(header: string | undefined): KnownCookies {
    if (header === undefined) return this.#none;
    const before = this.#headers.get(header);
    if (before) return before;
    const read = known(cookiePairs(header));
    this.#headers.set(header, read);
    return read;
  }

  decide(
    { pairs, allowances }: KnownCookies,
    url: string,
    ip: string,
    trust: NonNullable<Trust>,
    now: EpochSeconds,
  ): Verdict {
    if (allowances.trust !== trust) {
      allowances.trust = trust;
      allowances.byRequest = new Map();
    }
    const { byRequest } = allowances;
    const key = `${ip} ${url}`;
    const before = byRequest.get(key);
    if (before && now >= before.from && now < before.until) return before.verdict;
    const verdict = decide({ url, cookies: pairs, ip }, trust, now, this.#rules);
    if (verdict.allowed && verdict.policy) {
      if (byRequest.size >= REQUESTS) byRequest.clear();
      byRequest.set(key, { verdict, from: now, until: verdict.policy.dateLessThan });
    }
    return verdict;
  }
}

export function cookiePairs(header: string): Pairs {
  const pairs: (readonly [string, string])[] = [];
  for (const part of header.split(";")) {
    const pair = part.trim();
    const at = pair.indexOf("=");
    if (at > 0) pairs.push([pair.slice(0, at), pair.slice(at + 1)]);
  }
  return pairs;
}

function known(pairs: Pairs): KnownCookies {
  const others = pairs.filter(([name]) => !SIGNING_NAMES.has(name));
  return {
    pairs,
    forOrigin: others.length === 0 ? undefined : others.map(([name, value]) => `${name}=${value}`).join("; "),
    allowances: { trust: undefined, byRequest: new Map() },
  };
}
