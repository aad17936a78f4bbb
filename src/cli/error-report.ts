/** Reports an error: one line with hints on stderr, an envelope on stdout under --json, an exit code. */
import { InternalError, KeyturnError } from "../errors.ts";
import { exitCodeOfError } from "../exit-codes.ts";
import type { World } from "../seams/world.ts";

/** Prints and resolves to the exit code. Anything but a KeyturnError is our bug. */
export async function printError(
  thrown: unknown,
  command: string,
  argv: readonly string[],
  world: Pick<World, "terminal" | "env" | "interrupt">,
): Promise<number> {
  const error = asKeyturnError(thrown, world.interrupt);
  const [{ makeStyle, styleOptions }, { isToType, noteColumns, wrap }] = await Promise.all([
    import("../report/style.ts"),
    import("../text/layout.ts"),
  ]);
  const flags = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : argv.length);
  const color = flags.includes("--no-color") ? false : undefined;
  const style = await makeStyle(
    styleOptions({ color, env: world.env, isTerminal: world.terminal.interactive }),
  );
  const sentence = `${style.bad("error:")} ${error.message} [${error.code}]`;
  const columns = noteColumns(world.terminal);
  const lines = [wrap(sentence, columns, 0, 7)];
  const hints = error.hints.length > 0 ? error.hints : [`keyturn help ${error.code}`];
  for (const hint of hints) {
    const line = `${style.bold("hint:")} ${hint}`;
    lines.push(isToType(hint) ? line : wrap(line, columns, 0, 6));
  }
  if (error.errorClass === "internal" && flags.includes("--verbose")) lines.push(framesOf(thrown));
  world.terminal.note(lines.join("\n"));
  if (flags.includes("--json")) {
    const { envelopeText, errorEnvelope } = await import("../report/json.ts");
    await world.terminal.out(envelopeText(errorEnvelope(error, command))).catch(() => {
      // stdout is gone; the error is on stderr, and the exit code stays.
    });
  }
  return exitCodeOfError[error.errorClass];
}

function asKeyturnError(thrown: unknown, interrupt: AbortSignal): KeyturnError {
  if (thrown instanceof KeyturnError) return thrown;
  const wasInterrupted = interrupt.aborted && thrown instanceof Error && thrown.name === "AbortError";
  if (wasInterrupted && interrupt.reason instanceof KeyturnError) return interrupt.reason;
  return new InternalError(
    "ERR_INTERNAL",
    `unexpected failure in keyturn: ${sentenceOf(thrown)}`,
    ["this is a bug in keyturn: run it again with --verbose and report the output"],
    thrown,
  );
}

/** Parsers quote the text that they failed on, which may be a secret: show only the error's name. */
function sentenceOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `a thrown ${typeof thrown}`;
  return thrown instanceof SyntaxError ? thrown.name : `${thrown.name}: ${thrown.message.split("\n")[0]}`;
}

function framesOf(thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : "";
  return stack
    .split("\n")
    .filter((line) => line.startsWith("    at "))
    .join("\n");
}
