/** The style of all text output: colors may be off, symbols may be ASCII. */

import type { Paint } from "./paint.ts";

export interface Style extends Paint {
  /** Columns to stay within; 80 if the output is not a terminal. */
  readonly columns: number;
  readonly unicode: boolean;
  /** Whether a person is reading now, rather than a file or program. */
  readonly isTerminal: boolean;
  /** Color never carries meaning alone: each state has its own sign. */
  readonly sign: Signs;
  /** The same, all of one width, for aligned lines. */
  readonly mark: Signs;
}

type Signs = Readonly<Record<"ok" | "fail" | "warn" | "wait" | "skip" | "arrow" | "bullet", string>>;

const UNICODE: Signs = { ok: "✓", fail: "✗", warn: "!", wait: "…", skip: "-", arrow: "→", bullet: "•" };
const ASCII: Signs = { ok: "ok", fail: "x", warn: "!", wait: "..", skip: "-", arrow: "->", bullet: "*" };

function ofOneWidth(signs: Signs): Signs {
  const widest = Math.max(...Object.values(signs).map((sign) => sign.length));
  return Object.fromEntries(
    Object.entries(signs).map(([name, sign]) => [name, sign.padEnd(widest)]),
  ) as Signs;
}

export interface StyleOptions {
  readonly colour: boolean;
  readonly unicode: boolean;
  readonly columns: number;
  readonly isTerminal?: boolean;
}

const asItIs = (text: string) => text;
const PLAIN: Paint = { bold: asItIs, dim: asItIs, good: asItIs, bad: asItIs, warn: asItIs, code: asItIs };

/** Colors are loaded only when shown. */
export async function makeStyle({
  colour,
  unicode,
  columns,
  isTerminal = false,
}: StyleOptions): Promise<Style> {
  const paint = colour ? (await import("./colours.ts")).colours : PLAIN;
  return {
    ...paint,
    columns,
    unicode,
    isTerminal,
    sign: unicode ? UNICODE : ASCII,
    mark: ofOneWidth(unicode ? UNICODE : ASCII),
  };
}

/** From the environment: --no-color, NO_COLOR, FORCE_COLOR and the terminal, in this order. UTF-8 depends on the locale. */
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
    isTerminal: facts.isTerminal,
  };
}

function isColoured({ color, env, isTerminal }: Parameters<typeof styleOptions>[0]): boolean {
  if (color === false) return false;
  // https://no-color.org: present and not empty.
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return isTerminal && env.TERM !== "dumb";
}
