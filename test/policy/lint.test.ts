import { describe, expect, it } from "vitest";
import { type LintedPolicy, lintPolicy } from "../../src/policy/lint.ts";

const now = 1_800_000_000;
const good: LintedPolicy = { resource: "https://h.example/*", expires: now + 3600 };
const faults = (policy: Partial<LintedPolicy>, maxTtl?: number) =>
  lintPolicy({ ...good, ...policy }, now, maxTtl).map(({ id, severity }) => `${severity} ${id}`);
const url = (text: string) => ({ url: text, resource: undefined }) as unknown as Partial<LintedPolicy>;

describe("linting a policy", () => {
  it("reports nothing about a good one", () => {
    expect(faults({})).toEqual([]);
    expect(faults({ ip: "192.0.2.0/24", notBefore: now - 60 }, 3600)).toEqual([]);
    expect(faults(url("https://h.example/a?b=c&d=e"))).toEqual([]);
  });

  it.each([
    [{ expires: now - 1 }, ["error already-expired"]],
    [{ expires: now }, ["error already-expired"]],
    [{ expires: now + 1 }, []],
    [{ notBefore: now + 3599 }, ["note not-yet-valid"]],
    [{ notBefore: now + 3600 }, ["error start-after-end"]],
    [{ notBefore: now + 3601 }, ["error start-after-end"]],
    [{ notBefore: now - 1 }, []],
    [{ notBefore: now }, ["note not-yet-valid"]],
    [{ expires: 1_800_003_600_000 }, ["error time-in-milliseconds"]],
    [{ ip: "::1" }, ["error ip-is-ipv6"]],
    [{ ip: "192.0.2.1" }, ["note ip-without-mask"]],
    [{ ip: "192.0.2.1/33" }, ["error ip-malformed"]],
    [{ ip: "192.0.2" }, ["error ip-malformed"]],
  ])("reports on %j: %j", (policy, expected) => {
    expect(faults(policy)).toEqual(expected);
  });

  it.each([
    [3599, ["error over-max-ttl"]],
    [3600, []],
    [3601, []],
  ])("reports on an hour under a limit of %s s: %j", (maxTtl, expected) => {
    expect(faults({}, maxTtl)).toEqual(expected);
  });

  it.each([
    ["*", ["warning resource-lone-star"]],
    ["http*://h.example/*", ["warning resource-scheme-wildcard"]],
    ["*://h.example/*", []],
    ["*h.example/*", ["warning resource-without-scheme"]],
    ["h.example/*", ["error resource-not-a-url"]],
    ["ftp://h.example/*", ["error resource-not-a-url"]],
    ["https://", ["error resource-not-a-url"]],
    ["https://h.example:443/*", ["note resource-port"]],
    ["https://h.example/*#top", ["error resource-fragment"]],
    ["https://h.example/a/../b/*", ["warning resource-dot-segments"]],
    ["https://h.example/./*", ["warning resource-dot-segments"]],
    ["https://h.example/.well-known/*", []],
    ["https://h.example/a..b/*", []],
    ["https://h.example/%2e%2E/*", ["warning resource-dot-segments"]],
    ["https://h.example/a*?x=/../y", ["note resource-question-mark"]],
    ["https://h.example", ["error resource-without-path"]],
    ["https://h.example?a=1", ["error resource-without-path", "note resource-question-mark"]],
    ["https://h.example*", []],
    ["https://ada:secret@h.example/*", ["error resource-user-info"]],
    ["https://h.example/@/*", []],
    ["https://H.example/*", ["warning resource-host-case"]],
    ["https://h.example/a b/*", ["error resource-space"]],
    ["https://h.example/[a]/*", ["warning resource-rewritten"]],
    ["https://h.example/ü/*", ["warning resource-rewritten"]],
    ["https://h.example/it's/*", ["warning resource-rewritten"]],
    ["https://h.example/a%27b/*", []],
    ["https://h.example/a?.jpg", ["note resource-question-mark"]],
    ["https://h.example/a?Policy=x", ["error query-name-reserved", "note resource-question-mark"]],
    ["https://h.example/a?x=1&Hash-Algorithm", ["error query-name-reserved", "note resource-question-mark"]],
    ["https://h.example/a?MyPolicy=x", ["note resource-question-mark"]],
    [`https://h.example/${"a".repeat(8192)}`, ["error url-too-long"]],
  ])("reports on the Resource %.60s: %j", (resource, expected) => {
    expect(faults({ resource })).toEqual(expected);
  });

  it("warns about a policy without a Resource", () => {
    expect(lintPolicy({ expires: now + 60 }, now)).toMatchObject([
      { id: "resource-absent", severity: "warning" },
    ]);
  });

  it.each([
    ["https://h.example/a?Expires=1", ["error query-name-reserved"]],
    ["https://h.example/a?expires=1", []],
    ["https://h.example/a?next=/../b", []],
    ["https://h.example/a*b", ["note url-with-star"]],
    ["https://h.example:8443/a", ["note resource-port"]],
    ["https://app.localhost:8443/a", []],
    ["https://127.0.0.1:8443/a", []],
  ])("reports on the URL %s: %j", (text, expected) => {
    expect(faults(url(text))).toEqual(expected);
  });

  it("copies no control character from the input into its messages", () => {
    const [fault] = lintPolicy({ ...good, resource: "https://h.example/\u001b[2J" }, now);
    expect(JSON.stringify(fault)).not.toContain("\\u001b");
    expect(fault?.evidence).toEqual(["characters: U+001B ["]);
  });
});
