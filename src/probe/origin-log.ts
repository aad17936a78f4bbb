/**
 * Asks the origin what it saw. Every request carries a mark with its route and whether the edge must deny it; the log
 * endpoint (`origin.counterUrl`) answers `?mark=MARK` with JSON: `{"seen": 3}`.
 */
import { isError } from "../errors.ts";
import type { Viewer } from "../seams/viewer.ts";
import { type Network, routeTo } from "./execute.ts";
import type { JudgedOutcome } from "./judge.ts";
import type { Target } from "./target.ts";
import { USER_AGENT } from "./user-agent.ts";

/** What the origin's log shows for one target. */
interface OriginLogCounts {
  readonly target: Target;
  /** Requests that the edge denied, and how many of those the origin received anyway. */
  readonly denied: number;
  readonly deniedSeen: number;
  /** Requests that the application answered: unless the log shows some, its silence proves nothing. */
  readonly passed: number;
  readonly passedSeen: number;
}

export type OriginLogAnswer =
  | { readonly counts: readonly OriginLogCounts[] }
  /** The endpoint could not be read. */
  | { readonly counts?: undefined; readonly because: string };

export async function readOriginLog(
  counterUrl: string,
  run: readonly JudgedOutcome[],
  viewer: Viewer,
  network: Network,
  signal?: AbortSignal,
): Promise<OriginLogAnswer> {
  const seenBy = (mark: string | undefined) =>
    mark === undefined ? 0 : askFor(counterUrl, mark, viewer, network, signal);
  const counts: OriginLogCounts[] = [];
  try {
    for (const target of new Set(run.map(({ request }) => request.target))) {
      const ofTarget = run.filter(({ request }) => request.target === target);
      const kept = ofTarget.filter(({ expectation }) => expectation.kind === "denied");
      const others = ofTarget.filter(({ expectation }) => expectation.kind !== "denied");
      const passed = (of: readonly JudgedOutcome[]) =>
        of.filter(({ answer }) => answer?.edge === "passed").length;
      // Responses by S3, a function or the cache never reach the application that keeps the log.
      const served = others.filter(
        ({ answer }) => answer?.edge === "passed" && answer.layer === "application",
      );
      counts.push({
        target,
        denied: kept.filter(({ answer }) => answer?.edge === "denied").length,
        // Requests that got through by mistake have their own finding.
        deniedSeen: Math.max(0, (await seenBy(kept[0]?.mark)) - passed(kept)),
        passed: served.length,
        passedSeen: await seenBy(others[0]?.mark),
      });
    }
    return { counts };
  } catch (thrown) {
    if (thrown instanceof UnreadableLog || isError(thrown, "ERR_UNREACHABLE"))
      return { because: thrown.message };
    throw thrown;
  }
}

class UnreadableLog extends Error {}

async function askFor(
  counterUrl: string,
  mark: string,
  viewer: Viewer,
  network: Network,
  signal?: AbortSignal,
): Promise<number> {
  const url = `${counterUrl}${counterUrl.includes("?") ? "&" : "?"}mark=${encodeURIComponent(mark)}`;
  const response = await viewer.send(
    { method: "GET", url, headers: [["User-Agent", USER_AGENT]], ...routeTo({ url }, network) },
    signal,
  );
  const count = response.status === 200 ? seenIn(new TextDecoder().decode(response.body)) : undefined;
  if (count === undefined) {
    throw new UnreadableLog(
      `the origin's log answered ${response.status} instead of JSON such as {"seen": 3}`,
    );
  }
  return count;
}

function seenIn(text: string): number | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const count = typeof value === "object" && value !== null && "seen" in value ? value.seen : undefined;
    return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
  } catch {
    return undefined;
  }
}
