/** What a run says while it goes on: a line for each act, and while it waits a live line or a heartbeat. */
import type { Progress } from "../rotation/drive.ts";
import { HEARTBEAT } from "../rotation/drive.ts";
import type { Clock, Terminal } from "../seams.ts";
import { type EpochSeconds, formatDuration, formatInstant } from "../time.ts";
import { noteColumns, wrap } from "./text.ts";

type Needs = { readonly terminal: Terminal; readonly clock: Pick<Clock, "now"> };

/** On a terminal one line is rewritten while it waits; elsewhere a plain line every 30 s says that it is alive. */
export function progressOn({ terminal, clock }: Needs): Progress {
  let lastBeat: EpochSeconds = Number.NEGATIVE_INFINITY;
  let lastWait = "";
  return (event) => {
    const time = formatInstant(clock.now()).slice(11, 19);
    if (event.kind === "acted") {
      const outcome = {
        done: "",
        moved: " (moved meanwhile: looking again)",
        unclear: " (no answer: looking again)",
      };
      const said = `${time} ${event.act.step}: ${event.act.why}${outcome[event.outcome]}`;
      terminal.note(wrap(said, noteColumns(terminal), 0, 9));
      lastWait = "";
      return;
    }
    if (event.kind !== "waiting") return;
    const { wait, now } = event;
    const left = formatDuration(Math.max(0, wait.waitUntil - now));
    const line = `${time} ${wait.step}: ${left} left, waiting for ${wait.waitingFor}`;
    // A line that wraps could not be rewritten.
    if (terminal.interactive) return terminal.progress(line.slice(0, (terminal.columns ?? 80) - 1));
    if (wait.waitingFor === lastWait && now - lastBeat < HEARTBEAT) return;
    lastBeat = now;
    lastWait = wait.waitingFor;
    terminal.note(line);
  };
}
