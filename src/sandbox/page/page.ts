/** The page at the sandbox's root: the whole sandbox at a glance, and the switches that break it. */
import { formatDuration, formatInstant } from "../../time.ts";
import { type Html, html } from "./html.ts";
import { SCRIPT, STYLE } from "./look.ts";
import type { SandboxView } from "./view.ts";

export function renderPage(view: SandboxView): string {
  return `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>keyturn sandbox</title>
<link rel="icon" href="data:,">
<noscript><meta http-equiv="refresh" content="3"></noscript>
<style>${STYLE}</style>
</head>
<body>
<header><h1>keyturn sandbox</h1><p>Gate <b>${view.gate}</b> at <a href="${view.site}">${view.site}</a>. Everything here is local; nothing is AWS.</p>
<p id="gone" role="status" hidden>The sandbox no longer answers: this page is out of date.</p></header>
<main id="live">${renderLive(view)}</main>
<script>${SCRIPT}</script>
</body>
</html>`}`;
}

/** The part that refreshes itself. */
export function renderLive(view: SandboxView): Html {
  return html`<p class="counts">${count(view.requestCount, "edge request")}, ${count(view.origin.served, "origin call")},
${count(view.origin.unverified, "call")} that skipped the edge. ${formatInstant(view.now)}</p>
${locations(view)}
<div class="columns">${publicKeys(view)}${keyGroups(view)}${secrets(view)}</div>
${requests(view)}
${switches(view)}
${orderedFaults(view)}`;
}

function locations(view: SandboxView): Html {
  const keys = view.publicKeys.map(({ id }) => id);
  return html`<section id="locations"><h2>Edge locations and what each trusts</h2>
<table><thead><tr><th>location</th><th>learns after</th><th>prober gets here</th>${keys.map((id) => html`<th><code>${id}</code></th>`)}<th>next change</th></tr></thead>
<tbody>${view.locations.map(
    (location) => html`<tr><td><code>${location.pop}</code></td>
<td>${Number.isFinite(location.delay) ? formatSeconds(location.delay) : "never"}</td>
<td>${location.reachable ? "yes" : "no"}</td>
${keys.map((id) => (location.trusts.includes(id) ? html`<td class="yes">trusted</td>` : html`<td class="no">unknown</td>`))}
<td>${location.learnsIn === undefined ? "up to date" : `in ${formatSeconds(location.learnsIn)}`}</td></tr>`,
  )}</tbody></table></section>`;
}

const publicKeys = (view: SandboxView) => html`<section id="keys"><h2>Public keys</h2>
<table><thead><tr><th>id</th><th>name</th><th>age</th><th>fingerprint</th></tr></thead>
<tbody>${view.publicKeys.map(
  (key) => html`<tr><td><code>${key.id}</code></td><td>${key.name}</td>
<td>${formatDuration(view.now - key.createdAt)}</td><td><code>${key.fingerprint.slice(0, 19)}...</code></td></tr>`,
)}</tbody></table></section>`;

const keyGroups = (view: SandboxView) => html`<section id="groups"><h2>Key groups</h2>
<table><thead><tr><th>name</th><th>keys</th><th>comment</th></tr></thead>
<tbody>${view.keyGroups.map(
  (group) => html`<tr><td title="${group.id}">${group.name}</td>
<td>${group.items.map((id) => html`<code>${id}</code> `)}</td><td>${group.comment}</td></tr>`,
)}</tbody></table></section>`;

const secrets = (view: SandboxView) => html`<section id="secrets"><h2>Secret labels</h2>
${view.secrets.map(
  (secret) => html`<h3>${secret.name}</h3>
<table><tbody>${secret.versions
    .filter(({ stages }) => stages.length > 0)
    .map(
      (
        version,
      ) => html`<tr><td><code title="${version.versionId}">${shortVersion(version.versionId)}</code></td>
<td>${version.stages.map((stage) => html`<span class="label">${stage}</span> `)}</td>
<td>${formatDuration(view.now - version.createdAt)}</td></tr>`,
    )}</tbody></table>${withoutLabel(secret)}`,
)}</section>`;

/** Shortens a version ID: for a rotation's version, what follows the program's name; for others, the first characters. */
function shortVersion(id: string): string {
  const written = /^keyturn-(.+)$/.exec(id)?.[1];
  return written ?? id.slice(0, 8);
}

/** A rotation leaves dozens of unlabeled versions, one for each update of its record. */
function withoutLabel({ versions }: SandboxView["secrets"][number]): Html {
  const rest = versions.filter(({ stages }) => stages.length === 0).length;
  return rest === 0 ? html`` : html`<p>${count(rest, "older version")} without a label</p>`;
}

const requests = (view: SandboxView) => html`<section id="requests"><h2>Last requests</h2>
<table><thead><tr><th>time</th><th>location</th><th>request</th><th>status</th><th>answered by</th><th>actual reason</th><th>key</th></tr></thead>
<tbody>${view.requests.map(
  (
    request,
  ) => html`<tr class="${request.by === "signature-check" ? "denied" : request.status >= 400 ? "refused" : "ok"}">
<td>${formatInstant(request.at).slice(11, 19)}</td><td><code>${request.pop}</code></td>
<td class="target">${request.method} ${request.target}</td><td>${request.status}${request.code === undefined ? "" : ` ${request.code}`}</td>
<td>${request.by}</td><td>${request.reason ?? ""}</td><td><code>${request.keyPairId ?? ""}</code></td></tr>`,
)}</tbody></table></section>`;

function switches(view: SandboxView): Html {
  const groups = [...new Set(view.switches.map(({ group }) => group))];
  return html`<section id="switches"><h2>Switches</h2><p>Each breaks one thing until you turn it off.</p>
<div class="columns">${groups.map(
    (group) =>
      html`<fieldset><legend>${group}</legend>${view.switches
        .filter((each) => each.group === group)
        .map(
          (each) => html`<form method="post" action="/_sandbox/switches">
<input type="hidden" name="id" value="${each.id}"><input type="hidden" name="on" value="${each.on ? "false" : "true"}">
<button id="${each.id}" class="${each.on ? "on" : "off"}" aria-pressed="${each.on ? "true" : "false"}">${each.on ? "on" : "off"}</button>
<label for="${each.id}">${each.title} <code>${each.id}</code></label></form>`,
        )}</fieldset>`,
  )}</div></section>`;
}

const EXAMPLE = `'{"on":"cloudfront","operation":"UpdateKeyGroup","kind":"throttle","times":2}'`;

const orderedFaults = (
  view: SandboxView,
) => html`<section id="faults" tabindex="-1"><h2>Faults ordered for upcoming calls</h2>
<table><tbody>${view.orderedFaults.map(
  (
    fault,
  ) => html`<tr><td>${fault.on}</td><td>${fault.operation ?? "any operation"}</td><td><code>${fault.kind}</code></td>
<td>${Number.isFinite(fault.times) ? count(fault.times, "more time") : "always"}</td><td>${fault.skip === 0 ? "" : `after ${count(fault.skip, "call")}`}</td>
<td><form method="post" action="/_sandbox/faults/${fault.id}/withdraw">
<button id="fault-${fault.id}" aria-label="withdraw ${fault.kind} of ${fault.on}, ${fault.operation ?? "any operation"}">withdraw</button></form></td></tr>`,
)}</tbody></table>
<p>Order one: <code>curl -X POST ${view.api}/_sandbox/faults -d ${EXAMPLE}</code></p></section>`;

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
const formatSeconds = (length: number) =>
  length < 10 ? `${Number(length.toFixed(1))}s` : formatDuration(length);
