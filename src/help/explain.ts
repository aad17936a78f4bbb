/** `keyturn explain`: finds and formats the page for any id that keyturn prints. */
import { GATE_CHECKS } from "../audit/audit.ts";
import { ACCOUNT_CHECKS } from "../audit/checks/account.ts";
import { EDGE_RULES, type EdgeRule } from "../edge/rules.ts";
import { FAULTS } from "../probe/faults.ts";
import { FLOW_FAULTS } from "../probe/flow-faults.ts";
import { ABORT_STEPS, HALT_REASONS } from "../rotation/next.ts";
import { STAGES } from "../rotation/stage.ts";
import { nearest } from "../text/nearest.ts";
import { ALIASES } from "./aliases.ts";
import { ERROR_PAGES } from "./error-pages.ts";
import { runbookOfError } from "./error-runbooks.ts";
import { CODE_PAGES } from "./pages/codes.ts";
import type { ExplainPage } from "./pages/page.ts";
import { STAGE_PAGES } from "./pages/stages.ts";
import { explainPage, FINDING_PAGES } from "./pages-by-id.ts";

export type ExplainedKind = "finding" | "halt" | "stage" | "error" | "edge-code" | "undocumented-rule";

export interface ExplainedId {
  readonly id: string;
  readonly kind: ExplainedKind;
  /** The requested id, if it is an earlier spelling. */
  readonly asked?: string;
  readonly means: string;
  readonly apart?: string;
  readonly fix?: string;
  readonly runbook?: string;
  /** Earlier spellings. */
  readonly also: readonly string[];
}

/** Case-insensitive, with or without `ERR_`. Undefined for an unknown id. */
export function explainId(asked: string): ExplainedId | undefined {
  const lower = asked.toLowerCase();
  const id = ALIASES[lower] ?? lower;
  const found = finding(id) ?? edgeCode(id) ?? stage(id) ?? errorCode(id) ?? undocumentedRule(id);
  return found && (id === lower ? found : { ...found, asked });
}

/**
 * Suggestions for an unknown id: the one with the closest spelling, or else those that contain the word. At most
 * five.
 */
export function idsLike(asked: string): readonly string[] {
  const near = nearest(asked, allIds()) ?? nearest(asked.toUpperCase(), Object.keys(ERROR_PAGES));
  if (near !== undefined) return [near];
  const word = asked.toLowerCase();
  return allIds()
    .filter((id) => id.toLowerCase().split(/[-_]/).includes(word))
    .slice(0, 5);
}

/** Every id with a page, ordered by kind, without earlier spellings. */
export function allIds(): readonly string[] {
  return [
    ...new Set([
      ...Object.keys(FINDING_PAGES),
      ...STAGES,
      ...ABORT_STEPS,
      ...Object.keys(CODE_PAGES),
      ...Object.keys(ERROR_PAGES),
      ...Object.keys(EDGE_RULES),
    ]),
  ];
}

function finding(id: string): ExplainedId | undefined {
  const page = explainPage(id);
  const means = page?.means ?? meaningOf(id);
  if (page === undefined || means === undefined) return undefined;
  const isHalt = HALT_REASONS.some((each) => each === id);
  return explained(id, isHalt ? "halt" : "finding", { ...page, means, fix: page.fix ?? remedyOf(id) });
}

/** The sentence from the table that defines the finding. */
function meaningOf(id: string): string | undefined {
  return (
    [...GATE_CHECKS, ...ACCOUNT_CHECKS].find((check) => check.id === id)?.what ??
    FAULTS[id]?.message ??
    FLOW[id]?.message
  );
}

function remedyOf(id: string): string | undefined {
  return FAULTS[id]?.remedy ?? FLOW[id]?.remedy;
}

const FLOW: Readonly<Record<string, { readonly message: string; readonly remedy?: string } | undefined>> =
  FLOW_FAULTS;

function edgeCode(id: string): ExplainedId | undefined {
  const code = Object.keys(CODE_PAGES).find((each) => each.toLowerCase() === id);
  const page = code === undefined ? undefined : CODE_PAGES[code];
  return code === undefined || page?.means === undefined
    ? undefined
    : explained(code, "edge-code", { ...page, means: page.means });
}

function stage(id: string): ExplainedId | undefined {
  const page = STAGE_PAGES[id];
  return page?.means === undefined ? undefined : explained(id, "stage", { ...page, means: page.means });
}

function errorCode(id: string): ExplainedId | undefined {
  const upper = id.toUpperCase().replaceAll("-", "_");
  const code = Object.keys(ERROR_PAGES).find((each) => each === upper || each === `ERR_${upper}`);
  if (code === undefined) return undefined;
  const { means, fix } = ERROR_PAGES[code as keyof typeof ERROR_PAGES];
  return { id: code, kind: "error", means, fix, runbook: runbookOfError(code), also: [] };
}

function undocumentedRule(id: string): ExplainedId | undefined {
  if (!Object.hasOwn(EDGE_RULES, id)) return undefined;
  const { asks, choices, default: chosen, doubt }: EdgeRule = EDGE_RULES[id as keyof typeof EDGE_RULES];
  const answers = Object.entries(choices).map(
    ([name, means]) => `${name}${name === chosen ? " (assumed)" : ""}: ${means}`,
  );
  return {
    id,
    kind: "undocumented-rule",
    means: `AWS does not document this: ${asks} ${answers.join("; ")}.`,
    apart: `What is unclear: ${doubt}.`,
    fix: "Avoid the construct, or try it on your distribution: `keyturn probe URL`. `keyturn help edge-rules` lists every such rule.",
    also: [],
  };
}

function explained(
  id: string,
  kind: ExplainedKind,
  page: ExplainPage & { readonly means: string },
): ExplainedId {
  const also = Object.keys(ALIASES).filter((old) => ALIASES[old] === id);
  return {
    id,
    kind,
    means: sentence(page.means),
    apart: page.apart,
    fix: page.fix,
    runbook: page.runbook,
    also,
  };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
