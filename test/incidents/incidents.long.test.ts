/** Following the printed steps, starting with `keyturn triage`, resolves each incident within a few commands. */
import { afterAll, describe, expect, it } from "vitest";
import { table } from "../../src/text/layout.ts";
import { probedSite } from "../probe/fault-site.ts";
import { type Followed, follow } from "./follower.ts";
import { INCIDENTS } from "./incidents.ts";

/** Above every incident's own limit, so that a failure shows where the steps repeat. */
const LOST = 8;

const rows: string[][] = [];
afterAll(() => {
  process.stdout.write(`\n${table([["lines", "most", "end", "incident"], ...rows])}\n`);
});

const transcript = ({ steps }: Followed) =>
  steps.map(({ line, ran }) => `$ ${line}\n${ran.stdout}${ran.stderr}[exit ${ran.exitCode}]`).join("\n");

describe("an incident is resolved by running the printed commands", () => {
  it.each(INCIDENTS)("$name", async ({ name, seed, ends, most, ...options }) => {
    const ill = await probedSite({ env: { KEYTURN_CREDENTIALS_FILE: "guest.txt" }, ...options });
    ill.world.files.put("guest.txt", ill.world.files.text("guest.txt"), 0o600);
    await seed?.(ill);
    const followed = await follow(ill, LOST);
    const shown = transcript(followed);
    if (process.env.KEYTURN_INCIDENTS) process.stdout.write(`\n## ${name}\n${shown}\n`);
    rows.push([String(followed.steps.length), String(most), followed.end, name]);
    expect(followed.steps.length, shown).toBeGreaterThan(1);
    expect(followed.end, shown).toBe(ends === "healthy" ? "healthy" : "advice");
    if (ends !== "healthy") for (const said of ends) expect(followed.advice, shown).toMatch(said);
    expect(followed.steps.length, shown).toBeLessThanOrEqual(most);
  });
});
