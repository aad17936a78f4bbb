/** The text that a command was given: a file, stdin, or the argument itself. */
import type { World } from "../seams.ts";

/** What no path looks like: a header, a URL, JSON, a command line. */
const IS_NO_PATH =
  /^(?:cookie:|set-cookie:|https?:\/\/|curl(?:\.exe)?\s|[{[])|CloudFront-[A-Z]|[\r\n]|^eyJ[\w~-]{20,}$/i;

export const isInline = (argument: string): boolean => IS_NO_PATH.test(argument);

/** Warns where an argument holds cookies: shells keep it in their history, and `ps` shows it. */
export async function readInput(argument: string, world: Pick<World, "files" | "terminal">): Promise<string> {
  if (argument === "-") return decode(await world.files.stdin());
  if (!isInline(argument)) return decode(await world.files.read(argument));
  if (/Signature=|CloudFront-Signature/i.test(argument)) {
    world.terminal.note(
      "warning: the argument holds a signature, which now stands in the shell's history; use a file or - (stdin)",
    );
  }
  return argument;
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
