/** Path patterns of cache behaviors: which paths one matches, and how two relate. */
import { globMatches } from "../policy/glob.ts";

/** `*`: any characters; `?`: exactly one; case-sensitive; the leading slash may be left out. */
export function matchesPathPattern(pattern: string, path: string): boolean {
  return pattern === "*" || globMatches(anchored(pattern), path);
}

/** Is there a path that both match? */
export function patternsOverlap(one: string, other: string): boolean {
  return search(one, other, (isOne, isOther) => isOne && isOther);
}

/** Does `wide` match every path that `narrow` matches? */
export function patternCovers(wide: string, narrow: string): boolean {
  return !search(wide, narrow, (isWide, isNarrow) => isNarrow && !isWide);
}

/**
 * Runs both patterns in parallel over every distinguishing text, as sets of positions: exact, and small
 * because a pattern has at most 255 characters and few stars.
 */
function search(one: string, other: string, found: (one: boolean, other: boolean) => boolean): boolean {
  const [a, b] = [anchored(one), anchored(other)];
  // The characters of both patterns, plus one that represents all others.
  const alphabet = new Set([...a, ...b].filter((character) => character !== "*" && character !== "?"));
  alphabet.add("\0");
  const start: readonly [Positions, Positions] = [closure(a, [0]), closure(b, [0])];
  const seen = new Set<string>();
  const queue = [start];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [inA, inB] = next;
    const name = `${inA.join(",")}|${inB.join(",")}`;
    if (seen.has(name)) continue;
    seen.add(name);
    if (found(inA.includes(a.length), inB.includes(b.length))) return true;
    for (const character of alphabet) {
      const after: readonly [Positions, Positions] = [step(a, inA, character), step(b, inB, character)];
      if (after[0].length > 0 || after[1].length > 0) queue.push(after);
    }
  }
  return false;
}

type Positions = readonly number[];

/** CloudFront treats a pattern with and without a leading slash as the same. */
function anchored(pattern: string): string {
  if (pattern === "*") return "/*";
  return pattern.startsWith("/") || pattern.startsWith("*") ? pattern : `/${pattern}`;
}

function step(pattern: string, positions: Positions, character: string): Positions {
  const after = positions.flatMap((at) => {
    const wanted = pattern[at];
    if (wanted === "*") return [at];
    return wanted === "?" || wanted === character ? [at + 1] : [];
  });
  return closure(pattern, after);
}

/** A star may also match nothing. */
function closure(pattern: string, positions: Positions): Positions {
  const all = new Set(positions);
  for (const at of all) if (pattern[at] === "*") all.add(at + 1);
  return [...all].sort((x, y) => x - y);
}
