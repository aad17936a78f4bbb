/** Keys, key groups, labels and edge locations as they are now; old and new key marked. */
import { type Html, html, name } from "../../pictures/html.ts";
import { formatDuration } from "../../time.ts";
import { keyRole } from "../site-pictures.ts";
import type { SandboxView } from "./view.ts";

export const stateTables = (view: SandboxView) =>
  html`<div class="columns">${publicKeys(view)}${keyGroups(view)}${secrets(view)}</div>`;

/** Its role in the rotation, and whether it signs. */
function keyMarks(id: string, { rotation, signing }: SandboxView): Html {
  const role = keyRole(id, rotation?.record);
  return html`${role !== "other" && html`<b class="tag ${role}">${role}</b> `}${id === signing && html`<b class="tag">signs</b>`}`;
}

const keyCode = (id: string, { rotation }: SandboxView) =>
  html`<code class="${keyRole(id, rotation?.record)}">${name(id)}</code> `;

const publicKeys = (view: SandboxView) => html`<section id="keys"><h2>Public keys</h2>
<table><thead><tr><th scope="col">id</th><th scope="col">name</th><th scope="col">age</th></tr></thead>
<tbody>${view.publicKeys.map(
  (
    key,
  ) => html`<tr><td>${keyCode(key.id, view)}${keyMarks(key.id, view)}</td><td title="${key.fingerprint}">${name(key.name)}</td>
<td>${formatDuration(view.now - key.createdAt)}</td></tr>`,
)}</tbody></table></section>`;

const keyGroups = (view: SandboxView) => html`<section id="groups"><h2>Key groups</h2>
<table><thead><tr><th scope="col">name</th><th scope="col">keys</th><th scope="col">comment</th></tr></thead>
<tbody>${view.keyGroups.map(
  (group) => html`<tr><td title="${group.id}">${name(group.name)}</td>
<td>${group.items.map((id) => keyCode(id, view))}</td><td>${name(group.comment)}</td></tr>`,
)}</tbody></table></section>`;

const secrets = (view: SandboxView) => html`<section id="secrets"><h2>Secret labels</h2>
${view.secrets.map(
  (secret) => html`<h3>${name(secret.name)}</h3>
<table><tbody>${secret.versions
    .filter(({ stages }) => stages.length > 0)
    .map(
      (
        version,
      ) => html`<tr><td><code title="${version.versionId}">${shortVersion(version.versionId)}</code></td>
<td>${version.stages.map((stage) => html`<span class="tag ${labelRole(stage)}">${stage}</span> `)}</td>
<td>${formatDuration(view.now - version.createdAt)}</td></tr>`,
    )}</tbody></table>${withoutLabel(secret)}`,
)}</section>`;

const labelRole = (stage: string) =>
  stage === "keyturn-new" ? "new" : stage === "keyturn-old" ? "old" : stage === "AWSCURRENT" ? "current" : "";

/** For a version that a rotation wrote, the part after `keyturn-`; for any other, its first characters. */
function shortVersion(id: string): string {
  const written = /^keyturn-(.+)$/.exec(id)?.[1];
  return written ?? id.slice(0, 8);
}

/** A rotation leaves dozens of record versions without a label. */
function withoutLabel({ versions }: SandboxView["secrets"][number]): Html {
  const rest = versions.filter(({ stages }) => stages.length === 0).length;
  return rest === 0
    ? html``
    : html`<p class="none">${rest} older version${rest === 1 ? "" : "s"} without a label</p>`;
}

export function locations(view: SandboxView): Html {
  return html`<section id="locations"><h2>Edge locations now</h2>
<table><thead><tr><th scope="col">location</th><th scope="col">updates after</th><th scope="col">reached by the prober</th><th scope="col">trusts</th><th scope="col">next change</th></tr></thead>
<tbody>${view.locations.map(
    (location) => html`<tr><td><code>${name(location.pop)}</code></td>
<td>${Number.isFinite(location.delay) ? formatSeconds(location.delay) : "never"}</td>
<td>${location.reachable ? "yes" : "no"}</td>
<td>${location.trusts.length === 0 ? "no key" : location.trusts.map((id) => keyCode(id, view))}</td>
<td>${location.learnsIn === undefined ? "up to date" : `in ${formatSeconds(location.learnsIn)}`}</td></tr>`,
  )}</tbody></table></section>`;
}

const formatSeconds = (length: number) =>
  length < 10 ? `${Number(length.toFixed(1))}s` : formatDuration(length);
