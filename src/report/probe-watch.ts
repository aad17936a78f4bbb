/** The report of `keyturn probe --watch`: one line per canary while it runs, and the first changes at the end. */
import { EXIT } from "../exit-codes.ts";
import type { Finding } from "../finding.ts";
import { probeCase } from "../probe/cases.ts";
import { probeFindings } from "../probe/findings.ts";
import { repeatLine } from "../probe/repeat.ts";
import type { Canary, CanaryResult, WatchProgress, WatchRun } from "../probe/watch.ts";
import { formatDuration, formatInstant } from "../time.ts";
import { outcomeOf, type Report } from "./report.ts";
import type { Style } from "./style.ts";

export interface WatchResult {
  readonly rounds: number;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly firstChange?: {
    readonly at: string;
    readonly canary: string;
    readonly from: string;
    readonly to: string;
  };
  readonly canaries: readonly { readonly canary: string; readonly answers: readonly string[] }[];
}

export function watchReport(run: WatchRun): Report<WatchResult> {
  const { change } = run;
  // A change is reported, good or bad; anything that was wrong throughout is a finding too.
  const findings = change === undefined ? probeFindings(run.last) : [changeFinding(run, change)];
  return {
    outcome: outcomeOf(findings),
    result: {
      rounds: run.rounds,
      startedAt: formatInstant(run.startedAt),
      endedAt: formatInstant(run.endedAt),
      firstChange: change && {
        at: formatInstant(change.at),
        canary: canaryName(change.request),
        from: change.from,
        to: change.to,
      },
      canaries: run.canaries.map(({ request, beats }) => ({
        canary: canaryName(request),
        answers: beats.map(({ answer }) => answer),
      })),
    },
    findings,
    exitCode: run.interrupted ? EXIT.interrupted : undefined,
    text: (style) => watchText(run, style),
  };
}

function changeFinding({ startedAt }: WatchRun, change: NonNullable<WatchRun["change"]>): Finding {
  return {
    id: "answer-changed",
    severity: "error",
    message: `${canaryName(change.request)} changed at ${formatInstant(change.at)}: ${change.from}, now ${change.to}`,
    basis: "observed",
    evidence: [
      `${formatDuration(change.at - startedAt)} after the watch started`,
      `again: ${repeatLine(change.request)}`,
    ],
    remedy: "keyturn probe",
    where: change.request.target.label,
  };
}

function watchText(run: WatchRun, style: Style): string {
  const summary = `${run.rounds} rounds in ${formatDuration(run.endedAt - run.startedAt)}`;
  const end = run.change === undefined ? "nothing changed" : `changed at ${formatInstant(run.change.at)}`;
  return [sparklines(run.canaries, style), "", `${summary}: ${end}`].join("\n");
}

/** One line per canary: its name, its recent results as signs, and the last one in words. */
function sparklines(canaries: readonly Canary[], style: Style): string {
  const width = Math.max(0, ...canaries.map(({ request }) => canaryName(request).length));
  return canaries
    .map(({ request, beats }) => {
      const last = beats.at(-1)?.answer ?? "";
      const room = Math.max(1, style.columns - width - last.length - 4);
      const line = beats.slice(-room).map((beat) => signOf(beat, style));
      return `${canaryName(request).padEnd(width)}  ${line.join("")}  ${last}`;
    })
    .join("\n");
}

/** One line that a terminal rewrites: a sign per round and case, good only if every route was. */
export function watchLine({ canaries, rounds }: WatchProgress): string {
  const cases = [...new Set(canaries.map(({ request }) => request.caseId))];
  const room = Math.max(4, Math.floor(48 / Math.max(1, cases.length)));
  const lines = cases.map((caseId) => {
    const routes = canaries
      .filter(({ request }) => request.caseId === caseId)
      .map(({ beats }) => beats.slice(-room));
    const signs = (routes[0] ?? []).map((_, at) =>
      routes.every((beats) => beats[at]?.verdict === "met") ? "+" : "x",
    );
    return `${caseId} ${signs.join("")}`;
  });
  return `watching, round ${rounds}: ${lines.join("  ")}`;
}

/** High: as expected; low: not; a gap: no response. */
function signOf({ verdict }: CanaryResult, style: Style): string {
  const [good, bad, none] = style.unicode ? ["▇", "▁", "·"] : ["+", "x", "."];
  if (verdict === "met" || verdict === "observed") return style.good(good);
  return verdict === "not-asked" ? style.warn(none) : style.bad(bad);
}

const canaryName = ({ method, target, caseId }: Canary["request"]) =>
  `${method} ${target.label} ${probeCase(caseId).title}`;
