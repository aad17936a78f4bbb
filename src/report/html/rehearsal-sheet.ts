/**
 * A rehearsal as one HTML page: the counts that must be zero, the stages, what each location trusted, and who
 * answered which requests.
 */
import { trafficFigure } from "../../pictures/areas.ts";
import { figureOf } from "../../pictures/figure.ts";
import { findingList } from "../../pictures/finding-list.ts";
import { html } from "../../pictures/html.ts";
import { trustFigure } from "../../pictures/lanes.ts";
import { type Sheet, sheetText } from "../../pictures/sheet.ts";
import { stagesFigure } from "../../pictures/stages.ts";
import { tableOf } from "../../pictures/table.ts";
import type { RehearsalEnd } from "../../sandbox/rehearsal/rehearsal.ts";
import { trafficPicture, trustPicture } from "../../sandbox/site-pictures.ts";
import { formatDuration, formatInstant } from "../../time.ts";
import { LINES, loggedLines } from "../rehearsal.ts";
import type { Report } from "../report.ts";
import { journalEntries } from "./journal-entries.ts";
import { rotationTimeline } from "./rotation-timeline.ts";

export function rehearsalHtml(end: RehearsalEnd, { findings }: Pick<Report, "findings">): string {
  const { counts, took, edge, look, journal, logged } = end;
  const now = edge.to;
  return sheetText({
    title: "rehearsal of a rotation in a local cloud",
    verdict: verdictOf(end),
    facts: [
      ["took", formatDuration(took)],
      ["requests", counts.requests.toLocaleString("en-US")],
      ["attacks among them", counts.attacks.toLocaleString("en-US")],
      ["rotation", look === undefined ? "left no record" : look.record.rotation],
    ],
    written: formatInstant(now),
    body: [
      html`<section id="counts"><h2>What was counted</h2>${tableOf({
        caption: "By the viewers and attackers themselves",
        head: ["count", "number", "must be"],
        rows: LINES.map(({ name, label, wrong }) => [
          label,
          counts[name],
          wrong === undefined ? "" : counts[name] === 0 ? "0 ✓" : html`<b class="wrong">0 ✗</b>`,
        ]),
      })}${logged !== undefined && html`<h3>By the edge's access logs, read by keyturn logs</h3><ul>${loggedLines(logged).map((line) => html`<li>${line}</li>`)}</ul>`}</section>`,
      findings.length > 0 && findingList(findings, ""),
      look !== undefined &&
        figureOf(
          stagesFigure(
            rotationTimeline({
              record: look.record,
              status: look.status,
              journal: journalEntries(journal, look.record.rotation),
              now,
            }),
          ),
        ),
      figureOf(trustFigure(trustPicture(edge))),
      figureOf(trafficFigure(trafficPicture(edge))),
    ],
  });
}

function verdictOf({ rotation, counts, took }: RehearsalEnd): Sheet["verdict"] {
  const wrong = LINES.filter((line) => line.wrong !== undefined && counts[line.name] > 0);
  const time = formatDuration(took);
  if (wrong.length > 0)
    return { state: "bad", says: wrong.map(({ name, label }) => `${counts[name]} ${label}`).join("; ") };
  if (rotation.outcome !== "done")
    return { state: "bad", says: `The rotation did not finish, in ${time} under live traffic` };
  return { state: "good", says: `All ten stages in ${time} under live traffic, and nobody was locked out` };
}
