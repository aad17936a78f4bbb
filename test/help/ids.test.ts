/** Every id that the program can print has a page, and every page says what to do. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { GATE_CHECKS } from "../../src/audit/audit.ts";
import { ACCOUNT_CHECKS } from "../../src/audit/checks/account.ts";
import { EDGE_RULES } from "../../src/edge/rules.ts";
import { ALIASES } from "../../src/help/aliases.ts";
import { ERROR_PAGES } from "../../src/help/error-pages.ts";
import { allIds, explainId } from "../../src/help/explain.ts";
import { FINDING_PAGES } from "../../src/help/pages-by-id.ts";
import { CASE_IDS } from "../../src/probe/cases.ts";
import { FAULTS } from "../../src/probe/faults.ts";
import { FLOW_FAULTS } from "../../src/probe/flow-faults.ts";
import { ABORT_STEPS, HALT_REASONS } from "../../src/rotation/next.ts";
import { STAGES } from "../../src/rotation/stage.ts";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));
const RUNBOOKS = readdirSync(join(SRC, "../runbooks")).map((name) => name.replace(/\.md$/, ""));

/** Not findings: sandbox state, ids of distributions and keys, values of other enums. */
const OTHER_FOLDERS = /^(sandbox|adapters|capture|cli|help|completion)\//;

/** Every id written as a literal where a finding is made. */
function idsInSource(): Map<string, string> {
  const found = new Map<string, string>();
  const made = [
    /\bid: "([a-z][a-z0-9]*(?:-[a-z0-9]+)+)"/g,
    /\b(?:cause|note|refuse|tell|differs|simpleFinding|found|failed)\(\s*"([a-z][a-z0-9]*(?:-[a-z0-9]+)+)"/g,
    /\bhalt: "([a-z-]+)"/g,
  ];
  for (const name of readdirSync(SRC, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts") || OTHER_FOLDERS.test(name)) continue;
    const text = readFileSync(join(SRC, name), "utf8");
    for (const pattern of made) for (const [, id = ""] of text.matchAll(pattern)) found.set(id, name);
  }
  return found;
}

describe("ids", () => {
  it.each([...idsInSource()])("%s (%s) has a page", (id) => {
    expect(explainId(id)).toBeDefined();
  });

  it.each([
    ...[...GATE_CHECKS, ...ACCOUNT_CHECKS].map(({ id }) => id),
    ...Object.keys(FAULTS),
    ...Object.keys(FLOW_FAULTS),
    ...CASE_IDS.map((id) => `${id}-allowed`),
    ...HALT_REASONS,
    ...STAGES,
    ...ABORT_STEPS,
    ...Object.keys(ERROR_PAGES),
    ...Object.keys(EDGE_RULES),
    "MissingKey",
    "InvalidKey",
    "AccessDenied",
    "MalformedPolicy",
    "MalformedSignature",
  ])("%s from a table has a page", (id) => {
    expect(explainId(id)).toBeDefined();
  });

  it.each(allIds())("%s says what it means, and a fix or a runbook", (id) => {
    const page = explainId(id);
    expect(page?.means).toMatch(/^\S.{10,}/s);
    expect(page?.fix ?? page?.runbook).toBeTruthy();
    if (page?.runbook !== undefined) expect(RUNBOOKS).toContain(page.runbook);
  });

  it.each(Object.keys(FINDING_PAGES))("%s says how it differs from a similar finding", (id) => {
    expect(FINDING_PAGES[id]?.apart).toMatch(/\S/);
  });

  it.each(Object.entries(ALIASES))(
    "%s, an earlier spelling, leads to %s and is printed nowhere",
    (old, id) => {
      expect(explainId(old)).toMatchObject({ id, asked: old });
      expect(explainId(id)?.also).toContain(old);
      expect([...idsInSource().keys()]).not.toContain(old);
    },
  );
});
