/** A browser's cookies: what it stores from Set-Cookie, and what it sends back. sent-cookies.ts holds the rules. */
import type { CapturedCookie } from "../capture/capture.ts";
import { parseSetCookie } from "../capture/read-set-cookie.ts";
import type { EpochSeconds } from "../time.ts";
import { type CookieSelection, identityOf, refusalOf, selectCookies } from "./sent-cookies.ts";

export class CookieJar {
  readonly #kept = new Map<string, CapturedCookie>();
  /** Kept separately, to be reported with the reason: a browser ignores them, and they replace nothing. */
  readonly #refused = new Map<string, CapturedCookie>();

  /** Takes in the Set-Cookie headers of one answer from this URL. */
  store(setCookies: readonly string[], url: string, now: EpochSeconds): void {
    for (const line of setCookies) {
      const cookie = parseSetCookie(line, now, url);
      if (cookie?.stored === undefined) continue;
      const id = identityOf(cookie.name, cookie.stored);
      const into = refusalOf(cookie, cookie.stored) === undefined ? this.#kept : this.#refused;
      if ((cookie.stored.expires ?? Number.POSITIVE_INFINITY) > now) into.set(id, cookie);
      else into.delete(id);
    }
  }

  /** Which cookies would be sent to that URL, and why the others would not. */
  sending(url: string, now: EpochSeconds): CookieSelection {
    return selectCookies([...this.#kept.values(), ...this.#refused.values()], { url, now });
  }

  /** The Cookie header for a request; undefined when there is nothing to send. */
  header(url: string, now: EpochSeconds): string | undefined {
    const { sent } = this.sending(url, now);
    return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  /** The names still held: what a logout forgot. */
  names(now: EpochSeconds): string[] {
    return [...this.#kept.values()]
      .filter(({ stored }) => (stored?.expires ?? Number.POSITIVE_INFINITY) > now)
      .map(({ name }) => name);
  }
}
