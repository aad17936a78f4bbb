/**
 * Every step of every runbook, run twice in the sandbox: the second run works too, and no run writes a sample value.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseRunbook, stepNames, stepOf } from "../../src/runbooks/runbook.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { currentKeyId, type ProbedSite, probedSite } from "../probe/fault-site.ts";

const FOLDER = join(import.meta.dirname, "../../runbooks");
const PAGES = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".md") && file !== "README.md")
  .map((file) => parseRunbook(file.slice(0, -3), readFileSync(join(FOLDER, file), "utf8")));
const STEPS = PAGES.flatMap((page) =>
  stepNames(page).map((step) => ({ runbook: page.name, step, commands: stepOf(page, step).commands })),
);

/** Steps that need viewers, which this site does not have: console.long.test.ts runs them in a complete sandbox. */
const needsLogs = ({ commands }: (typeof STEPS)[number]) =>
  commands.some(({ argv }) => argv[0] === "logs" && argv[1] !== "where");
/** What must have happened before the step. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  "abort-a-rotation ask": ["rotate start --gate demo --yes --pending-ok"],
  "abort-a-rotation abort": ["rotate start --gate demo --yes --pending-ok"],
  "scheduled-rotation start": ["rotate plan --gate demo -o my-plan.json"],
};
/** Only one rotation can be open: the second run is refused, and names the command that continues it. */
const OPENS: ReadonlySet<string> = new Set([
  "rotation-from-ci start",
  "scheduled-rotation start",
  "wire-into-ci start",
]);
/** The signing key, which no run may remove. */
const REFUSED: ReadonlySet<string> = new Set(["adopt-an-existing-gate untrust"]);

const VALUES = (site: ProbedSite): Readonly<Record<string, string>> => ({
  TICKET: "OPS-4711",
  PLAN_FILE: "my-plan.json",
  REQUEST_FILE: "request.txt",
  ANSWER_FILE: "answer.txt",
  TEST_ACCOUNT: "guest.txt",
  KEY_PAIR_ID: currentKeyId(site),
});
const ANSWER = "HTTP/2 403\ncontent-type: text/xml\n\n<Error><Code>MissingKey</Code></Error>";

/** Everything that a command can write: the journal, files, the secret, the record, keys and groups. */
function writtenIn({ site, world }: ProbedSite): string {
  const { secrets, cloudFront } = site.account;
  const record = `${DEMO.secret}.keyturn`;
  const recorded = secrets.registry.named(DEMO.region, record) === undefined ? "" : secrets.text(record);
  const { publicKeys, keyGroups } = cloudFront.state;
  return [
    JSON.stringify([...world.journal.entries, ...publicKeys.values(), ...keyGroups.values()]),
    recorded,
    ...world.files.names().map((name) => `${name}\n${world.files.text(name)}`),
  ].join("\n");
}

/** Examples on the page: tickets, hosts, IDs of distributions and groups, and placeholder words. */
function samplesOf(text: string): string[] {
  const found = text.matchAll(
    /\b(?:[A-Z]{2,}-\d+|E[0-9A-Z]{12,13}|K[0-9A-Z]{12,13}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z.-]+\.example\.com)\b/g,
  );
  return [...new Set([...found].map(([sample]) => sample)), "TICKET", "PLAN_FILE", "KEY_PAIR_ID"].filter(
    (sample) => !/^(?:SHA-\d+|UTF-8|RSA-\d+|ISO-\d+)$/.test(sample),
  );
}

describe("runbook run", () => {
  it.each(STEPS.filter((each) => !needsLogs(each)))("$runbook --step $step works twice", async (given) => {
    const { runbook, step, commands } = given;
    const name = `${runbook} ${step}`;
    const site = await probedSite();
    const request = await site.run(
      `mint ${site.site.addresses.site}/media/film.txt --gate demo --format header`,
    );
    site.world.files.put(
      "request.txt",
      `GET /media/film.txt HTTP/1.1\nHost: ${DEMO.host}:8443\n${request.stdout}\n`,
    );
    site.world.files.put("answer.txt", ANSWER);
    for (const line of BEFORE[name] ?? []) expect((await site.run(line)).exitCode, line).toBe(0);
    const set = Object.entries(VALUES(site))
      .filter(([word]) => commands.some(({ argv }) => argv.join(" ").includes(word)))
      .flatMap(([word, value]) => ["--set", `${word}=${value}`]);
    const line = ["runbook", "run", runbook, "--step", step, "--gate", "demo", "--yes", ...set];
    const first = await site.runWords(line);
    // A page shows the output during its incident; here the gate is healthy.
    const expected = REFUSED.has(name) ? [5] : [0, commands.at(-1)?.exitCode ?? 0];
    expect(expected, first.stderr + first.stdout).toContain(first.exitCode);
    await site.world.clock.advance(20);
    const second = await site.runWords(line);
    if (OPENS.has(name))
      expect([second.exitCode, second.stderr]).toEqual([
        expect.any(Number),
        expect.stringMatching(/^hint: keyturn rotate (?:resume|plan)/m),
      ]);
    else expect(second.exitCode, second.stderr).toBe(first.exitCode);
    const written = writtenIn(site);
    const page = PAGES.find((each) => each.name === runbook);
    expect(samplesOf(page?.text ?? "").filter((sample) => written.includes(sample))).toEqual([]);
    if (commands.some(({ argv }) => argv.includes("TICKET"))) expect(written).toContain("OPS-4711");
  });
});
