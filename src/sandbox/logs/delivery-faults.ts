/** Faults of access log delivery, as they happen on AWS: one table, id -> switch and effect on the lines. */
import type { Seconds } from "../../time.ts";
import type { SwitchLabel } from "../switches.ts";

/** Shares are of all lines, in [0, 1]. */
export interface DeliveryFlaws {
  /** Time from a request to its object. */
  readonly delay: Seconds;
  readonly lateShare: number;
  /** Beyond `delay`. */
  readonly lateBy: Seconds;
  readonly missingShare: number;
  /** In the previous hour's file, the hour in which the request began. */
  readonly earlierFileShare: number;
  /** Shuffled, instead of moved by a few places. */
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
    title: "a third of the log lines arrive a minute late, in separate files",
    group: GROUP,
    flaws: { lateShare: 1 / 3, lateBy: 60 },
  },
  "logs-missing": {
    title: "a tenth of the log lines never arrive",
    group: GROUP,
    flaws: { missingShare: 1 / 10 },
  },
  "logs-disordered": {
    title: "log lines arrive out of order, a tenth of them in the previous hour's file",
    group: GROUP,
    flaws: { isShuffled: true, earlierFileShare: 1 / 10 },
  },
} as const satisfies Readonly<Record<string, LogFault>>;

export type LogFaultId = keyof typeof LOG_FAULTS;

/** The usual flaws with these faults on. */
export function flawsWith(usual: DeliveryFlaws, on: readonly LogFaultId[]): DeliveryFlaws {
  return Object.assign({ ...usual }, ...on.map((id) => (LOG_FAULTS[id] as LogFault).flaws));
}
