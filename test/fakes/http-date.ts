/** The Date header as a server writes it: whole seconds, rounded down (RFC 9110, 5.6.7). */
import type { EpochSeconds } from "../../src/time.ts";

export function httpDate(at: EpochSeconds): string {
  return new Date(Math.floor(at) * 1000).toUTCString();
}
