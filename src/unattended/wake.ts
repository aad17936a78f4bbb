/** When an execution checks a waiting rotation again. Pure. */
import type { RotationRecord } from "../rotation/record.ts";
import type { EpochSeconds, Seconds } from "../time.ts";

const SHORTEST: Seconds = 60;
const LONGEST: Seconds = 3600;
/** Checks per drain: with nine events each, far fewer than the 25,000 that an execution may have. */
const LOOKS = 500;

/** Not only when the wait is over: damage done in the meantime must be seen and repaired in time. */
export function wakeAt(
  { settings }: Pick<RotationRecord, "settings">,
  resumeAfter: EpochSeconds | undefined,
  now: EpochSeconds,
): EpochSeconds {
  const { cacheTtl, longestLife, skew } = settings;
  const drain = (cacheTtl === "until-restart" ? 0 : cacheTtl) + longestLife + skew;
  const look = now + Math.min(LONGEST, Math.max(SHORTEST, drain / LOOKS));
  const at = Math.ceil(Math.min(resumeAfter ?? look, look));
  // AWS dates are whole seconds, rounded down.
  return Math.max(at, Math.floor(now) + 1);
}
