/** How the delivery of access logs goes wrong at times, as AWS's does: one table, id -> switch and what happens to the lines. */
import type { Seconds } from "../../time.ts";
import type { SwitchLabel } from "../switches.ts";

/** Shares are of all lines, in [0, 1]. */
export interface DeliveryFlaws {
  /** From a request to its object. */
  readonly delay: Seconds;
  readonly lateShare: number;
  /** Beyond `delay`. */
  readonly lateBy: Seconds;
  readonly missingShare: number;
  /** In the file of the hour before theirs, in which the request began. */
  readonly earlierFileShare: number;
  /** In no order at all, instead of a few places from their own. */
  readonly isShuffled: boolean;
}
export const PROMPT: DeliveryFlaws = {
  delay: 0,
  lateShare: 0,
  lateBy: 0,
  missingShare: 0,
  earlierFileShare: 0,
  isShuffled: false,
};

interface LogFault extends SwitchLabel {
  readonly flaws: Partial<DeliveryFlaws>;
}

const GROUP = "Access logs in S3";

export const LOG_FAULTS = {
  "logs-late": {
    title: "a third of the log lines come a minute late, in files of their own",
    group: GROUP,
    flaws: { lateShare: 1 / 3, lateBy: 60 },
  },
  "logs-missing": {
    title: "a tenth of the log lines never come",
    group: GROUP,
    flaws: { missingShare: 1 / 10 },
  },
  "logs-disordered": {
    title: "log lines come in no order, a tenth in the file of the hour before",
    group: GROUP,
    flaws: { isShuffled: true, earlierFileShare: 1 / 10 },
  },
} as const satisfies Readonly<Record<string, LogFault>>;

export type LogFaultId = keyof typeof LOG_FAULTS;

/** The usual flaws with these faults on. */
export function flawsWith(usual: DeliveryFlaws, on: readonly LogFaultId[]): DeliveryFlaws {
  return Object.assign({ ...usual }, ...on.map((id) => (LOG_FAULTS[id] as LogFault).flaws));
}
