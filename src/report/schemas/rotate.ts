/** Shapes of what the `rotate` commands put under `result`. Lengths of time are in seconds. */
import { KEY_TYPES } from "../../keys/key-pair.ts";
import { ABORT_STEPS } from "../../rotation/next.ts";
import { MODES } from "../../rotation/record.ts";
import { STAGES } from "../../rotation/stage.ts";
import { finding } from "./finding.ts";
import {
  count,
  either,
  fingerprint,
  instant,
  list,
  map,
  number,
  object,
  oneOf,
  text,
  yesOrNo,
} from "./shape.ts";

const mode = oneOf(...MODES);
const goal = oneOf("forward", "abort");
const step = oneOf(...STAGES, ...ABORT_STEPS);
const startedBy = object({}, { caller: text, host: text, ticket: text });
const repair = object(
  { kind: oneOf("group", "signing-key", "drain"), at: instant, what: text },
  { lasted: number },
);
const abortMeaning = object({ possible: yesOrNo, says: text }, { takes: number });
const declaration = object({
  ownership: oneOf("terraform", "cloudformation"),
  groups: list(object({ id: text, name: text, items: list(text), comment: text })),
});

const outage = object({ says: text, by: text }, { since: instant });

const status = object(
  {
    gate: text,
    rotation: text,
    goal,
    mode,
    epoch: count,
    openedAt: instant,
    startedBy,
    old: text,
    state: oneOf("waiting", "halted", "ready", "rotated", "aborted"),
    step,
    steps: list(object({ step, state: oneOf("done", "now", "ahead") })),
    says: text,
    turn: oneOf("keyturn", "nobody", "you"),
    typeNext: list(text),
    abort: abortMeaning,
    repairs: list(repair),
  },
  { new: text, until: instant, outage, declare: declaration },
);

const settings = object(
  {
    secret: object({
      id: text,
      format: oneOf("json", "text", "pem", "binary"),
      fields: object({ privateKey: text, keyPairId: text }),
    }),
    keyType: oneOf(...KEY_TYPES),
    keyPairId: oneOf("in-secret", "derived", "external"),
    hash: oneOf("SHA1", "SHA256"),
    cacheTtl: either(number, oneOf("until-restart")),
    longestLife: number,
    skew: number,
    settle: number,
    triples: count,
    canaries: map(text),
    ownership: oneOf("terraform", "cloudformation", "none"),
  },
  { mintEndpoint: text },
);

const plan = object(
  {
    version: { const: 1 },
    gate: text,
    madeAt: number,
    mode,
    account: text,
    where: text,
    secret: text,
    old: object({ keyPairId: text, fingerprint }, { keyType: oneOf("rsa-2048", "ecdsa-p256") }),
    groups: list(object({ id: text, name: text, items: list(text) })),
    distributions: list(text),
    quota: object({ publicKeys: count, of: count }),
    pinned: object(
      { groups: list(object({ id: text, etag: text, items: list(text) })), currentVersionId: text },
      { record: text },
    ),
    settings,
    keep: list(text),
    stages: list(
      object(
        { stage: oneOf(...STAGES), changes: text, checks: text, affects: text, abort: text },
        { takes: number },
      ),
    ),
    findings: list(finding),
  },
  { leavesStale: list(text) },
);

const namedKey = object({ keyPairId: text, fingerprint, versionId: text });
const proof = object(
  {
    keyPairId: text,
    etags: map(text),
    begunAt: instant,
    goodTriples: count,
    edgeLocations: list(text),
    requestIds: list(text),
  },
  { firstGoodTripleAt: instant, provenAt: instant },
);

const evidence = object(
  {
    gate: text,
    rotation: text,
    goal,
    mode,
    epoch: count,
    at: instant,
    startedBy,
    old: namedKey,
    events: list(object({ at: instant, what: text })),
    undated: list(object({ what: text }, { seenBy: instant })),
    proofs: object({}, { new: proof, old: proof, gone: proof }),
    repairs: list(repair),
    settings,
    unseen: text,
  },
  { new: namedKey },
);

const neverRotated = object({ gate: text, state: oneOf("never-rotated") });

export const rotate = {
  "rotate plan": plan,
  "rotate start": either(status, plan),
  "rotate resume": either(status, neverRotated),
  "rotate status": either(status, list(status), evidence, neverRotated),
  "rotate abort": status,
};
export const rotationStatus = status;
