/** Which account the keys commands use: the chosen gate's, found as in every other command. */
import { describe, expect, it } from "vitest";
import type { CloudOptions } from "../../src/seams/cloud.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { addKey, config, freshPair, gateInAccount } from "./keys-account.ts";

const pem = freshPair().publicKey.export({ type: "spki", format: "pem" }) as string;
const reader = (groupId: string) =>
  config(groupId).replace("  app:", "  reader:").replace("eu-west-1", "us-west-2").replace("gates:\n", "");

async function asking(line: string, env: Record<string, string> = {}, gates: "one" | "two" = "two") {
  const { world, account, groupId } = await gateInAccount({ env, files: { "public.pem": pem } });
  addKey(account, "unused");
  if (gates === "two") world.files.put("keyturn.yaml", `${config(groupId)}\n${reader(groupId)}`, 0o600);
  const regions: CloudOptions["region"][] = [];
  const ran = await runCommand(words(line), {
    ...world,
    cloud: (asked) => {
      regions.push(asked.region);
      return world.cloud(asked);
    },
  });
  return { ...ran, region: regions[0], asked: regions.length > 0 };
}

describe.each([
  "keys upload public.pem --dry-run",
  "keys match public.pem",
  "keys list",
  "keys delete unused --dry-run",
  "keys prune --dry-run",
])("%s", (line) => {
  it.each([
    ["--gate reader", {}, "us-west-2"],
    ["--gate re", {}, "us-west-2"],
    ["", { KEYTURN_GATE: "reader" }, "us-west-2"],
    ["--gate app", { KEYTURN_GATE: "reader" }, "eu-west-1"],
  ] as [string, Record<string, string>, string][])(
    "with %s %j uses the account in %s",
    async (flags, env, region) => {
      expect(await asking(`${line} ${flags}`, env)).toMatchObject({ region });
    },
  );

  it("uses the account of the only gate", async () => {
    expect(await asking(line, {}, "one")).toMatchObject({ region: "eu-west-1" });
  });

  it.each([
    ["--gate raeder", {}],
    ["", { KEYTURN_GATE: "raeder" }],
  ] as [string, Record<string, string>][])(
    "refuses an unknown gate and suggests one, with %s %j",
    async (flags, env) => {
      const ran = await asking(`${line} ${flags}`, env);
      expect([ran.exitCode, ran.stdout, ran.asked]).toEqual([2, "", false]);
      expect(ran.stderr).toContain('has no gate "raeder"');
      expect(ran.stderr).toContain("hint: did you mean --gate reader?");
    },
  );
});
