/** The evidence of a rotation as one HTML page: its stages, its trust, its proofs. For a change ticket. */
import { figureOf } from "../../pictures/figure.ts";
import { type Html, html, name } from "../../pictures/html.ts";
import { trustFigure } from "../../pictures/lanes.ts";
import { type Sheet, sheetText } from "../../pictures/sheet.ts";
import { stagesFigure } from "../../pictures/stages.ts";
import { tableOf } from "../../pictures/table.ts";
import { openedByText, PROOFS, type Proof, type RotationRecord } from "../../rotation/record.ts";
import type { RotationStatus } from "../../rotation/status.ts";
import { type EpochSeconds, formatDuration, formatInstant } from "../../time.ts";
import { PROOF_TITLE } from "../proof-title.ts";
import { type RotationSeen, rotationTimeline } from "./rotation-timeline.ts";
import { rotationTrust } from "./rotation-trust.ts";

export function rotationHtml(seen: RotationSeen): string {
  const { record, status, now, journal } = seen;
  const timeline = rotationTimeline(seen);
  return sheetText({
    title: `rotation ${record.rotation} of gate ${record.gate}`,
    verdict: rotationVerdict(record, status, now),
    facts: rotationFacts(record, status, now),
    next: status?.typeNext ?? [],
    written: formatInstant(now),
    body: [
      figureOf(stagesFigure(timeline)),
      journal.length === 0 &&
        html`<p class="none">This machine has no journal of the rotation. Who ran each stage, and past halts, are recorded only on the machine where it ran.</p>`,
      figureOf(trustFigure(rotationTrust(record, record.finished?.at ?? now))),
      proofsOf(record),
    ],
  });
}

/** Where it stands, in one line. */
function rotationVerdict(
  { finished, goal, mode, epoch }: RotationRecord,
  status: RotationStatus | undefined,
  now: EpochSeconds,
): Sheet["verdict"] {
  const urgent = mode === "normal" ? "" : ` (mode ${mode})`;
  if (status?.outage !== undefined)
    return { state: "bad", says: `Viewers are being denied: ${status.outage.says}` };
  if (status === undefined) {
    const end = finished === undefined ? `open, goal ${goal}, epoch ${epoch}` : finished.outcome;
    return { state: "plain", says: `${capital(end)}${urgent}; the gate's current state was not read` };
  }
  const { state, says, until, turn } = status;
  if (state === "rotated")
    return { state: turn === "you" ? "warn" : "good", says: `Rotated${urgent}: ${says}` };
  if (state === "aborted") return { state: "warn", says: `Aborted${urgent}: ${says}` };
  if (state === "halted") return { state: "bad", says: `Halted at ${status.step}${urgent}: ${says}` };
  // Viewers may be cut off, as decided: that is not a healthy state.
  const open = mode === "normal" ? "good" : "warn";
  if (state === "waiting" && until !== undefined)
    return {
      state: open,
      says: `On course at ${status.step}${urgent}: ${says}, ${formatDuration(Math.max(0, until - now))} left`,
    };
  return { state: open, says: `Ready at ${status.step}${urgent}: ${says}` };
}

const TURN = {
  keyturn: "keyturn; it can continue now",
  nobody: "nobody; it has to wait",
  you: "you",
} as const;

function rotationFacts(
  record: RotationRecord,
  status: RotationStatus | undefined,
  now: EpochSeconds,
): Sheet["facts"] {
  const { gate, startedBy, openedAt, mode, goal, finished, old, new: fresh } = record;
  const isOpen = finished === undefined;
  return [
    ["gate", name(gate)],
    ["started by", name(openedByText(record))],
    ["ticket", name(startedBy.ticket ?? "none")],
    ["opened", `${formatInstant(openedAt)} (${formatDuration(Math.max(0, now - openedAt))} ago)`],
    ...(isOpen && status !== undefined ? [["turn", TURN[status.turn]] as const] : []),
    ...(isOpen && status?.until !== undefined
      ? [["waits until", formatInstant(Math.ceil(status.until))] as const]
      : []),
    ...(finished === undefined
      ? []
      : [["closed", `${formatInstant(finished.at)}, ${finished.outcome}`] as const]),
    ["goal and mode", `${goal}, ${mode}`],
    ...(isOpen && status !== undefined
      ? [
          [
            "abort now",
            `${status.abort.says}${status.abort.takes ? ` (about ${formatDuration(status.abort.takes)})` : ""}`,
          ] as const,
        ]
      : []),
    ["old key", name(old.keyPairId)],
    ["new key", fresh === undefined ? "not created yet" : name(fresh.keyPairId)],
  ];
}

/** Fingerprints and request ids come last: few people need them. */
function proofsOf({ proofs, old, new: fresh, epoch }: RotationRecord): Html {
  const shown = PROOFS.flatMap((each) => {
    const proof = proofs[each];
    return proof === undefined ? [] : [proofOf(PROOF_TITLE[each], proof)];
  });
  return html`<section id="proofs"><h2>Proofs and identities</h2>${shown.length === 0 ? html`<p class="none">Nothing is proven yet.</p>` : shown}${tableOf(
    {
      caption: `Keys, epoch ${epoch}`,
      head: ["key", "key pair ID", "SPKI SHA-256", "secret version"],
      rows: [
        ["old", name(old.keyPairId), name(old.fingerprint), name(old.versionId)],
        ...(fresh === undefined
          ? []
          : [["new", name(fresh.keyPairId), name(fresh.fingerprint), name(fresh.versionId)]]),
      ],
    },
  )}</section>`;
}

function proofOf(title: string, proof: Proof): Html {
  const { good, goodSince, provenAt, locations, behind = {}, requestIds, etags, complaint } = proof;
  const span =
    goodSince !== undefined && provenAt !== undefined ? ` over ${formatDuration(provenAt - goodSince)}` : "";
  const isUntested = good === 0 && provenAt !== undefined;
  const says = isUntested
    ? `not tested: trusted, unchanged, for longer than the settle time at ${formatInstant(provenAt)}`
    : `${good} good canary checks in a row${span}${provenAt === undefined ? ", not complete" : `, complete ${formatInstant(provenAt)}`}`;
  return html`<h3>${title}</h3>${tableOf({
    caption: says,
    head: ["what", "value"],
    rows: [
      ["edge locations seen", listed(locations) ?? "none identified themselves"],
      ...(Object.keys(behind).length === 0 ? [] : [["still behind", listed(Object.keys(behind))]]),
      ...(complaint === undefined ? [] : [["last failure", name(complaint)]]),
      ["key group ETags", listed(Object.entries(etags).map(([id, etag]) => `${id} ${etag}`)) ?? "none"],
      ["request ids of the last check", listed(requestIds) ?? "none"],
    ],
  })}`;
}

const listed = (texts: readonly string[]) =>
  texts.length === 0 ? undefined : texts.map((each, at) => html`${at > 0 && ", "}${name(each)}`);
const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);
