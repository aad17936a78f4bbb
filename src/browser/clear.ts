/** The clearing set: a logout sends it so that the browser drops every cookie of the gate. It revokes no copies. */

import { COOKIE_NAMES } from "../policy/cookie-set.ts";
import { type CookieAttributes, setCookieValue } from "./attributes.ts";

/**
 * One Set-Cookie value per name: all five, both Expires and Policy, because it is unknown which kind was set. Domain,
 * Path and Partitioned must be those of the setting, or the browser keeps the old cookie (RFC 6265, 5.3).
 */
export function clearingSetCookies(attributes: CookieAttributes): string[] {
  // Browsers obey Max-Age=0; the past date is for clients that do not know Max-Age.
  return Object.values(COOKIE_NAMES).map(
    (name) =>
      `${setCookieValue(name, "", { ...attributes, maxAge: 0 })}; Expires=Thu, 01 Jan 1970 00:00:00 GMT`,
  );
}
