import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { globMatches } from "../../src/policy/glob.ts";
import { matchResource } from "../../src/policy/resource-pattern.ts";

const sectioned = (pattern: string, url: string) => matchResource(pattern, url, { reading: "sectioned" });
const whole = (pattern: string, url: string) => matchResource(pattern, url, { reading: "whole" });

describe("a Resource pattern", () => {
  it.each([
    // [pattern, url, read by sections, read as one string]
    ["https://h.example/a", "https://h.example/a", true, true],
    ["https://h.example/a", "https://h.example/ab", false, false],
    ["https://h.example/a", "http://h.example/a", false, false],
    ["https://h.example/a", "https://other.example/a", false, false],
    ["https://h.example/a", "https://h.example/A", false, false],
    ["https://h.example/training/*", "https://h.example/training/", true, true],
    ["https://h.example/training/*", "https://h.example/training/deep/er.jpg?x=1", true, true],
    ["https://h.example/training/*", "https://h.example/training", false, false],
    ["https://h.example/*.jpg", "https://h.example/a/b.jpg", true, true],
    ["https://h.example/*.jpg", "https://h.example/a/b.jpg?x", false, false],
    ["https://h.example/?.jpg", "https://h.example/a.jpg", true, true],
    ["https://h.example/?.jpg", "https://h.example/ab.jpg", false, false],
    ["https://h.example/?.jpg", "https://h.example/.jpg", false, false],
    // The documentation's own examples of matching by sections.
    ["http://example.com/hello*world", "http://example.com/hello?world", false, true],
    ["http://example.com/hello*world", "http://example.com/hello-big-world", true, true],
    ["http://example.com/hello*", "http://example.com/hello", true, true],
    ["http://example.com/hello*", "http://example.com/hello?a=1", true, true],
    ["http://example.com/hello*\\?*", "http://example.com/hello?a=1", true, false],
    ["*example.com", "https://www.example.com/", true, false],
    ["*example.com", "https://www.example.com/a", false, false],
    ["*://example.com/a", "https://example.com/a", true, true],
    ["*", "http://anything.example/a?b=c", true, true],
    ["https://*", "https://h.example/a?b=c", true, true],
    ["https://*", "http://h.example/a", false, false],
    ["https://h.*", "https://h.example/a/b?c", true, true],
    ["https://*.example.com/*", "https://a.b.example.com/x", true, true],
    ["https://*.example.com/*", "https://evil.test/.example.com/x", false, true],
    ["https://*/a", "https://h.example/b/a", false, true],
    ["http*://h.example/*", "https://h.example/a", true, true],
    ["https://h.example", "https://h.example/", true, false],
    // A question mark is a wildcard and a delimiter at once.
    ["https://h.example/f?x=1", "https://h.example/f?x=1", true, true],
    ["https://h.example/f?x=1", "https://h.example/fAx=1", true, true],
    ["https://h.example/a?b?c=1", "https://h.example/axb?c=1", true, true],
    ["https://h.example/f?x=*", "https://h.example/f?x=1&y=2", true, true],
    ["https://h.example/*?x*z", "https://h.example/axbx?xqz", true, true],
    ["https://h.example/*z", "https://h.example/a?z", false, true],
    // Host names are case-insensitive.
    ["https://H.Example/*", "https://h.example/A", true, true],
    ["images/image.jpg", "https://h.example/images/image.jpg", false, false],
    ["https://h.example/a", "not a url", false, false],
  ])("%s matches %s by sections: %s; as one string: %s", (pattern, url, bySection, asString) => {
    expect([sectioned(pattern, url), whole(pattern, url)]).toEqual([bySection, asString]);
  });

  it("compares the host case-sensitively if that rule is chosen", () => {
    expect(matchResource("https://H/*", "https://h/a", { reading: "whole", hostCase: "exact" })).toBe(false);
    expect(matchResource("https://H/*", "https://H/a", { reading: "sectioned", hostCase: "exact" })).toBe(
      true,
    );
  });

  it("matches no URL longer than the edge accepts", () => {
    const base = "https://h.example/";
    expect(sectioned(`${base}*`, base.padEnd(8192, "a"))).toBe(true);
    expect(sectioned(`${base}*`, base.padEnd(8193, "a"))).toBe(false);
  });
});

describe("the glob automaton", () => {
  const letter = fc.constantFrom("a", "b", "?", "/");
  const text = fc.string({ unit: letter, maxLength: 80 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "?"), maxLength: 80 });

  it("agrees with a regular expression on short texts", () => {
    const short = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 9 });
    fc.assert(
      fc.property(short, fc.string({ unit: letter, maxLength: 12 }), (wild, plain) => {
        const expression = wild.replaceAll("?", "[^]").replaceAll("*", "[^]*");
        expect(globMatches(wild, plain)).toBe(new RegExp(`^${expression}$`).test(plain));
      }),
      { numRuns: 2000 },
    );
  });

  it("matches every text generated from the pattern, across word boundaries", () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 80, maxLength: 80 }), (wild, fillings) => {
        const filled = [...wild]
          .map((each, at) => (each === "*" ? fillings[at] : each === "?" ? "q" : each))
          .join("");
        expect(globMatches(wild, filled)).toBe(true);
      }),
    );
  });

  it("handles the largest hostile patterns in bounded work", () => {
    const url = `https://h/${"a".repeat(8100)}`;
    for (const wild of ["*a".repeat(12_000), "a?*".repeat(8000), "?".repeat(8110), "*".repeat(32_000)]) {
      expect(whole(`https://h/${wild}b`, url)).toBe(false);
    }
  });
});
