/** A terminal that overrides some methods of another. */
import type { Terminal } from "../seams/world.ts";

/** Reads properties of `terminal`, such as its width, anew each time. */
export function terminalWith(
  terminal: Terminal,
  changed: Partial<Pick<Terminal, "note" | "insist" | "progress" | "ask">>,
): Terminal {
  return {
    out: (text) => terminal.out(text),
    page: (text, pager) => terminal.page(text, pager),
    note: (text) => terminal.note(text),
    insist: (text) => terminal.insist(text),
    progress: (text) => terminal.progress(text),
    ask: (question) => terminal.ask(question),
    ...changed,
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
