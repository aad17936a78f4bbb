/** Metrics as a log line in CloudWatch's embedded metric format, which needs no call and no permission. Pure. */
import type { EpochSeconds, Seconds } from "../time.ts";

export const NAMESPACE = "keyturn";

export interface TurnMetrics {
  /** Unknown for a gate without a record, until its key is due. */
  readonly KeyAge?: Seconds | undefined;
  /** 0 while no rotation is open. */
  readonly OpenTime: Seconds;
  readonly Halts: number;
  /** What others broke and this turn repaired. */
  readonly Repairs: number;
}

const UNITS = { KeyAge: "Seconds", OpenTime: "Seconds", Halts: "Count", Repairs: "Count" } as const;

export function metricsLine(
  metrics: TurnMetrics,
  of: { readonly deployment: string; readonly gate: string },
  at: EpochSeconds,
): Readonly<Record<string, unknown>> {
  const known = Object.entries(metrics).filter(([, value]) => value !== undefined);
  return {
    _aws: {
      Timestamp: Math.floor(at) * 1000,
      CloudWatchMetrics: [
        {
          Namespace: NAMESPACE,
          Dimensions: [["Deployment", "Gate"]],
          Metrics: known.map(([name]) => ({ Name: name, Unit: UNITS[name as keyof TurnMetrics] })),
        },
      ],
    },
    Deployment: of.deployment,
    Gate: of.gate,
    ...Object.fromEntries(known),
  };
}
