/** The only door to chalk, and what every text renderer is given: colours that may be off, symbols that may be ASCII. */
import { Chalk } from "chalk";

export interface Style {
  /** Columns to stay within; 80 when the output is no terminal. */
  readonly columns: number;
  readonly unicode: boolean;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  /** Commands, ids, file names: things to copy. */
  readonly code: (text: string) => string;
  /** Colour never carries meaning alone: each state has its own sign. */
  readonly sign: Readonly<Record<"ok" | "fail" | "warn" | "wait" | "skip" | "arrow" | "bullet", string>>;
}

export interface StyleOptions {
  readonly colour: boolean;
  readonly unicode: boolean;
  readonly columns: number;
}

export function makeStyle({ colour, unicode, columns }: StyleOptions): Style {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  return {
    columns,
    unicode,
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    warn: (text) => chalk.yellow(text),
    code: (text) => chalk.cyan(text),
    sign: unicode
      ? { ok: "✓", fail: "✗", warn: "!", wait: "…", skip: "-", arrow: "→", bullet: "•" }
      : { ok: "ok", fail: "x", warn: "!", wait: "...", skip: "-", arrow: "->", bullet: "*" },
  };
}

/** What the surroundings say: --no-color, NO_COLOR, FORCE_COLOR and the terminal, in this order; UTF-8 by the locale. */
export function styleOptions(facts: {
  readonly color?: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  readonly columns?: number | undefined;
}): StyleOptions {
  const { env } = facts;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return {
    colour: isColoured(facts),
    unicode: /utf-?8/i.test(locale) || env.WT_SESSION !== undefined,
    columns: facts.columns ?? 80,
  };
}

function isColoured({ color, env, isTerminal }: Parameters<typeof styleOptions>[0]): boolean {
  if (color === false) return false;
  // https://no-color.org: present and not empty.
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return isTerminal && env.TERM !== "dumb";
}
