/**
 * What time it is, by the `Date` of answers (RFC 9110, 6.6.1): whole seconds, rounded down, from a moment between the
 * request and its answer. Every instant is given as a bound that holds whatever this machine's clock does.
 */
import type { Finding } from "./finding.ts";
import { type EpochSeconds, formatDuration, type Seconds } from "./time.ts";

/** Who dates answers; the edge's count for contradictions only. */
export type Dater =
  | "CloudFront"
  | "Secrets Manager"
  | "STS"
  | "CloudWatch Logs"
  | "S3"
  | "Athena"
  | "Step Functions"
  | "Lambda"
  | "EventBridge Scheduler"
  | "CloudWatch"
  | "SNS"
  | "the edge";
const AWS: readonly Dater[] = ["CloudFront", "Secrets Manager"];

interface Dated {
  readonly by: Dater;
  readonly date: EpochSeconds;
}

/** A later answer that carries an earlier Date. */
export interface Contradiction {
  readonly earlier: Dated;
  readonly later: Dated;
  readonly seconds: Seconds;
}

/** Further off than this, a machine's clock is worth a line. */
export const CLOCK_OFF: Seconds = 5;

export class AnswerDates {
  readonly #newest = new Map<Dater, EpochSeconds>();
  #latest: Dated | undefined;
  #contradiction: Contradiction | undefined;
  #ahead: Seconds | undefined;

  /** Call it when a request is sent, and the result when its answer is here. `here` is this machine's clock. */
  asking(by: Dater, here: () => EpochSeconds): (date: string | undefined) => void {
    const before = this.#latest;
    const sentAt = here();
    return (text) => {
      const date = Date.parse(text ?? "") / 1000;
      if (Number.isNaN(date)) return;
      this.#hear({ by, date }, before);
      this.#compare(date, sentAt, here());
    };
  }

  /** Not later than now: the older of the two services' newest Dates. Undefined before the first answer. */
  get earliest(): EpochSeconds | undefined {
    const newest = AWS.flatMap((each) => this.#newest.get(each) ?? []);
    return newest.length === 0 ? undefined : Math.min(...newest);
  }

  /** Not earlier than the newest answer: its whole second is over. */
  get latest(): EpochSeconds | undefined {
    const newest = AWS.flatMap((each) => this.#newest.get(each) ?? []);
    return newest.length === 0 ? undefined : Math.max(...newest) + 1;
  }

  /** The worst one so far. */
  get contradiction(): Contradiction | undefined {
    return this.#contradiction;
  }

  /**
   * How far this machine's clock is ahead (negative: behind), where that is more than CLOCK_OFF for certain: a request
   * takes time, and an answer that took long says little. Undefined too where the Dates themselves do not agree.
   */
  get machineAhead(): Seconds | undefined {
    return (this.#contradiction?.seconds ?? 0) > CLOCK_OFF ? undefined : this.#ahead;
  }

  /** An answer to a request that was sent after another answer was here was made later than that. */
  #hear(dated: Dated, before: Dated | undefined): void {
    const { by, date } = dated;
    const seconds = (before?.date ?? date) - date;
    if (before !== undefined && seconds > (this.#contradiction?.seconds ?? 0)) {
      this.#contradiction = { earlier: before, later: dated, seconds };
    }
    this.#newest.set(by, Math.max(date, this.#newest.get(by) ?? date));
    if (this.#latest === undefined || date > this.#latest.date) this.#latest = dated;
  }

  #compare(date: EpochSeconds, sentAt: EpochSeconds, receivedAt: EpochSeconds): void {
    const ahead = clockAhead(date, sentAt, receivedAt);
    if (ahead !== undefined) this.#ahead = ahead;
  }
}

/** Undefined where a request's duration or the whole second of the Date may explain all of it. */
export function clockAhead(
  date: EpochSeconds,
  sentAt: EpochSeconds,
  receivedAt: EpochSeconds,
): Seconds | undefined {
  const least = sentAt - (date + 1);
  const most = receivedAt - date;
  const isOff = least <= most && (least > CLOCK_OFF || most < -CLOCK_OFF);
  return isOff ? Math.round((least + most) / 2) : undefined;
}

/** `30s ahead of CloudFront's`. */
export function aheadText(ahead: Seconds, whose: string): string {
  return `${formatDuration(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} ${whose}`;
}

/** The Date header of an answer that no cache kept: one with an Age was dated when the cache was filled. */
export function freshDate(
  headers: readonly (readonly [name: string, value: string])[],
): EpochSeconds | undefined {
  const value = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const date = Date.parse(value("date") ?? "") / 1000;
  return Number.isNaN(date) || value("age") !== undefined ? undefined : date;
}

/** None where the clock is right. Cookies live by this machine's clock and die by the edge's. */
export function clockFindings(
  ahead: Seconds | undefined,
  whose: string,
  evidence: string,
): readonly Finding[] {
  if (ahead === undefined) return [];
  const effect =
    ahead > 0
      ? "cookies minted here live longer than they say, and those that begin now are refused until then"
      : "cookies minted here expire sooner than they say";
  return [
    {
      id: "machine-clock-off",
      severity: "note",
      message: `this machine's clock is ${aheadText(ahead, whose)}: ${effect}`,
      basis: "observed",
      evidence: [evidence],
      remedy:
        "set this machine's clock by NTP: timedatectl set-ntp true (Linux), sntp -sS time.apple.com (macOS)",
    },
  ];
}
