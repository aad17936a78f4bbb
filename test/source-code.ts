/**
 * TypeScript sources, parsed with swc: the code without comments and strings, all strings, and the places that create
 * errors.
 */
import { type Expression, parseSync, printSync } from "@swc/core";

interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

const parsed = (text: string) => parseSync(text, { syntax: "typescript", target: "es2022" });

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** This node and all nodes below it, outermost first. */
function* nodesIn(value: unknown): Generator<Node> {
  if (isNode(value)) yield value;
  if (typeof value !== "object" || value === null) return;
  for (const member of Object.values(value)) yield* nodesIn(member);
}

const EMPTIED: Readonly<Record<string, object>> = {
  StringLiteral: { value: "", raw: '""' },
  TemplateElement: { cooked: "", raw: "" },
  RegExpLiteral: { pattern: " ", flags: "" },
};

/** The code without comments, and with empty strings, templates and regular expressions. */
export function codeOf(text: string): string {
  const module = parsed(text);
  for (const node of nodesIn(module)) Object.assign(node, EMPTIED[node.type]);
  return printSync(module).code;
}

/** The value of every string and template, with `placeholder` where a template has an expression. */
export function textsIn(text: string, placeholder: string): readonly string[] {
  return [...nodesIn(parsed(text))].flatMap((node) => {
    if (node.type === "StringLiteral") return [node.value as string];
    if (node.type !== "TemplateLiteral" || !Array.isArray(node.quasis)) return [];
    return [node.quasis.map(({ cooked }: { readonly cooked?: string }) => cooked ?? "").join(placeholder)];
  });
}

export interface ErrorSite {
  /** `Usage` of `new UsageError("ERR_USAGE", ...)`. */
  readonly errorClass: string;
  readonly code: string;
  /** False if the list of hints is missing or empty. */
  readonly hasHints: boolean;
}

/** Every `new InputError("ERR_CONFIG", ...)` whose code is a literal. */
export function errorSitesIn(text: string): readonly ErrorSite[] {
  return [...nodesIn(parsed(text))].flatMap((node) => {
    if (node.type !== "NewExpression") return [];
    const { callee, arguments: given } = node as unknown as {
      readonly callee: Expression;
      readonly arguments?: readonly { readonly expression: Expression }[];
    };
    const [code, , hints] = (given ?? []).map(({ expression }) => expression);
    const [, errorClass] = callee.type === "Identifier" ? (/^(\w+)Error$/.exec(callee.value) ?? []) : [];
    if (errorClass === undefined || code?.type !== "StringLiteral" || !code.value.startsWith("ERR_"))
      return [];
    const hasHints =
      hints !== undefined && !(hints.type === "ArrayExpression" && hints.elements.length === 0);
    return [{ errorClass, code: code.value, hasHints }];
  });
}
