/** The sandbox's flags as values: ports and durations. Throws UsageError. */
import { UsageError } from "../errors.ts";
import { parseDuration, type Seconds } from "../time.ts";

export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError("ERR_USAGE", `"${text}" is not a port`, ["give 0 to 65535; 0 picks a free one"]);
}

/** An unset shell variable gives an empty name, which must not mean the current folder. */
export function parseFolder(text: string): string {
  if (text !== "") return text;
  throw new UsageError("ERR_USAGE", "the name of the folder is empty", ["keyturn sandbox --state ./account"]);
}

/** At least one: with no requests, the counts that must be zero would be zero and prove nothing. */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError("ERR_USAGE", `"${text}" is not a valid count`, ["give a whole number from 1 to 9999"]);
}

export const parseSeconds = (text: string): Seconds => parseDuration(text);

export const parseCacheTtl = (text: string): Seconds | "until-restart" =>
  text === "until-restart" ? text : parseDuration(text);
