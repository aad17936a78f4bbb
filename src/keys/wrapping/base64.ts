/** Base64 as people paste it: either alphabet, padded or not, on one line or on several of equal width. */

/** How bytes were encoded, so that others can be encoded the same way. */
export interface Base64Run {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
  spell(bytes: Uint8Array): string;
}

/** Shorter runs are words. A run does not start with the letter of an escape (`\n`). */
const RUN = /(?<!\\)[A-Za-z0-9+/_-]{16,}={0,2}/g;
/** A line break, real, escaped or replaced by a bar or a space, with the indentation after it. */
const BREAK = /(?:[ \t]*(?:\\+[rnt]|\\?\r?\n|\|)+[ \t]*| +)/y;
const LINE = /[A-Za-z0-9+/_-]+={0,2}/y;

/**
 * Every run that re-encodes to exactly the same text. `isWhole` says whether bytes mean
 * something; of several lines, takes as many as mean something together.
 */
export function base64Runs(text: string, isWhole: (bytes: Uint8Array) => boolean): Base64Run[] {
  const runs: Base64Run[] = [];
  RUN.lastIndex = 0;
  for (let match = RUN.exec(text); match !== null; match = RUN.exec(text)) {
    const found = longest(text, match.index, match[0], isWhole);
    if (found === undefined) continue;
    runs.push(found);
    RUN.lastIndex = found.to;
  }
  return runs;
}

function longest(
  text: string,
  from: number,
  first: string,
  isWhole: (bytes: Uint8Array) => boolean,
): Base64Run | undefined {
  const ends = [from + first.length];
  let between = "";
  for (;;) {
    BREAK.lastIndex = ends.at(-1) as number;
    const gap = BREAK.exec(text)?.[0];
    if (gap === undefined || (between !== "" && gap !== between)) break;
    LINE.lastIndex = BREAK.lastIndex;
    const line = LINE.exec(text)?.[0];
    if (line === undefined || line.length > first.length) break;
    between = gap;
    ends.push(LINE.lastIndex);
    if (line.length < first.length) break;
  }
  let single: Base64Run | undefined;
  for (const [at, to] of [...ends.entries()].toReversed()) {
    const spelling = text.slice(from, to);
    const lines = at === 0 ? undefined : { width: first.length, between };
    const run = exactly(spelling, from, lines);
    if (run !== undefined && isWhole(run.bytes)) return run;
    if (at === 0) single = run;
  }
  return single;
}

function exactly(
  spelling: string,
  from: number,
  lines: { readonly width: number; readonly between: string } | undefined,
): Base64Run | undefined {
  const digits = lines === undefined ? spelling : spelling.split(lines.between).join("");
  const isUrl = /[-_]/.test(digits);
  // Missing padding proves nothing if none was needed.
  const isPadded = digits.length % 4 === 0;
  const spell = (bytes: Uint8Array) => {
    const padded = Buffer.from(bytes).toString("base64");
    const plain = isPadded ? padded : padded.replace(/=+$/, "");
    const all = isUrl ? plain.replaceAll("+", "-").replaceAll("/", "_") : plain;
    if (lines === undefined) return all;
    return (all.match(new RegExp(`.{1,${lines.width}}`, "g")) ?? []).join(lines.between);
  };
  const bytes = new Uint8Array(Buffer.from(digits, "base64"));
  return spell(bytes) === spelling ? { from, to: from + spelling.length, bytes, spell } : undefined;
}
