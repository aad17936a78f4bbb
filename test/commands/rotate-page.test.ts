/** `rotate status --report md=FILE` writes the page that a job's summary shows, with what a person needs first. */
import { describe, expect, it } from "vitest";
import { runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "../rotation/site-world.ts";

const START = "rotate start --gate demo --yes --key-type ecdsa-p256";

async function pageOf({ direct }: Pick<SiteWorld, "direct">) {
  const world = direct();
  const ran = await runCommand(words("rotate status --gate demo --json --report md=page.md"), world);
  return { page: world.files.text("page.md"), result: JSON.parse(ran.stdout).result };
}

/** The bars of the chart: stage, mark, from, to. */
function bars(page: string): (readonly string[])[] {
  return [...page.matchAll(/^ {2}([a-z-]+) :(\w+), (\S+), (\S+)$/gm)].map(([, ...bar]) => bar);
}

describe("the page of a rotation", () => {
  it("starts with state, time, who has to act and the next command, and ends with fingerprints and request IDs", async () => {
    const site = await siteWorld();
    await runCommand(words(START), site.direct());
    const { page, result } = await pageOf(site);
    const order = [
      "## Gate demo: waiting",
      `- waits until ${result.until}`,
      "- turn: nobody; it has to wait",
      "- next: `keyturn rotate resume --gate demo --wait`",
      "- abort now: ",
      "```mermaid",
      "| when | what was observed |",
      "edge locations: ",
      "SHA256:",
    ];
    const places = order.map((text) => page.indexOf(text));
    expect(places[0]).toBe(0);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(page.lastIndexOf("edge locations: ")).toBeLessThan(page.indexOf("SHA256:"));
    expect(page.indexOf("request ids of the last canary check ")).toBeGreaterThan(page.indexOf("SHA256:"));
  });

  it("draws the stages in order, with the current one up to the end of its wait", async () => {
    const site = await siteWorld();
    await runCommand(words(START), site.direct());
    const { page, result } = await pageOf(site);
    const drawn = bars(page);
    expect(drawn[0]?.[2]).toBe(result.openedAt.replace("Z", ""));
    expect(drawn.at(-1)).toEqual([result.step, "active", expect.any(String), result.until.replace("Z", "")]);
    for (const [, mark, from = "", to = ""] of drawn.slice(0, -1)) {
      expect(mark).toBe("done");
      expect(from < to).toBe(true);
    }
    const starts = drawn.map(([, , from]) => from);
    expect(starts).toEqual(starts.toSorted());
  });

  it("draws a finished rotation to its end, and offers no abort", async () => {
    const site = await siteWorld({ settings: { settle: 30 } });
    await runCommand(words(`${START} --wait`), site.direct());
    const { page } = await pageOf(site);
    expect(page).toMatch(/^## Gate demo: rotated\n\nOnly the new key is trusted, and it signs\.\n/);
    expect(page).not.toMatch(/abort now|waits until/);
    expect(bars(page).map(([stage]) => stage)).toEqual([
      "key-trusted",
      "trust-proven",
      "signer-switched",
      "old-cookies-expired",
      "old-untrusted",
      "untrust-proven",
      "old-key-deleted",
    ]);
  });

  it("draws an aborted rotation by its own stages", async () => {
    const site = await siteWorld();
    await runCommand(words(`${START} --wait --until signer-switched`), site.direct());
    await runCommand(words("rotate abort --gate demo --yes --wait"), site.direct());
    const { page } = await pageOf(site);
    expect(page).toMatch(/^## Gate demo: aborted\n/);
    const stages = bars(page).map(([stage]) => stage);
    expect(stages).toEqual(expect.arrayContaining(["signer-switched-back", "new-key-deleted"]));
    expect(stages).not.toContain("old-cookies-expired");
  });

  it("cannot be combined with --all or --evidence", async () => {
    const { direct } = await siteWorld();
    for (const other of ["--all", "--evidence json"]) {
      const ran = await runCommand(words(`rotate status ${other} --report md=page.md`), direct());
      expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
      expect(ran.stderr).toMatch(/'--report <form=file>' cannot be used with option '--/);
    }
  });

  it("is not written if there was no rotation", async () => {
    const { direct } = await siteWorld();
    const world = direct();
    await runCommand(words("rotate status --gate demo --report md=page.md"), world);
    expect(world.files.text("page.md")).toBe("");
  });
});
