/** The terminal: results on stdout with back-pressure, everything else on stderr. */
import { constants, fstatSync, statSync, writeSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { codeOf, unwritableFile } from "../file-errors.ts";
import type { Terminal } from "../seams/world.ts";

/** Back to the start of the block of so many lines, and clear from there. */
const rewrite = (lines: number) =>
  lines > 1 ? `\r\u001b[${lines - 1}A\u001b[J` : lines === 1 ? "\r\u001b[2K" : "";

/** `written` resolves once all stderr output has left the process: a full pipe takes a while. */
export function processTerminal(
  interrupt: AbortSignal,
  env: NodeJS.ProcessEnv,
): Terminal & { written(): Promise<void> } {
  const isDumb = env.TERM === "dumb";
  const stdout = output(1, () => process.stdout);
  const stderr = output(2, () => process.stderr);
  /** Lines of progress on the screen, which the next output overwrites. */
  let shown = 0;
  let written = Promise.resolve();
  const say = (text: string) => {
    written = stderr.write(`${rewrite(shown)}${text}\n`).catch(() => {
      // Nobody reads stderr any more; the exit code still counts.
    });
    shown = 0;
  };
  const clearProgress = () => {
    if (shown > 0) stderr.terminal?.write(rewrite(shown));
    shown = 0;
  };
  const out = async (text: string) => {
    clearProgress();
    try {
      await stdout.write(text);
    } catch (thrown) {
      throw codeOf(thrown) === "EPIPE" ? thrown : unwritableFile("stdout", thrown, "df -h");
    }
  };
  return {
    out,
    async page(text, pager) {
      const { terminal } = stdout;
      if (terminal === undefined) return out(text);
      const { fitsScreen, runPager } = await import("./pager.ts");
      if (fitsScreen(text, terminal)) return out(text);
      clearProgress();
      if (!(await runPager(text, pager, env, interrupt))) await out(text);
    },
    written: () => written,
    note: say,
    insist: say,
    progress(text) {
      const { terminal } = stderr;
      if (terminal === undefined || isDumb) return say(text);
      const room = Math.max(1, (terminal.columns || 80) - 1);
      // A line that wraps, or scrolls off, could not be overwritten.
      const lines = text.split("\n").slice(-Math.max(1, (terminal.rows || 24) - 1));
      terminal.write(rewrite(shown) + lines.map((line) => cut(line, room)).join("\n"));
      shown = lines.length;
    },
    get live() {
      return stderr.terminal !== undefined && !isDumb;
    },
    get interactive() {
      return stderr.terminal !== undefined && Boolean(process.stdin.isTTY);
    },
    get columns() {
      // A terminal that does not know its width reports 0.
      return stdout.terminal && (stdout.terminal.columns || 80);
    },
    async ask(question) {
      const { createInterface } = await import("node:readline/promises");
      const lines = createInterface({
        input: process.stdin,
        output: process.stderr,
        // Line editing needs escape sequences, which a dumb terminal does not have.
        terminal: isDumb ? false : undefined,
      });
      // While reading a line, the terminal sends no signals: Ctrl-C is a key, and so is Ctrl-D, an empty answer.
      lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
      const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
      let isAnswered = false;
      try {
        const answered = lines.question(question, { signal: interrupt }).then((answer) => {
          isAnswered = true;
          return answer;
        });
        return await Promise.race([answered, closed]);
      } catch (thrown) {
        const isClosed = thrown instanceof Error && thrown.name === "AbortError" && !interrupt.aborted;
        if (!isClosed) throw thrown;
        return "";
      } finally {
        lines.close();
        // The next output starts on a new line.
        if (!isAnswered) process.stderr.write("\n");
      }
    },
  };
}

/** A line that is too long loses its colors too: a cut escape sequence would color what follows. */
function cut(line: string, room: number): string {
  if (line.length <= room) return line;
  const plain = stripVTControlCharacters(line);
  return plain.length <= room ? line : [...plain].slice(0, room).join("");
}

interface Output {
  /** The stream, if it is a terminal. */
  readonly terminal: NodeJS.WriteStream | undefined;
  /** Resolves once all of it is written, rejects if nobody reads. */
  write(text: string): Promise<void>;
}

/**
 * Node's own streams load node:net and node:tty, a tenth of the start-up time. Files and pipes, which POSIX writes
 * synchronously anyway, are written directly; the stream is for terminals and full pipes.
 */
function output(file: 1 | 2, stream: () => NodeJS.WriteStream): Output {
  let opened: NodeJS.WriteStream | undefined;
  const open = () => {
    // The failed write reports the error; without a listener it would also kill the process.
    opened ??= stream().on("error", () => {});
    return opened;
  };
  if (mayBeTerminal(file)) open();
  let writes = 0;
  return {
    get terminal() {
      return opened?.isTTY ? opened : undefined;
    },
    async write(text) {
      const rest = opened === undefined ? writtenAtOnce(file, Buffer.from(text)) : text;
      writes += 1;
      // Without yielding to the event loop, a long series of writes would never notice Ctrl-C. Most commands write once.
      if (rest.length === 0)
        return writes === 1 ? undefined : new Promise((resolve) => setImmediate(resolve));
      await new Promise<void>((resolve, reject) => {
        open().write(rest, (error) => (error ? reject(error) : resolve()));
      });
    },
  };
}

/** The bytes that a non-blocking pipe had no room for. Throws other system errors, such as EPIPE. */
function writtenAtOnce(file: number, bytes: Uint8Array): Uint8Array {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(file, rest));
  } catch (thrown) {
    if (codeOf(thrown) !== "EAGAIN") throw thrown;
  }
  return rest;
}

/** A character device other than /dev/null. */
function mayBeTerminal(file: number): boolean {
  const { rdev, mode } = fstatSync(file);
  const isDevice = (mode & constants.S_IFMT) === constants.S_IFCHR;
  return isDevice && rdev !== statSync("/dev/null", { throwIfNoEntry: false })?.rdev;
}
