/** Compares a pasted response's Date with the clock that saw it: this machine's, or the recording browser's. */
import { aheadText, CLOCK_TOLERANCE, clockAhead, clockFindings, freshDate } from "../answer-dates.ts";
import type { CapturedResponse } from "../capture/capture.ts";
import type { Finding } from "../finding.ts";
import { type EpochSeconds, formatInstant, type Seconds } from "../time.ts";

/** Requests that a browser records rarely take longer. */
const LONGEST_REQUEST: Seconds = 30;
/** An older response was probably pasted late, not dated by a different clock. */
const FRESH: Seconds = 900;

/**
 * `sentAt`: by the sender's clock, if the format records it; `now`: by this machine's. A response from the
 * future proves that a clock is behind; one from the past may simply have been pasted later.
 */
export function answerDateFindings(
  response: CapturedResponse | undefined,
  { sentAt, now }: { readonly sentAt?: EpochSeconds | undefined; readonly now: EpochSeconds },
): readonly Finding[] {
  const date = response && freshDate(response.headers);
  if (date === undefined) return [];
  const evidence = `the response is dated ${formatInstant(date)}`;
  if (sentAt !== undefined) {
    const ahead = clockAhead(date, sentAt, sentAt + LONGEST_REQUEST);
    const sent = `${evidence}, its request ${formatInstant(sentAt)} by the sender's clock`;
    return clockFindings(ahead === undefined ? undefined : Math.round(sentAt - date), "the edge's", sent);
  }
  const ahead = now - date;
  if (ahead < -CLOCK_TOLERANCE) return clockFindings(Math.round(ahead), "the edge's", evidence);
  if (ahead <= CLOCK_TOLERANCE + 1 || ahead > FRESH) return [];
  return [
    {
      id: "machine-clock-off",
      severity: "note",
      message: `the response was pasted late, or this machine's clock is ${aheadText(Math.round(ahead), "the edge's")}`,
      basis: "inferred",
      evidence: [`${evidence}; this machine's clock shows ${formatInstant(now)}`],
      remedy: "date -u && curl -sI https://aws.amazon.com | grep -i ^date",
    },
  ];
}
