/** A pasted answer's Date, held against the clock that saw it: this machine's, or that of the browser that made a HAR. */
import { aheadText, CLOCK_OFF, clockAhead, clockFindings, freshDate } from "../answer-dates.ts";
import type { CapturedResponse } from "../capture/capture.ts";
import type { Finding } from "../finding.ts";
import { type EpochSeconds, formatInstant, type Seconds } from "../time.ts";

/** No request that a browser records takes longer, as a rule. */
const LONGEST_REQUEST: Seconds = 30;
/** Older than this, an answer was rather pasted late than dated by another clock. */
const FRESH: Seconds = 900;

/**
 * `sentAt`: by the clock of whoever sent the request, where the form tells; `now`: by this machine's. An answer from the
 * future shows a clock that is behind; one from the past may only have been pasted later.
 */
export function answerDateFindings(
  response: CapturedResponse | undefined,
  { sentAt, now }: { readonly sentAt?: EpochSeconds | undefined; readonly now: EpochSeconds },
): readonly Finding[] {
  const date = response && freshDate(response.headers);
  if (date === undefined) return [];
  const evidence = `the answer is dated ${formatInstant(date)}`;
  if (sentAt !== undefined) {
    const ahead = clockAhead(date, sentAt, sentAt + LONGEST_REQUEST);
    const sent = `${evidence}, its request ${formatInstant(sentAt)} by the clock of whoever sent it`;
    return clockFindings(ahead === undefined ? undefined : Math.round(sentAt - date), "the edge's", sent);
  }
  const ahead = now - date;
  if (ahead < -CLOCK_OFF) return clockFindings(Math.round(ahead), "the edge's", evidence);
  if (ahead <= CLOCK_OFF + 1 || ahead > FRESH) return [];
  return [
    {
      id: "machine-clock-off",
      severity: "note",
      message: `the answer is older than it looks, or this machine's clock is ${aheadText(Math.round(ahead), "the edge's")}`,
      basis: "inferred",
      evidence: [`${evidence}, and it is ${formatInstant(now)} here`],
      remedy: "date -u; curl -sI https://aws.amazon.com | grep -i ^date",
    },
  ];
}
