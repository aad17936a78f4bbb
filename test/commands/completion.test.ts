import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/command-table.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { needs } from "../fakes/needs.ts";
import { config, gateInAccount } from "./keys-account.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const KEYTURN_YAML = `${config("g1")}\n${config("g2").replace("gates:\n", "").replace("app:", "billing:")}\n`;

async function offered(
  typed: string[],
  world = memoryWorld({ files: { "keyturn.yaml": KEYTURN_YAML } }),
): Promise<string[]> {
  const ran = await runCommand(["completion", "words", "--", ...typed], world);
  expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
  return ran.stdout.split("\n").filter((line) => line !== "");
}

describe("what Tab offers", () => {
  it("the first words: commands and groups", async () => {
    const first = new Set(COMMANDS.map(({ words: typed }) => typed.split(" ")[0]));
    expect((await offered([""])).toSorted()).toEqual([...first].toSorted());
    expect(await offered(["ro"])).toEqual(["rotate"]);
  });

  it("the words of a group", async () => {
    expect(await offered(["config", ""])).toEqual(["init", "check", "schema"]);
    expect(await offered(["keys", "p"])).toEqual(["prune"]);
  });

  it("the flags of the command, and those of all", async () => {
    const flags = await offered(["keys", "upload", "--"]);
    expect(flags).toEqual(expect.arrayContaining(["--name", "--group", "--dry-run", "--json", "--gate"]));
    expect(flags).not.toContain("--out");
  });

  it("the gates of keyturn.yaml", async () => {
    expect(await offered(["rotate", "status", "--gate", ""])).toEqual(["app", "billing"]);
    expect(await offered(["rotate", "status", "--gate", "b"])).toEqual(["billing"]);
  });

  it("the choices of a flag", async () => {
    expect(await offered(["keys", "generate", "--type", ""])).toEqual(["rsa-2048", "ecdsa-p256"]);
  });

  it("the runbooks", async () => {
    expect(await offered(["runbook", "show", "leak"])).toEqual(["leaked-key"]);
  });

  it("topics and error codes after help, shells after completion", async () => {
    expect(await offered(["help", "sec"])).toEqual(["security"]);
    expect(await offered(["help", "ERR_QU"])).toEqual(["ERR_QUOTA"]);
    expect(await offered(["completion", ""])).toEqual(["bash", "zsh", "fish"]);
  });

  it("files where a file is wanted, and after --", async () => {
    expect(await offered(["keys", "upload", ""])).toEqual([":files"]);
    expect(await offered(["audit", "--config", ""])).toEqual([":files"]);
    expect(await offered(["curl", "https://h.example/", "--", "-o", ""])).toEqual([":files"]);
  });

  it("key pair IDs that were listed last, without asking AWS again", async () => {
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

  it("nothing, quietly, where keyturn.yaml is broken", async () => {
    expect(
      await offered(["audit", "--gate", ""], memoryWorld({ files: { "keyturn.yaml": "gates: [" } })),
    ).toEqual([]);
  });
});

describe("the shells' own", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "keyturn-tab-"));
    writeFileSync(
      join(folder, "keyturn"),
      `#!/bin/sh\nexec "${process.execPath}" "${ROOT}bin/keyturn.js" "$@"\n`,
    );
    chmodSync(join(folder, "keyturn"), 0o755);
    writeFileSync(join(folder, "keyturn.yaml"), KEYTURN_YAML);
    writeFileSync(join(folder, "some key.pem"), "");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function shell(program: string, args: string[], script: string): string[] {
    const env = {
      ...process.env,
      PATH: `${folder}:${process.env.PATH}`,
      HOME: folder,
      XDG_CONFIG_HOME: folder,
    };
    const ran = spawnSync(program, [...args, "-c", script], { cwd: folder, env, encoding: "utf8" });
    expect(ran.stderr).toBe("");
    return ran.stdout.split("\n").filter((line) => line !== "");
  }

  needs("bash")("bash", () => {
    const tab = (...typed: string[]) =>
      shell(
        "bash",
        ["--norc"],
        `eval "$(keyturn completion bash)"; COMP_WORDS=(keyturn ${typed.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${typed.length}; _keyturn 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`,
      );
    it("completes words, gates and files with spaces", () => {
      expect(tab("rot")).toEqual(["rotate"]);
      expect(tab("audit", "--gate", "b")).toEqual(["billing"]);
      expect(tab("keys", "upload", "some")).toEqual(["some key.pem"]);
    });
  });

  needs("fish")("fish", () => {
    const tab = (line: string) =>
      shell("fish", ["--no-config"], `keyturn completion fish | source; complete -C '${line}'`);
    it("completes words and gates", () => {
      expect(tab("keyturn rot")).toEqual(["rotate"]);
      expect(tab("keyturn audit --gate b")).toEqual(["billing"]);
    });
  });

  needs("zsh")("zsh", () => {
    it("takes the script and asks as the others do", () => {
      const found = shell(
        "zsh",
        ["-f"],
        `autoload -U compinit && compinit -u -D; eval "$(keyturn completion zsh)"; compadd() { shift; print -l -- "\${(@P)1:-$found}"; }; words=(keyturn rot); CURRENT=2; _keyturn`,
      );
      expect(found).toEqual(["rotate"]);
    });
  });
});
