/** The report of `keyturn matrix`: a Markdown page for a repository, the same for a terminal, or JSON. */
import { type EnforcementMatrix, type LayerCell, matrixFindings } from "../audit/matrix.ts";
import type { Finding } from "../finding.ts";
import { formatInstant } from "../time.ts";
import { escapeMarkdown, markdownTable } from "./markdown.ts";
import { matrixOnTerminal } from "./matrix-terminal.ts";
import { outcomeOf, type Report } from "./report.ts";

export interface MatrixResult extends Omit<EnforcementMatrix, "auditedAt" | "probedAt"> {
  readonly auditedAt: string;
  readonly probedAt?: string;
}

/**
 * `missing`: what the gate names but the account lacks, so it has no row. `isMarkdown`: Markdown on a terminal too;
 * elsewhere it is always Markdown.
 */
export function matrixReport(
  matrix: EnforcementMatrix,
  missing: readonly Finding[],
  isMarkdown = false,
): Report<MatrixResult> {
  const { auditedAt, probedAt, ...rest } = matrix;
  const findings = [...missing, ...matrixFindings(matrix)];
  return {
    outcome: outcomeOf(findings),
    result: {
      ...rest,
      auditedAt: formatInstant(auditedAt),
      probedAt: probedAt === undefined ? undefined : formatInstant(probedAt),
    },
    findings,
    // The page is often redirected into a file; findings must not end up there.
    findingsOn: "stderr",
    text: (style) => (style.isTerminal && !isMarkdown ? matrixOnTerminal(matrix, style) : page(matrix)),
  };
}

const isInPlace = ({ state }: LayerCell["configured"]) => state === "yes";

function page({ gate, auditedAt, probedAt, rows }: EnforcementMatrix): string {
  const places = new Set(rows.map(({ distribution }) => distribution)).size;
  const table = markdownTable(
    [
      "route",
      ...(places > 1 ? ["distribution"] : []),
      "methods",
      "edge (signed cookies)",
      "origin verification",
      "application (authorization)",
    ],
    rows.map(({ route, distribution, methods, cells }) => [
      escapeMarkdown(route),
      ...(places > 1 ? [distribution] : []),
      methods.join(" ") || "GET HEAD",
      ...cells.map(cellText),
    ]),
  );
  const details = rows.flatMap(({ route, distribution, cells }) =>
    cells
      .filter(({ declared, configured, probed }) => declared || [configured, probed].some(isInPlace))
      .map(
        ({ layer, configured, probed }) =>
          `- ${escapeMarkdown(`${route}${places > 1 ? ` at ${distribution}` : ""}, ${layer}: ${configured.says}; ${probed.says}`)}`,
      ),
  );
  return `${[
    `# Who enforces what: gate ${escapeMarkdown(gate)}`,
    `Settings read ${formatInstant(auditedAt)}. ${
      probedAt === undefined ? "Not probed: add `--probe`." : `Probed ${formatInstant(probedAt)}.`
    }`,
    rows.length > 0 ? table : "**No route was checked.**",
    "✓ in place, ✗ not in place, ? not observed. Settings are CloudFront's; a probe sends real requests.",
    ...(details.length > 0 ? ["## Evidence", details.join("\n")] : []),
    "Signed cookies are an edge gate, not authentication: the application still authorizes every request.",
  ].join("\n\n")}\n`;
}

const SIGN = { yes: "✓", no: "✗", "not-seen": "?" } as const;

function cellText({ declared, configured, probed }: LayerCell): string {
  if (declared) return `**required**: settings ${SIGN[configured.state]}, probe ${SIGN[probed.state]}`;
  const isThere = configured.state === "yes" || probed.state === "yes";
  return isThere ? "not required (in place)" : "not required";
}
