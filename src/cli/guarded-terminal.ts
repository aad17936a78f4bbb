/** A terminal that escapes control sequences in any text, whether from AWS, a server or a file. */

import { withoutCommands } from "../report/github.ts";
import type { Terminal, World } from "../seams/world.ts";
import { printablePage } from "../text/printable.ts";
import { terminalWith } from "./terminal-with.ts";

/** Makes stderr printable; stdout may be data, so `printReport` handles its text. */
export function guarded({ terminal, env }: Pick<World, "terminal" | "env">): Terminal {
  return terminalWith(terminal, {
    note: (text) => terminal.note(withoutCommands(printablePage(text), env)),
    insist: (text) => terminal.insist(printablePage(text)),
    progress: (text) => terminal.progress(withoutCommands(printablePage(text), env)),
    ask: (question) => terminal.ask(printablePage(question)),
  });
}
