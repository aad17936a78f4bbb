/** Finds and formats a page of `keyturn help`. */
import type { ErrorCode } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import type { Style } from "../report/style.ts";
import { table, wrap } from "../text/layout.ts";
import { nearest } from "../text/nearest.ts";
import { ERROR_PAGES } from "./error-pages.ts";
import { TOPICS } from "./topics.ts";

export interface HelpPage {
  readonly name: string;
  readonly text: string;
}

/** Undefined if there is no such page. Codes are case-insensitive, and `ERR_` is optional. */
export function findPage(name: string): HelpPage | undefined {
  if (Object.hasOwn(TOPICS, name)) return { name, text: TOPICS[name as keyof typeof TOPICS].text };
  const upper = name.toUpperCase().replaceAll("-", "_");
  const code = [upper, `ERR_${upper}`].find((each) => Object.hasOwn(ERROR_PAGES, each));
  if (code === undefined) return undefined;
  const { errorClass, means, fix } = ERROR_PAGES[code as ErrorCode];
  const exit =
    errorClass === "interrupted"
      ? `${EXIT.hungUp}, ${EXIT.interrupted} or ${EXIT.terminated}`
      : EXIT[errorClass as keyof typeof EXIT];
  return { name: code, text: `${code} (exit code ${exit})\n\n${means}\n\n${fix}` };
}

export function nearestPage(name: string): string | undefined {
  return nearest(name, Object.keys(TOPICS)) ?? nearest(name.toUpperCase(), Object.keys(ERROR_PAGES));
}

export function pageNames() {
  return { topics: Object.keys(TOPICS), errorCodes: Object.keys(ERROR_PAGES) };
}

export function pageList(style: Style): string {
  const topics = Object.entries(TOPICS).map(([name, { summary }]) => [
    `  keyturn help ${style.code(name)}`,
    summary,
  ]);
  const codes = Object.keys(ERROR_PAGES).join(" ");
  return ["Topics:", table(topics), "", "Error codes, each with a page:", wrap(codes, style.columns, 2)].join(
    "\n",
  );
}

/** Lines that start with two spaces are printed as they are; the others are wrapped. */
export function layOut(text: string, columns: number): string {
  return text
    .split("\n")
    .map((line) => (line.startsWith("  ") ? line : wrap(line, columns)))
    .join("\n");
}
