/**
 * A report as one file: its Content-Security-Policy keeps it from loading anything or running scripts. It can be
 * mailed, attached to a change ticket and printed.
 */
import { createHash } from "node:crypto";
import { DEFS } from "./defs.ts";
import { Html, type HtmlPart, html } from "./html.ts";
import { SHEET_STYLE } from "./look.ts";

export interface Sheet {
  /** `rotation of gate demo`: for the title. */
  readonly title: string;
  /** The verdict in one line, above everything else. */
  readonly verdict: { readonly state: "good" | "warn" | "bad" | "plain"; readonly says: string };
  readonly facts: readonly (readonly [label: string, value: HtmlPart])[];
  /** What to type next. */
  readonly next?: readonly string[];
  readonly body: readonly HtmlPart[];
  readonly written: string;
}

const SIGN = { good: "✓", warn: "!", bad: "✗", plain: "•" } as const;
const NOTE =
  "Signed cookies are an edge gate, not authentication: the application still authorizes every request.";
const hash = createHash("sha256").update(SHEET_STYLE).digest("base64");
const POLICY = `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;

export function sheetText({ title, verdict, facts, next = [], body, written }: Sheet): string {
  return `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>keyturn: ${title.slice(0, 200)}</title>
<link rel="icon" href="data:,">
<style>${new Html(SHEET_STYLE)}</style>
</head>
<body>
${DEFS}
<main>
<header><p class="kind">keyturn <span>${title.slice(0, 200)}</span></p>
<h1 class="verdict ${verdict.state}"><span class="sign" aria-hidden="true">${SIGN[verdict.state]}</span> <span>${verdict.says}</span></h1>
${next.length > 0 && html`<div class="next"><p>Next:</p>${next.map(nextStepHtml)}</div>`}
<dl class="facts">${facts.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl></header>
${body}
<footer><p>Written ${written}. ${NOTE}</p></footer>
</main>
</body>
</html>
`}`;
}

export const nextStepHtml = (line: string) =>
  /^(keyturn|aws) /.test(line) ? html`<pre><code>${line}</code></pre>` : html`<p>${line}</p>`;
