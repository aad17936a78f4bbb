/** Units of time, and the two ways people type them: durations (`15m`) and instants (RFC 3339 or epoch seconds). */
import { UsageError } from "./errors.ts";

/** Seconds since 1970-01-01T00:00:00Z, UTC; may carry a fraction. AWS:EpochTime is this, as an integer. */
export type EpochSeconds = number & { readonly unit?: "epoch seconds" };
/** A length of time in seconds; may carry a fraction. */
export type Seconds = number & { readonly unit?: "seconds" };

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/;

/** Reads `90s`, `15m`, `1h30m`, `2d`. A bare number is refused: its unit would be a guess. Throws UsageError. */
export function parseDuration(text: string): Seconds {
  if (!DURATION.test(text)) {
    throw new UsageError("ERR_DURATION", `"${text}" is not a duration`, [
      "write a number with a unit: 90s, 15m, 8h, 2d, 1h30m",
    ]);
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) {
    total += Number(amount) * (UNITS[unit as string] as number);
  }
  return total;
}

/**
 * Reads RFC 3339 (`2026-11-22T10:00:00Z`, with an offset) or epoch seconds. Thirteen digits are refused: that is
 * milliseconds, which CloudFront answers with MalformedPolicy. Throws UsageError.
 */
export function parseInstant(text: string): EpochSeconds {
  if (/^\d+$/.test(text)) {
    if (text.length >= 13) {
      throw new UsageError(
        "ERR_EPOCH_MILLISECONDS",
        `"${text}" looks like milliseconds; AWS:EpochTime is in seconds`,
        [`write ${Math.floor(Number(text) / 1000)}`],
      );
    }
    return Number(text);
  }
  const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
  const milliseconds = rfc3339.test(text) ? Date.parse(text.replace(" ", "T")) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    throw new UsageError("ERR_INSTANT", `"${text}" is not a time`, [
      "write RFC 3339 with an offset, such as 2026-11-22T10:00:00Z, or epoch seconds",
    ]);
  }
  return milliseconds / 1000;
}

/** `2026-11-22T10:00:00Z`: whole seconds, UTC. */
export function formatInstant(at: EpochSeconds): string {
  return new Date(Math.floor(at) * 1000).toISOString().replace(".000Z", "Z");
}

/** The two largest units, as a person says it: `1h 30m`, `45s`, `2d 4h`. Negative lengths keep their sign. */
export function formatDuration(length: Seconds): string {
  const sign = length < 0 ? "-" : "";
  let rest = Math.round(Math.abs(length));
  const parts: string[] = [];
  for (const [unit, size] of [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
    ["s", 1],
  ] as const) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount}${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? "0s" : sign + parts.join(" ");
}
