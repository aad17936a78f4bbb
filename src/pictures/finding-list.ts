/** Findings by severity: what is wrong, the evidence, what to type. */
import type { Finding, SettingLines } from "../finding.ts";
import { isToType } from "../text/layout.ts";
import { type Html, html, name, sentence } from "./html.ts";

const SEVERITIES = ["error", "warning", "note"] as const;
const SIGN: Readonly<Record<Finding["severity"], string>> = { error: "✗", warning: "!", note: "•" };
const TITLE: Readonly<Record<Finding["severity"], string>> = {
  error: "Errors",
  warning: "Warnings",
  note: "Notes",
};

export function findingList(findings: readonly Finding[], none: string): Html {
  if (findings.length === 0)
    return html`<section id="findings"><h2>Findings</h2><p class="none">${none}</p></section>`;
  return html`<section id="findings"><h2>Findings</h2>${SEVERITIES.map((severity) => {
    const own = findings.filter((each) => each.severity === severity);
    return own.length > 0 && html`<h3>${TITLE[severity]} (${own.length})</h3>${own.map(findingOf)}`;
  })}</section>`;
}

function findingOf({ id, severity, message, basis, evidence, remedy, setting, where }: Finding): Html {
  return html`<article class="finding ${severity}"><h4><span class="sign">${SIGN[severity]}</span> ${sentence(message)}</h4>
<p class="where"><code>${id}</code>${where !== undefined && html`, ${name(where)}`}${basis === "inferred" && ", inferred"}</p>
${evidence.length > 0 && html`<ul>${evidence.map((fact) => html`<li>${sentence(fact)}</li>`)}</ul>`}${remedy !== undefined && remedyOf(remedy)}${setting !== undefined && settingOf(setting)}</article>
`;
}

function settingOf({ terraform, cloudFormation }: SettingLines): Html {
  return html`<pre><code>${terraform}</code></pre><pre><code>${cloudFormation}</code></pre>`;
}

/** A command gets its own line, so that it can be copied whole. */
export function remedyOf(remedy: string): Html {
  return isToType(remedy)
    ? html`<pre><code>${remedy}</code></pre>`
    : html`<p class="fix"><b>Fix:</b> ${sentence(remedy)}</p>`;
}
