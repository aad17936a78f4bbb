/** A probe as a matrix to read at a glance: one row per case, one column per kind of route, and who answered in each cell. */
import { CASE_IDS, type CaseId, probeCase } from "../probe/cases.ts";
import type { JudgedOutcome } from "../probe/judge.ts";
import type { AnsweringLayer } from "../probe/layer.ts";
import type { Target } from "../probe/target.ts";
import { visibleWidth } from "../text/layout.ts";
import type { Style } from "./style.ts";

type Verdict = JudgedOutcome["judgement"]["verdict"];

interface Cell {
  readonly verdict: Verdict;
  /** Without sign and color. */
  readonly text: string;
}
interface Column {
  readonly targets: readonly Target[];
  readonly cells: ReadonlyMap<CaseId, Cell>;
}

/** Merges identical columns; stacks columns that do not fit side by side. */
export function matrixText(run: readonly JudgedOutcome[], style: Style): string {
  const columns = merged(columnsOf(run));
  const cases = CASE_IDS.filter((caseId) => columns.some(({ cells }) => cells.has(caseId)));
  const labelWidth = Math.max(0, ...cases.map((caseId) => probeCase(caseId).title.length));
  return blocks(columns, style.columns - labelWidth)
    .map((block) => blockText(block, cases, labelWidth, style))
    .join("\n\n");
}

/** The legend of the signs that occur. */
export function legend(run: readonly JudgedOutcome[], style: Style): string {
  const meaning: Readonly<Record<Verdict, string>> = {
    met: "as expected",
    failed: "not as expected",
    observed: "undocumented: reported, not judged",
    unproved: "not shown",
    "not-asked": "not tested",
  };
  const present = (Object.keys(meaning) as Verdict[]).filter((verdict) =>
    run.some(({ judgement }) => judgement.verdict === verdict),
  );
  return present.map((verdict) => `${signOf(verdict, style)} ${meaning[verdict]}`).join("   ");
}

function columnsOf(run: readonly JudgedOutcome[]): Column[] {
  const byTarget = new Map<Target, Map<CaseId, JudgedOutcome[]>>();
  for (const each of run) {
    const { target, caseId } = each.request;
    const cases = byTarget.get(target) ?? new Map<CaseId, JudgedOutcome[]>();
    byTarget.set(target, cases);
    cases.set(caseId, [...(cases.get(caseId) ?? []), each]);
  }
  return [...byTarget].map(([target, cases]) => ({
    targets: [target],
    cells: new Map([...cases].map(([caseId, judged]) => [caseId, cellOf(judged)])),
  }));
}

export const WORST: readonly Verdict[] = ["failed", "not-asked", "unproved", "observed", "met"];

/** One cell for all methods of a case: the worst result, with its method if they differ. */
function cellOf(judged: readonly JudgedOutcome[]): Cell {
  const worst = [...judged].sort(
    (one, other) => WORST.indexOf(one.judgement.verdict) - WORST.indexOf(other.judgement.verdict),
  )[0] as JudgedOutcome;
  const text = answerText(worst);
  const isShared = judged.every((each) => answerText(each) === text) || worst.judgement.verdict === "met";
  return { verdict: worst.judgement.verdict, text: isShared ? text : `${worst.request.method} ${text}` };
}

const SHORT: Readonly<Record<AnsweringLayer, string>> = {
  "edge-signature": "denied",
  "edge-waf": "WAF",
  "edge-geo": "geo",
  "edge-method": "method",
  "edge-function": "function",
  "edge-redirect": "to https",
  "edge-refusal": "CloudFront",
  "edge-no-origin": "no origin",
  "error-page": "error page",
  cache: "cache",
  s3: "S3",
  "api-gateway": "API Gateway",
  "lambda-url": "Lambda URL",
  "load-balancer": "ALB",
  "origin-verification": "origin",
  redirect: "app",
  application: "app",
  unsure: "who?",
};

/** Who answered, in a word or two. */
export function answerText({ answer, judgement }: JudgedOutcome): string {
  if (answer === undefined) return "no answer";
  if (judgement.verdict === "failed" && judgement.fault === "denial-masked") return `${answer.status} masked`;
  return answer.code ?? `${answer.status} ${SHORT[answer.layer]}`;
}

function merged(columns: readonly Column[]): Column[] {
  const byContent = new Map<string, Column>();
  for (const { targets, cells } of columns) {
    const content = JSON.stringify([...cells]);
    const known = byContent.get(content);
    byContent.set(content, { cells, targets: [...(known?.targets ?? []), ...targets] });
  }
  return [...byContent.values()];
}

const MOST_HEADER = 24;
const GAP = 2;

function headerOf({ targets }: Column): string {
  const [first] = targets;
  const label = first?.label ?? "";
  const more = targets.length > 1 ? ` +${targets.length - 1}` : "";
  const room = MOST_HEADER - more.length;
  return (label.length > room ? `${label.slice(0, room - 3)}...` : label) + more;
}

/** A sign, a space and the text. */
const cellWidth = ({ text }: Cell, signWidth: number) => signWidth + 1 + text.length;

function widthOf(column: Column, signWidth = 2): number {
  return Math.max(
    headerOf(column).length,
    ...[...column.cells.values()].map((cell) => cellWidth(cell, signWidth)),
  );
}

function blocks(columns: readonly Column[], room: number): Column[][] {
  const filled: Column[][] = [];
  let left = 0;
  for (const column of columns) {
    const needed = GAP + widthOf(column);
    if (filled.length === 0 || needed > left) {
      filled.push([]);
      left = room;
    }
    filled.at(-1)?.push(column);
    left -= needed;
  }
  return filled;
}

function blockText(
  block: readonly Column[],
  cases: readonly CaseId[],
  labelWidth: number,
  style: Style,
): string {
  const widths = block.map((column) => widthOf(column));
  const row = (label: string, cells: readonly string[]) =>
    [pad(label, labelWidth), ...cells.map((cell, at) => pad(cell, widths[at] ?? 0))]
      .join(" ".repeat(GAP))
      .trimEnd();
  const used = cases.filter((caseId) => block.some(({ cells }) => cells.has(caseId)));
  const groups = block.filter(({ targets }) => targets.length > 1);
  return [
    row(
      "",
      block.map((column) => style.bold(headerOf(column))),
    ),
    ...used.map((caseId) =>
      row(
        probeCase(caseId).title,
        block.map(({ cells }) => cellText(cells.get(caseId), style)),
      ),
    ),
    ...groups.map((column) =>
      style.dim(`${headerOf(column)}: ${column.targets.map(({ label }) => label).join(", ")}`),
    ),
  ].join("\n");
}

function cellText(cell: Cell | undefined, style: Style): string {
  if (cell === undefined) return "";
  const text = `${signOf(cell.verdict, style)} ${cell.text}`;
  return cell.verdict === "failed" ? style.bad(text) : text;
}

function signOf(verdict: Verdict, style: Style): string {
  const { ok, fail, bullet, skip } = style.sign;
  switch (verdict) {
    case "met":
      return style.good(ok);
    case "failed":
      return style.bad(fail);
    case "observed":
      return style.dim(bullet);
    case "unproved":
      return style.warn("?");
    case "not-asked":
      return style.warn(skip);
  }
}

const pad = (text: string, width: number) => text + " ".repeat(Math.max(0, width - visibleWidth(text)));
