/** The page at the sandbox's root: the whole sandbox at a glance, and the switches that break it. */
import { createHash } from "node:crypto";
import { trafficFigure } from "../../pictures/areas.ts";
import { DEFS } from "../../pictures/defs.ts";
import { type Figure, figureOf } from "../../pictures/figure.ts";
import { type Html, html } from "../../pictures/html.ts";
import { trustFigure } from "../../pictures/lanes.ts";
import { formatInstant, type Seconds } from "../../time.ts";
import { trafficPicture, trustPicture } from "../site-pictures.ts";
import { countNoun, faultBanner, orderedFaults, switchTable } from "./faults.ts";
import { SCRIPT, STYLE } from "./look.ts";
import { panel } from "./panel.ts";
import { requestTable } from "./requests.ts";
import { locations, stateTables } from "./state-tables.ts";
import type { SandboxView, SenderFilter } from "./view.ts";

const hash = (text: Html) => `'sha256-${createHash("sha256").update(text.toString()).digest("base64")}'`;
/** Only this file's script and style; requests go only to the sandbox. */
export const PAGE_POLICY = `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(SCRIPT)}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;

export function renderPage(view: SandboxView, shown: SenderFilter = "all"): string {
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
${DEFS}
<header><h1>keyturn sandbox</h1><p>Gate <b>${view.gate}</b> at <a href="${view.site}">${view.site}</a>. Everything here is local; nothing is AWS.</p>
<p id="gone" role="status" hidden>The sandbox no longer answers: this page is out of date.</p></header>
<main id="live">${renderLive(view, shown)}</main>
<script>${SCRIPT}</script>
</body>
</html>`}`;
}

/** The drawings cover this long, or the whole rotation if that is longer. */
const WINDOW: Seconds = 120;
/** An axis needs a length, also in the sandbox's first second. */
const SHORTEST: Seconds = 10;
/** Two drawings side by side; stacked on a phone. */
const WIDTHS = [600, 380] as const;

/** The part that refreshes itself. */
export function renderLive(view: SandboxView, shown: SenderFilter = "all"): Html {
  const { now, rotation, trust, traffic } = view;
  const record = rotation?.record;
  const begun =
    record !== undefined && (record.finished === undefined || now - record.finished.at < WINDOW)
      ? record.openedAt - 5
      : now;
  const first = Math.min(now, ...trust.flatMap(({ spans }) => spans.map(({ from }) => from)));
  const from = Math.min(now - SHORTEST, Math.max(first, Math.min(begun, now - WINDOW)));
  const history = { trust, traffic, from, to: now, record };
  const drawn = (figure: Figure) => figureOf(figure, WIDTHS);
  return html`${panel(view)}${faultBanner(view)}
<div class="pictures">${drawn(trustFigure(trustPicture(history)))}${drawn(trafficFigure(trafficPicture(history)))}</div>
<p class="counts">${countNoun(view.requestCount, "edge request")}, ${countNoun(view.origin.served, "origin call")},
${countNoun(view.origin.unverified, "call")} that skipped the edge. ${formatInstant(now)}</p>
${switchTable(view)}
${stateTables(view)}
${requestTable(view, shown)}
${locations(view)}
${orderedFaults(view)}`;
}
