/** What a change ticket wants to know of a rotation: who, when, what was observed and where, and what could not be seen. */
import { printableJson } from "../printable.ts";
import { type Proof, type RotationRecord, type Sighting, startedByText } from "../rotation/record.ts";
import { type EpochSeconds, formatDuration, formatInstant } from "../time.ts";
import { escapeMarkdown } from "./markdown.ts";
import type { Report } from "./report.ts";

export type EvidenceFormat = "md" | "json";

const UNSEEN =
  "Edge locations other than those named were not seen: for them the proof rests on the settle time, " +
  "which is longer than CloudFront needs to reach its slowest location.";

export function evidenceReport(record: RotationRecord, now: EpochSeconds, format: EvidenceFormat): Report {
  const evidence = evidenceOf(record, now);
  return {
    outcome: "done",
    result: evidence,
    findings: [],
    text: () =>
      format === "json" ? printableJson(JSON.stringify(evidence, null, 2)) : markdown(record, now),
  };
}

function evidenceOf(record: RotationRecord, now: EpochSeconds): Readonly<Record<string, unknown>> {
  const { gate, rotation, goal, mode, epoch, startedBy, old, proofs, repairs } = record;
  return {
    gate,
    rotation,
    goal,
    mode,
    epoch,
    at: formatInstant(now),
    startedBy,
    old,
    ...(record.new === undefined ? {} : { new: record.new }),
    events: eventsOf(record).map(([at, what]) => ({ at: formatInstant(at), what })),
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
    ...(goodSince === undefined ? {} : { firstGoodTripleAt: formatInstant(goodSince) }),
    ...(provenAt === undefined ? {} : { provenAt: formatInstant(provenAt) }),
    goodTriples: good,
    edgeLocations: locations,
    requestIds,
  };
}

/** In the order in which they happened. */
function eventsOf(record: RotationRecord): readonly (readonly [EpochSeconds, string])[] {
  const seen = ({ at }: Sighting, what: string) => [at, what] as const;
  const events = [
    [record.openedAt, "record opened"] as const,
    record.proofs.new?.provenAt &&
      ([record.proofs.new.provenAt, "edge proven to accept the new key"] as const),
    record.newMaySign && ([record.newMaySign, "signers may hold the new key from here on"] as const),
    record.switchedAt && seen(record.switchedAt, "AWSCURRENT seen on the new key"),
    record.oldMayGo && ([record.oldMayGo, "old key allowed to go"] as const),
    record.backAt && seen(record.backAt, "AWSCURRENT seen on the old key again"),
    record.proofs.gone?.provenAt &&
      ([record.proofs.gone.provenAt, "edge proven to deny the old key"] as const),
    record.noReturn && ([record.noReturn, "no return from here on"] as const),
    record.finished && ([record.finished.at, `record closed: ${record.finished.outcome}`] as const),
  ];
  return events.filter((each) => typeof each === "object").sort(([one], [other]) => one - other);
}

function markdown(record: RotationRecord, now: EpochSeconds): string {
  const { gate, rotation, startedBy, old, repairs } = record;
  const by = startedByText(startedBy) ?? "unknown";
  const proofs = Object.entries(record.proofs).flatMap(([name, proof]) =>
    proof === undefined
      ? []
      : [`### Proof: ${PROOF_TITLE[name as keyof typeof PROOF_TITLE]}`, "", ...proofLines(proof), ""],
  );
  return [
    `## Rotation ${rotation} of gate ${gate}`,
    "",
    `- started by ${escapeMarkdown(by)}${startedBy.ticket === undefined ? "" : `, ticket ${escapeMarkdown(startedBy.ticket)}`}`,
    `- old key ${old.keyPairId} (${old.fingerprint})`,
    `- new key ${record.new === undefined ? "not made yet" : `${record.new.keyPairId} (${record.new.fingerprint})`}`,
    `- goal ${record.goal}, mode ${record.mode}, epoch ${record.epoch}; written ${formatInstant(now)}`,
    "",
    "| when | what was observed |",
    "| --- | --- |",
    ...eventsOf(record).map(([at, what]) => `| ${formatInstant(at)} | ${what} |`),
    ...repairs.map(({ at, what, lasted }) => {
      const length = lasted === undefined ? "" : ` (had lasted ${formatDuration(lasted)})`;
      return `| ${formatInstant(at)} | mended: ${escapeMarkdown(what)}${length} |`;
    }),
    "",
    ...proofs,
    UNSEEN,
  ].join("\n");
}

const PROOF_TITLE = {
  new: "the edge accepts the new key",
  old: "the edge accepts the old key",
  gone: "the edge denies the old key",
} as const;

function proofLines({
  good,
  provenAt,
  goodSince,
  locations,
  behind,
  requestIds,
  etags,
}: Proof): readonly string[] {
  if (good === 0 && provenAt !== undefined) {
    return [`- not asked: trusted, unchanged, for longer than the settle time at ${formatInstant(provenAt)}`];
  }
  const span =
    provenAt !== undefined && goodSince !== undefined ? ` over ${formatDuration(provenAt - goodSince)}` : "";
  return [
    `- ${good} good triples in a row${span}${provenAt === undefined ? ", not complete" : `, complete ${formatInstant(provenAt)}`}`,
    `- edge locations: ${listed(locations) || "none named themselves"}`,
    ...(behind === undefined ? [] : [`- still behind: ${listed(Object.keys(behind))}`]),
    `- key group ETags: ${listed(Object.entries(etags).map(([id, etag]) => `${id} ${etag}`))}`,
    `- request ids of the last triple: ${listed(requestIds) || "none"}`,
  ];
}

/** What edges and AWS said of themselves. */
function listed(texts: readonly string[]): string {
  return texts.map(escapeMarkdown).join(", ");
}
