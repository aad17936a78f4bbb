/** A terminal that escapes control sequences in text, whoever wrote it: AWS, a server, a file. */

import { withoutCommands } from "../report/github.ts";
import type { Terminal, World } from "../seams.ts";
import { printablePage } from "../text/printable.ts";

/** Makes stderr printable; stdout may be data, so `printReport` handles its text. */
export function guarded({ terminal, env }: Pick<World, "terminal" | "env">): Terminal {
  return {
    out: (text) => terminal.out(text),
    page: (text, pager) => terminal.page(text, pager),
    note: (text) => terminal.note(withoutCommands(printablePage(text), env)),
    insist: (text) => terminal.insist(printablePage(text)),
    progress: (text) => terminal.progress(withoutCommands(printablePage(text), env)),
    ask: (question) => terminal.ask(printablePage(question)),
    get live() {
      return terminal.live;
    },
    get interactive() {
      return terminal.interactive;
    },
    get columns() {
      return terminal.columns;
    },
  };
}
