/** Path patterns compared with each other: a table, and random patterns checked with the edge's matcher. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesPathPattern, patternCovers, patternsOverlap } from "../../src/gates/path-pattern.ts";

const TABLE: readonly (readonly [one: string, other: string, overlap: boolean, oneCoversOther: boolean])[] = [
  ["*", "/api/*", true, true],
  ["/*", "*", true, true],
  ["/api/*", "*", true, false],
  ["/api/*", "/api/*", true, true],
  ["api/*", "/api/*", true, true],
  ["/api/*", "/API/*", false, false],
  ["/api/*", "/api/v2/*", true, true],
  ["/api/v2/*", "/api/*", true, false],
  ["*.css", "/api/*", true, false],
  ["/api/*", "/apis/*", false, false],
  ["/a?c", "/abc", true, true],
  ["/a?c", "/a*c", true, false],
  ["/a*c", "/a?c", true, true],
  ["/*/b", "/a/*", true, false],
  ["/a", "/b", false, false],
];

describe("path patterns", () => {
  it.each(TABLE)("%s and %s overlap or cover each other as expected", (one, other, overlap, covers) => {
    expect(patternsOverlap(one, other)).toBe(overlap);
    expect(patternsOverlap(other, one)).toBe(overlap);
    expect(patternCovers(one, other)).toBe(covers);
  });

  const pattern = fc
    .array(fc.constantFrom("a", "b", "*", "?", "/"), { maxLength: 6 })
    .map((parts) => `/${parts.join("")}`);
  const path = fc
    .array(fc.constantFrom("a", "b", "/"), { maxLength: 8 })
    .map((parts) => `/${parts.join("")}`);

  it("never contradict the matcher", () => {
    fc.assert(
      fc.property(pattern, pattern, path, (one, other, text) => {
        const [isOne, isOther] = [matchesPathPattern(one, text), matchesPathPattern(other, text)];
        if (isOne && isOther) expect(patternsOverlap(one, other)).toBe(true);
        if (isOther && !isOne) expect(patternCovers(one, other)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it("are compared quickly even if built to be slow", () => {
    const slow = `/${"*a".repeat(30)}`;
    expect(patternsOverlap(slow, `/${"a*".repeat(30)}b`)).toBe(false);
    expect(patternCovers("*", slow)).toBe(true);
  });
});
