/**
 * Allowances remembered. `decide` judges; once it has allowed a request, only time can turn the same request away, and
 * its policy says when. Browsers send the same cookies with every request, so most need no second judgement. Denials
 * are never kept: an attacker must not fill the memory with them.
 */
import { decide } from "../../edge/decide.ts";
import type { EdgeRules } from "../../edge/rules.ts";
import type { Trust, Verdict } from "../../edge/verdict.ts";
import type { EpochSeconds } from "../../time.ts";
import { BoundedCache } from "../bounded-cache.ts";
import { cookiePairs } from "./viewer-place.ts";

export interface AskedRequest {
  readonly url: string;
  readonly cookieHeader: string | undefined;
  readonly ip: string;
}

interface Allowance {
  readonly verdict: Verdict;
  readonly from: EpochSeconds;
  /** Before the policy's end, whatever the rules say of that very second. */
  readonly until: EpochSeconds;
}

/** For each trust: a changed key group is another trust, with nothing remembered. */
const REMEMBERED = 5000;

export function rememberingDecide(rules: EdgeRules) {
  const memories = new WeakMap<NonNullable<Trust>, BoundedCache<string, Allowance>>();
  const memoryOf = (trust: NonNullable<Trust>) => {
    const known = memories.get(trust);
    if (known) return known;
    const memory = new BoundedCache<string, Allowance>(REMEMBERED);
    memories.set(trust, memory);
    return memory;
  };
  return ({ url, cookieHeader, ip }: AskedRequest, trust: NonNullable<Trust>, now: EpochSeconds): Verdict => {
    const memory = memoryOf(trust);
    const key = `${ip} ${url} ${cookieHeader ?? ""}`;
    const before = memory.get(key);
    if (before && now >= before.from && now < before.until) return before.verdict;
    const verdict = decide({ url, cookies: cookiePairs(cookieHeader), ip }, trust, now, rules);
    if (verdict.allowed && verdict.policy) {
      memory.set(key, { verdict, from: now, until: verdict.policy.dateLessThan });
    }
    return verdict;
  };
}
