/** `keyturn inspect` with an account: the keys that the URL's behavior trusts, and keys that a rotation removed. */
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/finding.ts";
import { addKey, currentKeyId, type ProbedSite, probedSite, trustOnly } from "../probe/fault-site.ts";
import { SITE } from "../probe/site-viewer.ts";

const FILE = `${SITE}/media/film.txt`;

async function minted(site: ProbedSite): Promise<string> {
  const { stdout } = await site.run(`mint ${FILE} --gate demo`);
  site.world.files.put("cookies.txt", stdout);
  return "cookies.txt";
}
async function told(site: ProbedSite, line: string) {
  const { stdout, exitCode } = await site.run(`inspect ${line} --json`);
  const { result, findings } = JSON.parse(stdout) as { result: Record<string, unknown>; findings: Finding[] };
  return { result, ids: findings.map(({ id }) => id), findings, exitCode };
}

interface KnownGroup {
  readonly id: string;
  readonly name: string;
  readonly keyName: string;
  readonly distribution: string;
}
/** The account's IDs and names that people mix up. */
async function knownGroup({ world }: ProbedSite): Promise<KnownGroup> {
  const { controlPlane } = await world.cloud({});
  for await (const { id, name, items } of controlPlane.listKeyGroups()) {
    const key = await controlPlane.getPublicKey(items[0] as string);
    for await (const distribution of controlPlane.listDistributions())
      return { id, name, keyName: key.value.name, distribution: distribution.id };
  }
  throw new Error("the account has no key group");
}

describe.each(["--account", "--gate demo"])("with %s", (where) => {
  it("verifies with the keys that the behavior trusts", async () => {
    const site = await probedSite();
    const { result, exitCode } = await told(site, `${await minted(site)} --url ${FILE} ${where}`);
    expect(result).toMatchObject({
      verdict: "allow",
      verified: true,
      trustedBy: expect.stringMatching(/^behavior \S+ of E/),
    });
    expect(exitCode).toBe(0);
  });
  it("reports a key that is in the account but in no relevant group", async () => {
    const site = await probedSite();
    const cookies = await minted(site);
    await trustOnly(site, addKey(site, "other.pem"));
    const { result, ids, findings } = await told(site, `${cookies} --url ${FILE} ${where}`);
    expect(result).toMatchObject({ verdict: "deny", code: "InvalidKey", verified: false });
    expect(ids).toContain("key-removed-from-group");
    expect(findings.find(({ id }) => id === "key-removed-from-group")?.remedy).toMatch(
      /keyturn rotate status/,
    );
  });
  it("reports a key that the account does not have", async () => {
    const site = await probedSite();
    const cookies = await minted(site);
    const id = currentKeyId(site);
    site.world.files.put("cookies.txt", site.world.files.text(cookies).replace(id, "KZZZZZZZZZZZZZ"));
    expect((await told(site, `${cookies} --url ${FILE} ${where}`)).ids).toContain("key-deleted");
  });
  it.each([
    ["a key group's id", ({ id }: KnownGroup) => id, /the id of the key group/],
    ["a key group's name", ({ name }: KnownGroup) => name, /the name of the key group/],
    [
      "a public key's name",
      ({ keyName }: KnownGroup) => keyName,
      /the name of the public key K\w+; give its id/,
    ],
    [
      "a distribution's id",
      ({ distribution }: KnownGroup) => distribution,
      /the id of a distribution of the account/,
    ],
    ["an unknown word", () => "undefined", /the word undefined/],
  ])("recognizes %s in place of the key pair ID", async (_, pick, says) => {
    const site = await probedSite();
    const cookies = await minted(site);
    const text = site.world.files.text(cookies).replace(currentKeyId(site), pick(await knownGroup(site)));
    site.world.files.put("cookies.txt", text);
    const { ids, findings } = await told(site, `${cookies} --url ${FILE} ${where}`);
    expect(ids[1]).toBe("key-pair-id-is-no-id");
    expect(findings[1]?.message).toMatch(says);
    expect(JSON.stringify(findings)).not.toContain("rotation has");
  });
  it("recognizes a public behavior, where cookies do not matter", async () => {
    const site = await probedSite();
    const { result, ids, exitCode } = await told(site, `${await minted(site)} --url ${SITE}/login ${where}`);
    expect(result).toMatchObject({ verdict: "allow", conditions: [] });
    expect(ids).toContain("no-signature-asked");
    expect(exitCode).toBe(0);
  });
});

it("inspect finds no distribution for a host outside the account", async () => {
  const site = await probedSite();
  const asked = `${await minted(site)} --url https://elsewhere.example.org/ --account`;
  expect((await told(site, asked)).result).toMatchObject({
    verified: false,
    noDistribution: "elsewhere.example.org",
  });
  expect((await site.run(`inspect ${asked}`)).stdout).toMatch(
    /no distribution of the account serves\s+elsewhere.example.org/,
  );
});

it("inspect uses the gate's own groups if no URL selects a behavior", async () => {
  const site = await probedSite();
  const { result } = await told(site, `${await minted(site)} --gate demo`);
  expect(result.trustedBy).toBe("the gate's key groups");
});

it("inspect accepts only one source of trusted keys", async () => {
  const site = await probedSite();
  const { exitCode, stderr } = await site.run("inspect cookies.txt --account --public-key key.pem");
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/--public-key and --account/);
});
