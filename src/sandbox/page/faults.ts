/** The page's faults: a banner with those that are on, the switches, and the faults that are queued for later calls. */
import { type Html, html } from "../../pictures/html.ts";
import type { SandboxView } from "./view.ts";

type Switch = SandboxView["switches"][number];

/** Each can be turned off there: a forgotten fault makes a healthy rotation look broken. */
export function faultBanner({ switches, orderedFaults }: SandboxView): Html {
  const on = switches.filter((each) => each.on);
  if (on.length === 0 && orderedFaults.length === 0) return html``;
  const ordered =
    orderedFaults.length > 0 &&
    html`<a href="#faults">${countNoun(orderedFaults.length, "scheduled fault")}</a>`;
  return html`<div id="banner"><b>! On now:</b> ${on.map((each) => html`<span>${each.title} ${turning(each, `off-${each.id}`)}</span> `)}${ordered}</div>`;
}

const turning = (
  { id, on, title }: Switch,
  button: string,
) => html`<form method="post" action="/_sandbox/switches">
<input type="hidden" name="id" value="${id}"><input type="hidden" name="on" value="${on ? "false" : "true"}">
<button id="${button}" class="${on ? "on" : "off"}" aria-pressed="${on ? "true" : "false"}" ${button !== id && html`aria-label="turn off: ${title}"`}>${button === id ? (on ? "on" : "off") : "turn off"}</button></form>`;

export function switchTable({ switches }: SandboxView): Html {
  const groups = [...new Set(switches.map(({ group }) => group))];
  const on = switches.filter((each) => each.on).length;
  return html`<details id="switches" ${on > 0 && html`open`}><summary>Make something go wrong: ${switches.length} faults, ${on === 0 ? "none" : on} on</summary><div class="columns">${groups.map(
    (group) =>
      html`<fieldset><legend>${group}</legend>${switches
        .filter((each) => each.group === group)
        .map(
          (each) =>
            html`<div class="switch">${turning(each, each.id)}<label for="${each.id}">${each.title} <code>${each.id}</code></label></div>`,
        )}</fieldset>`,
  )}</div></details>`;
}

const EXAMPLE = `'{"on":"cloudfront","operation":"UpdateKeyGroup","kind":"throttle","times":2}'`;

export const orderedFaults = (
  view: SandboxView,
) => html`<section id="faults" tabindex="-1"><h2>Faults scheduled for upcoming calls</h2>
<table><tbody>${view.orderedFaults.map(
  (
    fault,
  ) => html`<tr><td>${fault.on}</td><td>${fault.operation ?? "any operation"}</td><td><code>${fault.kind}</code></td>
<td>${Number.isFinite(fault.times) ? countNoun(fault.times, "more time") : "always"}</td><td>${fault.skip === 0 ? "" : `after ${countNoun(fault.skip, "call")}`}</td>
<td><form method="post" action="/_sandbox/faults/${fault.id}/withdraw">
<button id="fault-${fault.id}" aria-label="withdraw ${fault.kind} of ${fault.on}, ${fault.operation ?? "any operation"}">withdraw</button></form></td></tr>`,
)}</tbody></table>
<p class="none">Schedule one: <code>curl -X POST ${view.api}/_sandbox/faults -d ${EXAMPLE}</code></p></section>`;

export const countNoun = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
