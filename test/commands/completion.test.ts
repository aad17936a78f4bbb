import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/command-table.ts";
import { allIds } from "../../src/help/explain.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { config, gateInAccount } from "./keys-account.ts";

const KEYTURN_YAML = `${config("g1")}\n${config("g2").replace("gates:\n", "").replace("app:", "billing:")}\n`;

async function offered(
  typed: string[],
  world = memoryWorld({ files: { "keyturn.yaml": KEYTURN_YAML } }),
): Promise<string[]> {
  const ran = await runCommand(["completion", "words", "--", ...typed], world);
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  return ran.stdout.split("\n").filter((line) => line !== "");
}

describe("Tab completion offers", () => {
  it("the first words: commands and groups", async () => {
    const first = new Set(COMMANDS.map(({ words: typed }) => typed.split(" ")[0]));
    expect((await offered([""])).toSorted()).toEqual([...first].toSorted());
    expect(await offered(["ro"])).toEqual(["rotate"]);
  });

  it("the subcommands of a group", async () => {
    expect(await offered(["config", ""])).toEqual(["init", "check", "schema"]);
    expect(await offered(["keys", "p"])).toEqual(["prune"]);
  });

  it("the command's flags and the global ones", async () => {
    const flags = await offered(["keys", "upload", "--"]);
    expect(flags).toEqual(expect.arrayContaining(["--name", "--group", "--dry-run", "--json", "--gate"]));
    expect(flags).not.toContain("--out");
  });

  it("the gates of keyturn.yaml", async () => {
    expect(await offered(["rotate", "status", "--gate", ""])).toEqual(["app", "billing"]);
    expect(await offered(["rotate", "status", "--gate", "b"])).toEqual(["billing"]);
  });

  it("the values of a flag", async () => {
    expect(await offered(["keys", "generate", "--type", ""])).toEqual(["rsa-2048", "ecdsa-p256"]);
  });

  it("the runbooks", async () => {
    expect(await offered(["runbook", "show", "leak"])).toEqual(["leaked-key"]);
  });

  it("every printed id after explain and runbook list", async () => {
    for (const line of [["explain"], ["runbook", "list"]]) {
      expect(await offered([...line, "blocked-by-"])).toEqual(["blocked-by-waf", "blocked-by-geo"]);
      expect(await offered([...line, "Missing"])).toEqual(["MissingKey"]);
      expect(await offered([...line, "ERR_QU"])).toEqual(["ERR_QUOTA"]);
      expect(await offered([...line, "trust-p"])).toEqual(["trust-proven"]);
    }
    expect((await offered(["explain", ""])).toSorted()).toEqual(allIds().toSorted());
    expect(await offered(["explain", "blocked-by-waf", ""])).toEqual([]);
  });

  it("the names of runbooks after runbook show and runbook run", async () => {
    for (const verb of ["show", "run"])
      expect(await offered(["runbook", verb, "gate-"])).toEqual(["gate-is-open"]);
  });

  it("topics and error codes after help, shells after completion", async () => {
    expect(await offered(["help", "sec"])).toEqual(["security"]);
    expect(await offered(["help", "ERR_QU"])).toEqual(["ERR_QUOTA"]);
    expect(await offered(["completion", ""])).toEqual(["bash", "zsh", "fish", "powershell"]);
  });

  it("files where a file is expected, and after --", async () => {
    expect(await offered(["keys", "upload", ""])).toEqual([":files"]);
    expect(await offered(["audit", "--config", ""])).toEqual([":files"]);
    expect(await offered(["curl", "https://h.example/", "--", "-o", ""])).toEqual([":files"]);
  });

  it("the key pair IDs that were listed last, without a call to AWS", async () => {
    const { world, account, keyPairId } = await gateInAccount();
    await runCommand(words("keys list"), world);
    let calls = 0;
    account.faults.onCall(() => {
      calls += 1;
    });
    expect(await offered(["keys", "delete", "K"], world)).toEqual([keyPairId]);
    expect(await offered(["mint", "--key-pair-id", ""], world)).toEqual([keyPairId]);
    expect(calls).toBe(0);
  });

  it("the steps of the runbook on the line, and the cases of a probe", async () => {
    expect(await offered(["runbook", "run", "resume-a-rotation", "--step", "st"])).toEqual(["status"]);
    expect(await offered(["runbook", "run", "no-such-page", "--step", ""])).toEqual([]);
    expect(await offered(["probe", "--cases", "exp"])).toEqual(["expired"]);
  });

  it("command names after config schema", async () => {
    expect(await offered(["config", "schema", "ro"])).toEqual(["rotate"]);
    expect(await offered(["config", "schema", "rotate", "st"])).toEqual(["start", "status"]);
  });

  it("no files where none are accepted", async () => {
    for (const line of [
      "rotate status",
      "keys list",
      "mint",
      "probe",
      "runbook show leaked-key",
      "help security x",
    ])
      expect(await offered([...line.split(" "), "new"]), line).toEqual([]);
    expect(await offered(["inspect", ""])).toEqual([":files"]);
    expect(await offered(["doctor", "https://h.example/", ""])).toEqual([":files"]);
    expect(await offered(["rotate", "start", ""])).toEqual([":files"]);
  });

  it("commands after global flags, with or without =", async () => {
    expect(await offered(["--gate", "app", "rot"])).toEqual(["rotate"]);
    expect(await offered(["--config", "keyturn.yaml", "keys", "p"])).toEqual(["prune"]);
    expect(await offered(["audit", "--gate=b"])).toEqual(["--gate=billing"]);
    // As bash passes it.
    expect(await offered(["audit", "--gate", "="])).toEqual(["app", "billing"]);
    expect(await offered(["audit", "--gate", "=", "b"])).toEqual(["billing"]);
  });

  it("the gates of the file that the line names", async () => {
    const files = { "keyturn.yaml": KEYTURN_YAML, "other.yaml": config("g3").replace("app:", "ops:") };
    const world = memoryWorld({ files });
    expect(await offered(["audit", "--config", "other.yaml", "--gate", ""], world)).toEqual(["ops"]);
  });

  it("nothing, and prints no error, if keyturn.yaml is broken", async () => {
    expect(
      await offered(["audit", "--gate", ""], memoryWorld({ files: { "keyturn.yaml": "gates: [" } })),
    ).toEqual([]);
  });
});
