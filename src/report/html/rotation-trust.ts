/** Which edge locations accepted which key, from the proofs in a rotation's record. Pure. */
import type { Lane, TrustPicture, TrustSpan } from "../../pictures/lanes.ts";
import type { Proof, RotationRecord } from "../../rotation/record.ts";
import type { EpochSeconds } from "../../time.ts";

const OTHERS = "all other locations";
const UNSEEN = "not reached by any request of this rotation";

export function rotationTrust(record: RotationRecord, end: EpochSeconds): TrustPicture {
  const { proofs, openedAt } = record;
  const locations = [...new Set(Object.values(proofs).flatMap((proof) => placesOf(proof)))].sort();
  const names =
    locations.length === 0
      ? "No edge location was"
      : locations.length === 1
        ? "One edge location was"
        : `${locations.length} edge locations were`;
  return {
    title: "Trust by edge location",
    says: `${names} seen by the proof's requests. For all others the proof relies on the settle time, which is longer than CloudFront needs to reach its slowest location.`,
    from: openedAt,
    to: end,
    unseen: UNSEEN,
    moments: momentsOf(record),
    lanes: [
      { location: "key groups, as stored", seen: true, spans: groupSpans(record, end) },
      ...locations.map((location) => laneOf(location, record)),
      { location: OTHERS, seen: false, spans: [] },
    ],
  };
}

const placesOf = (proof: Proof | undefined) =>
  proof === undefined ? [] : [...proof.locations, ...Object.keys(proof.behind ?? {})];

function laneOf(location: string, { proofs, old }: RotationRecord): Lane {
  const spans: TrustSpan[] = [];
  for (const [name, proof] of Object.entries(proofs)) {
    if (proof === undefined || !placesOf(proof).includes(location)) continue;
    const { keyPairId, begunAt, lastAt, goodSince = begunAt, provenAt = lastAt, behind = {} } = proof;
    const lagged = behind[location];
    const role = keyPairId === old.keyPairId ? "old" : "new";
    const isGone = name === "gone";
    const key = isGone ? old.keyPairId : keyPairId;
    if (lagged !== undefined)
      spans.push({
        key,
        role: isGone ? "old" : role,
        from: begunAt,
        to: lagged,
        state: isGone ? "trusted" : "denied",
      });
    else
      spans.push({
        key,
        role: isGone ? "old" : role,
        from: goodSince,
        to: provenAt,
        state: isGone ? "denied" : "trusted",
      });
  }
  // Old key first, in every lane.
  return { location, seen: true, spans: spans.sort((one, other) => one.role.localeCompare(other.role) * -1) };
}

/** In the order in which the rotation wrote them. The times are exact only to the second in which the proof began. */
function groupSpans(record: RotationRecord, end: EpochSeconds): TrustSpan[] {
  const { old, new: fresh, proofs, openedAt, oldMayGo, goal, noReturn } = record;
  const oldOut = goal === "forward" && oldMayGo !== undefined ? (proofs.gone?.begunAt ?? oldMayGo) : end;
  const newOut = goal === "abort" ? (noReturn ?? end) : end;
  const newIn = proofs.new?.begunAt ?? record.newMaySign;
  return [
    { key: old.keyPairId, role: "old", from: openedAt, to: oldOut, state: "trusted" },
    ...(fresh === undefined || newIn === undefined
      ? []
      : [{ key: fresh.keyPairId, role: "new", from: newIn, to: newOut, state: "trusted" } as const]),
  ];
}

function momentsOf({ newMaySign, switchedAt, oldMayGo, backAt }: RotationRecord) {
  const switched = switchedAt?.at ?? newMaySign;
  return [
    ...(switched === undefined ? [] : [{ at: switched, says: "signers switched" }]),
    ...(backAt === undefined ? [] : [{ at: backAt.at, says: "signers switched back" }]),
    ...(oldMayGo === undefined ? [] : [{ at: oldMayGo, says: "old key can be removed" }]),
  ];
}
