/** The terminal: results on stdout with back-pressure, everything else on stderr. */
import type { Terminal } from "../seams.ts";

/** Back to the start of the line, and clear it. */
const REWRITE = "\r\u001b[2K";

export function processTerminal(interrupt: AbortSignal): Terminal {
  const { stdin, stdout, stderr } = process;
  let progressShown = false;
  const say = (text: string) => {
    stderr.write(`${progressShown ? REWRITE : ""}${text}\n`);
    progressShown = false;
  };
  return {
    out: (text) =>
      new Promise((resolve, reject) => {
        if (progressShown) stderr.write(REWRITE);
        progressShown = false;
        stdout.write(text, (error) => (error ? reject(error) : resolve()));
      }),
    note: say,
    insist: say,
    progress(text) {
      if (!stderr.isTTY) return say(text);
      const room = Math.max(1, (stderr.columns ?? 80) - 1);
      stderr.write(`${progressShown ? REWRITE : ""}${[...text].slice(0, room).join("")}`);
      progressShown = true;
    },
    interactive: Boolean(stdin.isTTY && stderr.isTTY),
    columns: stdout.isTTY ? stdout.columns : undefined,
    async ask(question) {
      const { createInterface } = await import("node:readline/promises");
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return await lines.question(question, { signal: interrupt });
      } finally {
        lines.close();
      }
    },
  };
}
