/** Canary checks outside a rotation: does the edge trust this key, or has it stopped trusting it? */
import type { World } from "../seams/world.ts";
import { formatDuration, type Seconds } from "../time.ts";
import { awsClock } from "./aws-clock.ts";
import { type CanaryKey, sendCanaryCheck } from "./canary.ts";
import type { Settings } from "./settings.ts";

export interface EdgeProof {
  readonly proven: boolean;
  /** Good canary checks in a row, over all distributions together. */
  readonly checks: number;
  /** The complaint of the last bad check; absent if none was bad. */
  readonly complaint?: string;
  /** Edge locations that responded (x-amz-cf-pop). */
  readonly locations: readonly string[];
}

export interface EdgeProofRequest {
  readonly keys: { readonly accepted: CanaryKey; readonly denied?: CanaryKey };
  readonly settings: Pick<Settings, "canaries" | "hash" | "triples">;
  /** How long a change may take to reach every edge location. */
  readonly settle: Seconds;
}

type Needs = Pick<World, "clock" | "viewer" | "interrupt">;
type Dates = Parameters<typeof awsClock>[0];

const PAUSE: Seconds = 2;

/**
 * Repeats checks until `triples` in a row are good, or `settle` passes without a good one. Shorter than a rotation's
 * proof, which spreads its checks over the whole settle time: other edge locations may still be behind. `tell` receives
 * progress.
 */
export async function proveAtEdge(
  { keys, settings, settle }: EdgeProofRequest,
  dates: Dates,
  { clock, viewer, interrupt }: Needs,
  tell: (text: string) => void,
): Promise<EdgeProof> {
  const aws = awsClock(dates, clock);
  // This machine's clock: the clock of the responses stops if nothing responds.
  const began = clock.now();
  const locations = new Set<string>();
  let checks = 0;
  let behind: readonly string[] = [];
  let complaint: string | undefined;
  for (;;) {
    const outcome = await sendCanaryCheck({ clock: aws, viewer }, settings, keys, {
      behind,
      signal: interrupt,
    });
    for (const each of outcome.locations) locations.add(each);
    behind = outcome.behind ?? [];
    checks = outcome.good ? checks + 1 : 0;
    complaint = outcome.complaint ?? complaint;
    const result = { checks, complaint, locations: [...locations] };
    if (checks >= settings.triples) return { proven: true, ...result };
    const left = began + settle - clock.now();
    // Finish a series of good checks once it has begun.
    if (left <= 0 && !outcome.good) return { proven: false, ...result };
    const says = outcome.good ? `check ${checks} of ${settings.triples} is good` : outcome.complaint;
    tell(`the edge: ${says}; up to ${formatDuration(Math.max(0, Math.ceil(left)))} left`);
    await clock.sleep(left > 0 ? Math.min(PAUSE, left) : PAUSE, interrupt);
  }
}
