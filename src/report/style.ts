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
