/** The evidence of a rotation for a change ticket: who, when, what was observed and where, and what could not be seen. */

import { openedByText, type Proof, type RotationRecord } from "../rotation/record.ts";
import { printableJson } from "../text/printable.ts";
import { type EpochSeconds, formatDuration, formatInstant } from "../time.ts";
import { escapeMarkdown } from "./markdown.ts";
import { PROOF_TITLE } from "./proof-title.ts";
import type { Report } from "./report.ts";

export type EvidenceFormat = "md" | "json";

const UNSEEN =
  "Edge locations other than those named were not seen: for them the proof relies on the settle time, " +
  "which is longer than CloudFront needs to reach its slowest location.";

export function evidenceReport(record: RotationRecord, now: EpochSeconds, format: EvidenceFormat): Report {
  const evidence = rotationEvidence(record, now);
  return {
    outcome: "done",
    result: evidence,
    findings: [],
    text: () =>
      format === "json" ? printableJson(JSON.stringify(evidence, null, 2)) : markdown(record, now),
  };
}

export function rotationEvidence(
  record: RotationRecord,
  now: EpochSeconds,
): Readonly<Record<string, unknown>> {
  const { gate, rotation, goal, mode, epoch, startedBy, old, proofs, repairs } = record;
  const all = evidenceRows(record);
  return {
    gate,
    rotation,
    goal,
    mode,
    epoch,
    at: formatInstant(now),
    startedBy,
    old,
    new: record.new,
    events: all
      .filter(({ undated }) => undated === undefined)
      .map(({ at, what }) => ({ at: formatInstant(at), what })),
    undated: all
      .filter(({ undated }) => undated !== undefined)
      .map(({ at, what, undated }) => ({
        what,
        seenBy: undated === "seen" ? formatInstant(at) : undefined,
      })),
    proofs: Object.fromEntries(
      Object.entries(proofs).map(([name, proof]) => [
        name,
        proof === undefined ? undefined : proofFacts(proof),
      ]),
    ),
    repairs: repairs.map((each) => ({ ...each, at: formatInstant(each.at) })),
    settings: record.settings,
    unseen: UNSEEN,
  };
}

function proofFacts(proof: Proof): Readonly<Record<string, unknown>> {
  const { keyPairId, etags, begunAt, goodSince, provenAt, good, locations, requestIds } = proof;
  return {
    keyPairId,
    etags,
    begunAt: formatInstant(begunAt),
    firstGoodTripleAt: goodSince === undefined ? undefined : formatInstant(goodSince),
    provenAt: provenAt === undefined ? undefined : formatInstant(provenAt),
    goodTriples: good,
    edgeLocations: locations,
    requestIds,
  };
}

interface EvidenceRow {
  readonly what: string;
  readonly at: EpochSeconds;
  /** The record shows that it happened, not when. `seen`: by `at`, at the latest; `unseen`: no time was recorded. */
  readonly undated?: "seen" | "unseen";
}

/** In the order in which they happened; within one second, in the only possible order. */
function evidenceRows(record: RotationRecord): readonly EvidenceRow[] {
  const { openedAt, old, new: fresh, proofs, goal, newMaySign, noReturn, finished } = record;
  const oldOut = `old id ${old.keyPairId} removed from every key group`;
  const newOut = `new id ${fresh?.keyPairId} removed from every key group`;
  const all = [
    dated(openedAt, "record opened"),
    ...(fresh === undefined ? [] : newKeyIn(fresh.keyPairId, record)),
    dated(proofs.new?.provenAt, "edge proven to accept the new key"),
    dated(newMaySign, "from here on signers may have the new key"),
    dated(record.switchedAt?.at, "AWSCURRENT confirmed on the new key"),
    dated(record.oldMayGo, "old key cleared for removal"),
    seenBy(proofs.gone?.begunAt, goal === "abort" ? `${oldOut}; the abort puts it back` : oldOut),
    dated(record.backAt?.at, "AWSCURRENT confirmed on the old key again"),
    dated(proofs.gone?.provenAt, "edge proven to deny the old key"),
    ...(goal === "abort" && fresh !== undefined ? [seenBy(noReturn, newOut)] : []),
    dated(noReturn, "point of no return"),
    ...(record.amended ?? []).map(({ at, what }) => dated(at, `record amended: ${what}`)),
    dated(finished?.at, `record closed: ${finished?.outcome}`),
  ];
  return all.filter((each) => each !== undefined).sort((one, other) => one.at - other.at);
}

/** The first canary check of a proof is sent once every group is as the proof requires: with the new id, or without the old. */
function newKeyIn(id: string, { openedAt, proofs, newMaySign }: RotationRecord): (EvidenceRow | undefined)[] {
  const trustedBy = proofs.new?.begunAt;
  const uploaded = `new public key ${id} uploaded`;
  return [
    seenBy(trustedBy ?? newMaySign, uploaded) ?? { what: uploaded, at: openedAt, undated: "unseen" },
    seenBy(trustedBy, `new id ${id} in every key group`),
  ];
}

function dated(at: EpochSeconds | undefined, what: string): EvidenceRow | undefined {
  return at === undefined ? undefined : { at, what };
}

function seenBy(at: EpochSeconds | undefined, what: string): EvidenceRow | undefined {
  return at === undefined ? undefined : { at, what, undated: "seen" };
}

function eventRow({ at, what, undated }: EvidenceRow): string {
  const when = undated === "unseen" ? "not recorded" : formatInstant(at);
  return `| ${undated === "seen" ? "by " : ""}${when} | ${what} |`;
}

function markdown(record: RotationRecord, now: EpochSeconds): string {
  const { gate, rotation, goal, mode, epoch } = record;
  return [
    `## Rotation ${rotation} of gate ${gate}`,
    "",
    `- goal ${goal}, mode ${mode}, epoch ${epoch}; written ${formatInstant(now)}`,
    ...evidenceLines(record),
  ].join("\n");
}

/** Markdown: who, which keys, what was observed and how it was proven. What only machines compare comes last. */
export function evidenceLines(record: RotationRecord): readonly string[] {
  const { startedBy, old, new: fresh, repairs } = record;
  const by = openedByText(record);
  const proofs = proofsOf(record);
  return [
    `- started by ${escapeMarkdown(by)}${startedBy.ticket === undefined ? "" : `, ticket ${escapeMarkdown(startedBy.ticket)}`}`,
    `- old key ${old.keyPairId}, new key ${fresh?.keyPairId ?? "not created yet"}`,
    "",
    "| when | what was observed |",
    "| --- | --- |",
    ...evidenceRows(record).map(eventRow),
    ...repairs.map(({ at, what, lasted }) => {
      const length = lasted === undefined ? "" : ` (had lasted ${formatDuration(lasted)})`;
      return `| ${formatInstant(at)} | repaired: ${escapeMarkdown(what)}${length} |`;
    }),
    "",
    ...proofs.flatMap(([title, proof]) => [`### Proof: ${title}`, "", ...proofLines(proof), ""]),
    UNSEEN,
    "",
    "### Fingerprints and request ids",
    "",
    `- old key ${old.keyPairId}: ${old.fingerprint}`,
    ...(fresh === undefined ? [] : [`- new key ${fresh.keyPairId}: ${fresh.fingerprint}`]),
    ...proofs.flatMap(([title, proof]) => idLines(title, proof)),
  ];
}

function proofsOf({ proofs }: RotationRecord): (readonly [title: string, proof: Proof])[] {
  return Object.entries(proofs).flatMap(([name, proof]) =>
    proof === undefined ? [] : [[PROOF_TITLE[name as keyof typeof PROOF_TITLE], proof] as const],
  );
}

function proofLines(proof: Proof): readonly string[] {
  const { good, provenAt, goodSince, locations, behind } = proof;
  if (isUntested(proof)) {
    return [
      `- not tested: trusted, unchanged, for longer than the settle time at ${formatInstant(provenAt as EpochSeconds)}`,
    ];
  }
  const span =
    provenAt !== undefined && goodSince !== undefined ? ` over ${formatDuration(provenAt - goodSince)}` : "";
  return [
    `- ${good} good canary checks in a row${span}${provenAt === undefined ? ", not complete" : `, complete ${formatInstant(provenAt)}`}`,
    `- edge locations: ${listed(locations) || "none identified themselves"}`,
    ...(behind === undefined ? [] : [`- still behind: ${listed(Object.keys(behind))}`]),
  ];
}

function isUntested({ good, provenAt }: Proof): boolean {
  return good === 0 && provenAt !== undefined;
}

function idLines(title: string, proof: Proof): readonly string[] {
  if (isUntested(proof)) return [];
  const { etags, requestIds } = proof;
  return [
    `- ${title}: key group ETags ${listed(Object.entries(etags).map(([id, etag]) => `${id} ${etag}`))}`,
    `- ${title}: request ids of the last canary check ${listed(requestIds) || "none"}`,
  ];
}

/** Strings that edges and AWS sent. */
function listed(texts: readonly string[]): string {
  return texts.map(escapeMarkdown).join(", ");
}
