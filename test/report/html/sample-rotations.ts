/** Rotations as a record, status and journal: healthy, waiting, halted, aborted, compromised, empty, hostile. */
import type { JournalEntry } from "../../../src/report/html/journal-entries.ts";
import type { RotationSeen } from "../../../src/report/html/rotation-timeline.ts";
import { ABORT_STEPS } from "../../../src/rotation/next.ts";
import type { Proof, RotationRecord } from "../../../src/rotation/record.ts";
import { STAGES } from "../../../src/rotation/stage.ts";
import type { RotationStatus, StepState } from "../../../src/rotation/status.ts";

/** 2026-11-29T08:00:00Z. */
const START = 1_795_939_200;
const M = 60;
const H = 3600;
const OLD = "K2OLDJMDEHXQW5";
const NEW = "K3NEWWX0JD7Q2A";

const proof = (keyPairId: string, begun: number, length: number, more: Partial<Proof> = {}): Proof => ({
  keyPairId,
  etags: { "4f1c8a2e-demo-signers": "E2QWRUHAPOMQZL" },
  begunAt: START + begun,
  goodSince: START + begun + 20,
  lastAt: START + begun + length,
  provenAt: START + begun + length,
  good: 9,
  locations: ["FRA56-P4", "IAD89-P2", "SIN2-P3"],
  requestIds: ["k1yX8e1xWUVJ0Q0pHqZ5v8U3hNsm3zJ2l9eXxxkq0YxgBcSgQ7Lw2A=="],
  ...more,
});

const base: RotationRecord = {
  version: 1,
  gate: "webapp",
  rotation: "20261129-7k3m9q",
  goal: "forward",
  mode: "normal",
  epoch: 4,
  openedEpoch: 4,
  openedAt: START,
  startedBy: {
    caller: "arn:aws:sts::111122223333:assumed-role/oncall/dana",
    host: "dana-laptop",
    ticket: "CHG-4711",
  },
  old: {
    keyPairId: OLD,
    fingerprint: "SHA256:Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE",
    versionId: "v-old",
  },
  groups: ["4f1c8a2e-demo-signers"],
  mark: "7k3m9q",
  distributions: ["E2EXAMPLE"],
  proofs: {},
  repairs: [],
  settings: {
    secret: {
      id: "webapp/signing-key",
      format: "json",
      fields: { privateKey: "privateKey", keyPairId: "keyPairId" },
    },
    ...{ keyType: "rsa-2048", keyPairId: "in-secret", hash: "SHA256", ownership: "none" },
    ...{ cacheTtl: 10 * M, longestLife: 2 * H, skew: 60, settle: 15 * M, triples: 3 },
    canaries: { E2EXAMPLE: "https://app.example.com/media/.keyturn-canary" },
  },
};
const fresh = {
  keyPairId: NEW,
  fingerprint: "SHA256:bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmU",
  versionId: "keyturn-20261129-7k3m9q-e0004-new",
};
const switched: RotationRecord = {
  ...base,
  new: fresh,
  proofs: { new: proof(NEW, 60, 16 * M) },
  newMaySign: START + 17 * M + 5,
  switchedAt: { sentAt: START + 17 * M + 8, at: START + 17 * M + 9, known: [] },
};
const finished: RotationRecord = {
  ...switched,
  oldMayGo: START + 149 * M,
  proofs: {
    ...switched.proofs,
    gone: proof(OLD, 149 * M + 10, 16 * M, {
      locations: ["FRA56-P4", "IAD89-P2"],
      behind: { "SIN2-P3": START + 155 * M },
    }),
  },
  noReturn: START + 165 * M + 20,
  finished: { at: START + 166 * M, outcome: "rotated" },
};

const status = (
  record: RotationRecord,
  more: Partial<RotationStatus> & Pick<RotationStatus, "state" | "step" | "says">,
): RotationStatus => {
  const order = record.goal === "forward" ? STAGES : ABORT_STEPS;
  const at = (order as readonly string[]).indexOf(more.step);
  const isOver = record.finished !== undefined;
  return {
    ...{
      gate: record.gate,
      rotation: record.rotation,
      goal: record.goal,
      mode: record.mode,
      epoch: record.epoch,
    },
    ...{
      openedAt: record.openedAt,
      startedBy: record.startedBy,
      old: OLD,
      new: record.new?.keyPairId,
      repairs: record.repairs,
    },
    steps: order.map(
      (step, index): StepState => ({
        step,
        state: isOver || index < at ? "done" : index === at ? "now" : "ahead",
      }),
    ),
    turn: "nobody",
    typeNext: [],
    abort: {
      possible: true,
      says: "signers are switched back, then the new key's cookies expire; nobody is cut off",
      takes: 2 * H + 11 * M,
    },
    ...more,
  };
};

const LAPTOP = "dana on dana-laptop";
const CI = "GitHub Actions, example/webapp, run 1234567, for renovate[bot]";
const entry = (at: number, step: string, by: string, more: Partial<JournalEntry> = {}): JournalEntry => ({
  ...{ at: START + at, step, goal: "forward", mode: "normal", outcome: "done", by, act: "write-record" },
  ...more,
});
const forward: readonly JournalEntry[] = [
  entry(1, "record-opened", LAPTOP),
  entry(4, "key-stored", LAPTOP),
  entry(9, "key-uploaded", LAPTOP),
  entry(55, "key-trusted", LAPTOP),
  entry(17 * M, "trust-proven", LAPTOP),
  entry(17 * M + 9, "signer-switched", LAPTOP),
  entry(149 * M, "old-cookies-expired", CI),
  entry(149 * M + 8, "old-untrusted", CI),
  entry(165 * M + 10, "untrust-proven", CI),
  entry(166 * M, "old-key-deleted", CI),
];

const HOSTILE = `"><script>alert(1)</script>\u202Egnp.exe \u05d0\u05d1\u05d2 ${"long ".repeat(2000)}`;

export const ROTATIONS: Readonly<Record<string, RotationSeen>> = {
  "rotation-healthy": {
    record: finished,
    journal: forward,
    now: START + 170 * M,
    status: status(finished, {
      state: "rotated",
      step: "old-key-deleted",
      says: "only the new key is trusted, and it signs",
    }),
  },
  "rotation-waiting": {
    record: switched,
    journal: forward.slice(0, 6),
    now: START + 70 * M,
    status: status(switched, {
      state: "waiting",
      step: "old-cookies-expired",
      says: "waiting for the old key's cookies to expire",
      until: START + 149 * M,
      typeNext: ["keyturn rotate resume --gate webapp --wait"],
    }),
  },
  "rotation-halted": {
    record: {
      ...switched,
      epoch: 5,
      repairs: [
        {
          kind: "group",
          at: START + 48 * M,
          lasted: 90,
          what: `key group demo-signers lacked ${NEW}: merged back`,
        },
      ],
      amended: [{ at: START + 30 * M, what: "settle: 10m -> 15m" }],
    },
    journal: [
      ...forward.slice(0, 6),
      entry(75 * M, "old-cookies-expired", LAPTOP, {
        outcome: undefined,
        halt: "foreign-signing-key",
        message: "somebody put another key into the secret",
      }),
    ],
    now: START + 80 * M,
    status: status(switched, {
      state: "halted",
      halt: "foreign-signing-key",
      step: "old-cookies-expired",
      says: "AWSCURRENT holds a key that keyturn did not put there; every key group trusts it, so viewers get in",
      turn: "you",
      typeNext: ["keyturn audit --gate webapp", "keyturn rotate resume --gate webapp"],
      outage: undefined,
    }),
  },
  "rotation-aborted": {
    record: {
      ...switched,
      goal: "abort",
      epoch: 5,
      switchedAt: undefined,
      proofs: { ...switched.proofs, old: proof(OLD, 41 * M, 60) },
      backAt: { sentAt: START + 43 * M, at: START + 43 * M + 1, known: [] },
      noReturn: START + 175 * M,
      finished: { at: START + 176 * M, outcome: "aborted" },
    },
    journal: [
      ...forward.slice(0, 6),
      entry(40 * M, "abort-fenced", "li on oncall-2", { goal: "abort" }),
      entry(43 * M, "signer-switched-back", "li on oncall-2", { goal: "abort" }),
      entry(174 * M, "new-cookies-expired", "li on oncall-2", { goal: "abort" }),
      entry(176 * M, "new-key-deleted", "li on oncall-2", { goal: "abort" }),
    ],
    now: START + 180 * M,
    status: undefined,
  },
  "rotation-compromised": {
    record: { ...switched, mode: "compromised" },
    journal: forward.slice(0, 6).map((each) => ({ ...each, mode: "compromised" })),
    now: START + 20 * M,
    status: status(
      { ...switched, mode: "compromised" },
      {
        state: "waiting",
        step: "old-cookies-expired",
        says: "waiting for the signers' caches; cookies of the old key are cut off after that",
        until: START + 28 * M,
        outage: undefined,
        abort: {
          possible: false,
          says: "refused: the old key is compromised, and signers may have left it already",
        },
        typeNext: ["keyturn rotate resume --gate webapp --wait"],
      },
    ),
  },
  "rotation-just-opened": { record: base, journal: [], now: START, status: undefined },
  "rotation-hostile": {
    record: {
      ...finished,
      gate: HOSTILE,
      startedBy: { caller: HOSTILE, host: HOSTILE, ticket: HOSTILE },
      proofs: {
        new: proof(NEW, 60, 16 * M, { locations: [HOSTILE], requestIds: [HOSTILE], complaint: HOSTILE }),
      },
      repairs: [{ kind: "group", at: START + 48 * M, what: HOSTILE }],
    },
    journal: forward.map((each) => ({ ...each, by: HOSTILE })),
    now: START + 170 * M,
    status: undefined,
  },
};
