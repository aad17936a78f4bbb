/** What the page shows, as a value: collected once per request, rendered by `page.ts`, served as JSON by the control endpoint. */
import type { EpochSeconds, Seconds } from "../../time.ts";
import type { RecordedRequest } from "../edge/request-history.ts";
import type { TrafficCounts } from "../edge/traffic-history.ts";
import type { LocationTrust } from "../edge/trust-history.ts";
import type { ScheduledFault } from "../faults.ts";
import type { OriginCounts } from "../origin/log.ts";
import type { RotationView } from "../rotation-view.ts";

export interface SandboxView {
  readonly now: EpochSeconds;
  readonly gate: string;
  readonly site: string;
  readonly api: string;
  /** Absent if the gate was never rotated. */
  readonly rotation?: RotationView;
  /** ID of the key that AWSCURRENT holds now, if it is one of the account's. */
  readonly signing?: string;
  readonly trust: readonly LocationTrust[];
  readonly traffic: TrafficCounts;
  readonly publicKeys: readonly {
    readonly id: string;
    readonly name: string;
    readonly fingerprint: string;
    readonly createdAt: EpochSeconds;
  }[];
  readonly keyGroups: readonly {
    readonly id: string;
    readonly name: string;
    readonly comment: string;
    readonly items: readonly string[];
  }[];
  readonly secrets: readonly {
    readonly name: string;
    readonly versions: readonly {
      readonly versionId: string;
      readonly stages: readonly string[];
      readonly createdAt: EpochSeconds;
    }[];
  }[];
  readonly locations: readonly {
    readonly pop: string;
    readonly delay: Seconds;
    readonly reachable: boolean;
    /** Key pair IDs, over all key groups that its distributions use. */
    readonly trusts: readonly string[];
    readonly learnsIn: Seconds | undefined;
  }[];
  readonly requests: readonly RecordedRequest[];
  readonly requestCount: number;
  readonly origin: OriginCounts;
  /** Scheduled for upcoming calls through the control endpoint. */
  readonly orderedFaults: readonly ScheduledFault[];
  readonly switches: readonly {
    readonly id: string;
    readonly title: string;
    readonly group: string;
    readonly on: boolean;
  }[];
}

/** Which requests are shown: one sender's, or all. */
export type SenderFilter = "all" | RecordedRequest["sender"];
