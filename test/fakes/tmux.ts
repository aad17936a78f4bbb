/** A real terminal, drawn by tmux: runs a command line in it, types keys, and reads the screen. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
const BIN = fileURLToPath(new URL("../../bin/keyturn.js", import.meta.url));

export interface Seen {
  /** The visible screen, without scrollback. */
  readonly screen: string;
  /** Everything that the terminal received, including escapes. */
  readonly raw: string;
  readonly exitCode: number;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

let terminals = 0;

export class TmuxTerminal {
  readonly #socket: string;
  readonly #folder: string;
  readonly #size: TerminalSize;
  #runs = 0;

  /** Files are left in the folder, which the test removes. */
  constructor(folder: string, size: TerminalSize = { columns: 80, rows: 24 }) {
    terminals += 1;
    this.#folder = folder;
    this.#socket = join(folder, `tmux-${terminals}`);
    this.#size = size;
  }

  /** Runs `keyturn LINE` to its end. `meanwhile` may wait for text on the screen and type. */
  async run(
    line: string,
    env: Readonly<Record<string, string>>,
    meanwhile: (terminal: TmuxTerminal) => Promise<void> = async () => {},
  ): Promise<Seen> {
    this.#runs += 1;
    const base = `${this.#socket}-${this.#runs}`;
    const script = [
      `stty -echoctl`,
      ...Object.entries(env).map(([name, value]) => `export ${name}='${value}'`),
      `cd '${this.#folder}'`,
      `tmux -S '${this.#socket}' wait-for begin`,
      // Ctrl-C ends only the command, not the script.
      "trap : INT",
      `'${process.execPath}' '${BIN}' ${line}`,
      `echo $? > '${base}.code'`,
      `tmux -S '${this.#socket}' wait-for -S ended`,
      "sleep 600",
    ];
    writeFileSync(`${base}.sh`, script.join("\n"));
    const path = process.env.PATH ?? "";
    const shell = `env -i TERM=screen PATH='${path}' bash '${base}.sh'`;
    const { columns, rows } = this.#size;
    await this.#tmux("-f", "/dev/null", "new-session", "-d", "-x", `${columns}`, "-y", `${rows}`, shell);
    try {
      await this.#tmux("set-option", "status", "off");
      await this.#tmux("pipe-pane", `cat > '${base}.raw'`);
      await this.#tmux("wait-for", "-S", "begin");
      const ended = this.#tmux("wait-for", "ended");
      // If the command ends early, `meanwhile` is not awaited.
      const typed = meanwhile(this);
      typed.catch(() => {});
      await Promise.race([typed, ended]);
      await ended;
      const screen = (await this.#tmux("capture-pane", "-p", "-J")).trimEnd();
      return {
        screen,
        raw: existsSync(`${base}.raw`) ? readFileSync(`${base}.raw`, "utf8") : "",
        exitCode: Number(readFileSync(`${base}.code`, "utf8")),
      };
    } finally {
      await this.#tmux("kill-server");
    }
  }

  /** Keys by tmux's names: `C-c`, `Enter`, `q`. */
  async type(...keys: readonly string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  /** Waits until the screen shows the text. */
  async shows(text: RegExp): Promise<void> {
    while (!text.test(await this.#tmux("capture-pane", "-p", "-J")))
      await new Promise((resolve) => setTimeout(resolve, 50));
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    return (await execute("tmux", ["-S", this.#socket, ...args])).stdout;
  }
}
