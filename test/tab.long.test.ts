/**
 * Presses Tab in real shells on a real terminal, runs the completed line, and checks which arguments the shell passed.
 */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { config } from "./commands/keys-account.ts";
import { needs } from "./fakes/needs.ts";

const execute = promisify(execFile);
const BIN = fileURLToPath(new URL("../bin/keyturn.js", import.meta.url));
const KEYTURN_YAML = `${config("g1")}\n${config("g2").replace("gates:\n", "").replace("app:", "billing:")}\n`;

/** How to start each without personal settings, and how to load the completion. */
const SHELLS: Readonly<Record<string, readonly [start: string, complete: string]>> = {
  bash: ["bash --norc --noprofile -i", 'eval "$(keyturn completion bash)"'],
  zsh: ["zsh -f -i", 'autoload -U compinit; compinit -u -D; eval "$(keyturn completion zsh)"'],
  fish: ["fish --no-config -i", "keyturn completion fish | source"],
};

/** What is typed before Tab, and the arguments that the shell passes after it. */
const LINES: readonly (readonly [typed: string, words: readonly string[]])[] = [
  ["keyturn rot", ["rotate"]],
  ["keyturn rotate stat", ["rotate", "status"]],
  ["keyturn probe --fl", ["probe", "--flow"]],
  ["keyturn audit --gate b", ["audit", "--gate", "billing"]],
  ["keyturn audit --gate=b", ["audit", "--gate=billing"]],
  ["keyturn explain blocked-by-w", ["explain", "blocked-by-waf"]],
  ["keyturn runbook show leak", ["runbook", "show", "leaked-key"]],
  ["keyturn keys delete K2", ["keys", "delete", "K2JCJMDEHXQW5F"]],
  ["keyturn keys upload some", ["keys", "upload", "some key.pem"]],
];

for (const [shell, [start, complete]] of Object.entries(SHELLS)) {
  needs("tmux", shell)(`Tab in ${shell}`, () => {
    let folder: string;
    let aws: Server;
    let calls = 0;
    const ran: string[][] = [];

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "keyturn-tab-"));
      aws = createServer((socket) => {
        calls += 1;
        socket.destroy();
      });
      const port = await new Promise<number>((listening) => {
        aws.listen(0, "127.0.0.1", () => listening((aws.address() as AddressInfo).port));
      });
      const log = join(folder, "ran");
      // Completion runs the real keyturn; any other call only logs its arguments.
      const program = `#!/bin/sh
if [ "$1" = completion ]; then exec '${process.execPath}' '${BIN}' "$@"; fi
for each; do printf '%s\\t' "$each"; done >> '${log}'
echo >> '${log}'
`;
      writeFileSync(join(folder, "keyturn"), program);
      chmodSync(join(folder, "keyturn"), 0o755);
      writeFileSync(join(folder, "keyturn.yaml"), KEYTURN_YAML);
      writeFileSync(join(folder, "some key.pem"), "");
      mkdirSync(join(folder, "cache/keyturn"), { recursive: true });
      writeFileSync(join(folder, "cache/keyturn/key-ids"), "K2JCJMDEHXQW5F\nKOTHER00000000");
      await press(port);
      const lines = readFileSync(log, "utf8").split("\n");
      for (const line of lines.slice(0, -1)) ran.push(line.split("\t").slice(0, -1));
    });
    afterAll(() => {
      aws.close();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Types, completes and runs one line after the other. The shell signals when each is done. */
    async function press(port: number): Promise<void> {
      const socket = join(folder, "tmux");
      const tmux = (...args: string[]) => execute("tmux", ["-S", socket, ...args]);
      const env = [
        `PATH='${folder}:${process.env.PATH}'`,
        `HOME='${folder}' XDG_CONFIG_HOME='${folder}' XDG_DATA_HOME='${folder}' XDG_CACHE_HOME='${folder}/cache'`,
        // Otherwise the shell writes its history on SIGHUP, while the folder is being removed.
        "HISTFILE=/dev/null",
        "AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=example AWS_REGION=eu-west-1",
        `AWS_ENDPOINT_URL='http://127.0.0.1:${port}' TERM=screen LANG=C.UTF-8`,
      ];
      const line = `cd '${folder}' && exec env -i ${env.join(" ")} ${start}`;
      await tmux("-f", "/dev/null", "new-session", "-d", "-x", "150", "-y", "50", line);
      const type = async (text: string, ...keys: string[]) => {
        await tmux("send-keys", "-l", text);
        await tmux("send-keys", ...keys, "Enter");
        await tmux("send-keys", "-l", `tmux -S '${socket}' wait-for -S typed`);
        await tmux("send-keys", "Enter");
        await tmux("wait-for", "typed");
      };
      try {
        await type(complete);
        for (const [typed] of LINES) await type(typed, "Tab");
      } finally {
        await tmux("kill-server");
      }
    }

    it("completes words, flags, gates, ids, runbooks, key ids and files with spaces", () => {
      expect(ran).toEqual(LINES.map(([, words]) => words));
    });

    it("makes no network call", () => expect(calls).toBe(0));
  });
}
