/**
 * The time according to the `Date` header of responses (RFC 9110, 6.6.1): whole seconds, rounded down, from some
 * moment between request and response. Every instant is a bound that holds whatever this machine's clock does.
 */
import type { Finding } from "./finding.ts";
import { type EpochSeconds, formatDuration, type Seconds } from "./time.ts";

/** The services whose Dates count; the edge's count only for contradictions. */
export type DateSource =
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
const AWS: readonly DateSource[] = ["CloudFront", "Secrets Manager"];

interface Dated {
  readonly by: DateSource;
  readonly date: EpochSeconds;
}

/** A later response with an earlier Date. */
export interface DateContradiction {
  readonly earlier: Dated;
  readonly later: Dated;
  readonly seconds: Seconds;
}

/** A clock error worth reporting. */
export const CLOCK_TOLERANCE: Seconds = 5;

export class AnswerDates {
  readonly #newest = new Map<DateSource, EpochSeconds>();
  #latest: Dated | undefined;
  #contradiction: DateContradiction | undefined;
  #ahead: Seconds | undefined;

  /** Call it when sending a request, and its result when the response arrives. `here` is this machine's clock. */
  asking(by: DateSource, here: () => EpochSeconds): (date: string | undefined) => void {
    const before = this.#latest;
    const sentAt = here();
    return (text) => {
      const date = Date.parse(text ?? "") / 1000;
      if (Number.isNaN(date)) return;
      this.#hear({ by, date }, before);
      this.#compare(date, sentAt, here());
    };
  }

  /** A lower bound for now: the older of the two services' newest Dates. Undefined before the first response. */
  get earliest(): EpochSeconds | undefined {
    const newest = AWS.flatMap((each) => this.#newest.get(each) ?? []);
    return newest.length === 0 ? undefined : Math.min(...newest);
  }

  /** An upper bound for the newest response: the end of its second. */
  get latest(): EpochSeconds | undefined {
    const newest = AWS.flatMap((each) => this.#newest.get(each) ?? []);
    return newest.length === 0 ? undefined : Math.max(...newest) + 1;
  }

  /** The worst one so far. */
  get contradiction(): DateContradiction | undefined {
    return this.#contradiction;
  }

  /**
   * How far this machine's clock is ahead (negative: behind), if that is certainly more than CLOCK_OFF: a request
   * takes time, and a slow response proves little. Undefined if the Dates disagree.
   */
  get machineAhead(): Seconds | undefined {
    return (this.#contradiction?.seconds ?? 0) > CLOCK_TOLERANCE ? undefined : this.#ahead;
  }

  /** If a request was sent after a response arrived, its own response is later than that one. */
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

/** Undefined if the duration of the request, or the rounding of the Date, may explain the difference. */
export function clockAhead(
  date: EpochSeconds,
  sentAt: EpochSeconds,
  receivedAt: EpochSeconds,
): Seconds | undefined {
  const least = sentAt - (date + 1);
  const most = receivedAt - date;
  const isOff = least <= most && (least > CLOCK_TOLERANCE || most < -CLOCK_TOLERANCE);
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

/** Empty if the clock is right. Cookies are minted by this machine's clock and expire by the edge's. */
export function clockFindings(
  ahead: Seconds | undefined,
  whose: string,
  evidence: string,
): readonly Finding[] {
  if (ahead === undefined) return [];
  const effect =
    ahead > 0
      ? "cookies minted here live longer than intended, and those with a start time are refused until the edge's clock reaches it"
      : "cookies minted here expire sooner than intended";
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
