/**
 * The top of the page: whether all is well, where the rotation stands, how long it waits, who has to act and what to
 * run.
 */
import { type Html, html } from "../../pictures/html.ts";
import type { RotationStatus } from "../../rotation/status.ts";
import { isToType } from "../../text/layout.ts";
import { formatDuration, formatInstant, type Seconds } from "../../time.ts";
import type { SandboxView } from "./view.ts";

/** How long an unexpected answer keeps the verdict bad. */
const RECENT: Seconds = 60;

interface Verdict {
  readonly state: "good" | "warn" | "bad";
  readonly says: string;
}
const SIGN = { good: "✓", warn: "!", bad: "✗" } as const;

function verdictOf({ rotation, traffic, now }: SandboxView): Verdict {
  const wrong = Object.values(traffic.senders)
    .flat()
    .filter(({ at }) => at + traffic.every > now - RECENT)
    .reduce((sum, { unexpected }) => sum + unexpected, 0);
  const status = rotation?.status;
  if (status?.outage !== undefined)
    return { state: "bad", says: `Viewers are being denied: ${status.outage.says}` };
  if (wrong > 0) {
    const requests = wrong === 1 ? "one request" : `${wrong} requests`;
    return {
      state: "bad",
      says: `In the last minute ${requests} got an unexpected answer: listed first below`,
    };
  }
  if (status?.state === "halted") return { state: "bad", says: `The rotation halted: ${status.says}` };
  if (rotation === undefined)
    return { state: "good", says: "Healthy. This gate has never been rotated, and no rotation is open" };
  if (status === undefined)
    return { state: "warn", says: "The rotation's state is changing, or cannot be read" };
  if (status.state === "rotated" || status.state === "aborted")
    return {
      state: status.turn === "you" ? "warn" : "good",
      says: `${status.turn === "you" ? "" : "Healthy. "}The last rotation was ${status.state}: ${status.says}`,
    };
  // Viewers with cookies of the old key are cut off on purpose: on course, but not healthy.
  if (status.mode !== "normal")
    return { state: "warn", says: `The rotation is on course, mode ${status.mode}: ${status.says}` };
  return { state: "good", says: `Healthy. The rotation is on course: ${status.says}` };
}

export function panel(view: SandboxView): Html {
  const { state, says } = verdictOf(view);
  const status = view.rotation?.status;
  return html`<section id="rotation" class="panel ${state}"><p class="verdict" role="status"><b class="sign" aria-hidden="true">${SIGN[state]}</b> ${says}</p>
${status === undefined ? never(view) : open(status, view)}</section>`;
}

const never = (view: SandboxView) =>
  view.rotation === undefined &&
  html`<dl><div class="wide"><dt>type</dt><dd><code>keyturn rotate start --gate ${view.gate} --yes --wait</code></dd></div></dl>`;

const TURN = { keyturn: "keyturn", nobody: "nobody; it is waiting", you: "you" } as const;

function open(status: RotationStatus, { now }: SandboxView): Html {
  const { rotation, step, steps, until, turn, typeNext, abort, mode, goal, old, new: fresh, state } = status;
  const isOver = state === "rotated" || state === "aborted";
  const kind = [goal === "abort" && "abort", mode !== "normal" && mode]
    .filter((each) => each !== false)
    .join(", ");
  return html`<ol class="stages" aria-label="stages">${steps.map(
    (each) =>
      html`<li class="${each.state}"><span aria-hidden="true">${{ done: "✓", now: "▶", ahead: "○" }[each.state]}</span> ${each.step.replaceAll("-", " ")}<span class="spoken"> ${{ done: "complete", now: "now", ahead: "ahead" }[each.state]}</span></li>`,
  )}</ol>
<dl><div><dt>rotation</dt><dd>${rotation}${kind !== "" && ` (${kind})`}</dd></div>
<div><dt>stage</dt><dd>${isOver ? `all, ${state}` : step}</dd></div>
<div><dt>until</dt><dd>${until === undefined ? "no wait" : `${formatInstant(Math.ceil(until)).slice(11, 19)}, in ${formatDuration(Math.max(0, until - now))}`}</dd></div>
<div><dt>turn</dt><dd>${isOver && turn === "nobody" ? "nobody; it is over" : TURN[turn]}</dd></div>
<div><dt>keys</dt><dd><code class="old">${old}</code> → ${fresh === undefined ? "not created yet" : html`<code class="new">${fresh}</code>`}</dd></div>
<div class="wide"><dt>type</dt><dd>${typeNext.length === 0 ? "nothing" : typeNext.map((line) => (isToType(line) ? html`<code>${line}</code> ` : html`<span>${line}</span> `))}</dd></div>
${!isOver && html`<div class="wide"><dt>abort now</dt><dd>${abort.says}${abort.takes !== undefined && abort.takes > 0 && ` (about ${formatDuration(abort.takes)})`}</dd></div>`}</dl>`;
}
