/** Shapes of what the `rotate` commands put under `result`. */
import {
  anything,
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

const mode = oneOf("normal", "compromised", "cut-now");
const goal = oneOf("forward", "abort");

const status = object(
  {
    gate: text,
    rotation: text,
    goal,
    mode,
    epoch: number,
    openedAt: instant,
    startedBy: object({}, { caller: text, host: text, ticket: text }),
    old: text,
    state: oneOf("waiting", "halted", "ready", "rotated", "aborted"),
    step: text,
    steps: list(object({ step: text, state: oneOf("done", "now", "ahead") })),
    says: text,
    turn: oneOf("keyturn", "nobody", "you"),
    typeNext: list(text),
    abort: object({ possible: yesOrNo, says: text }, { takes: number }),
    repairs: list(anything),
  },
  { new: text, until: instant },
);

const plan = object({
  version: number,
  gate: text,
  madeAt: number,
  mode,
  account: text,
  where: text,
  secret: text,
  old: object({ keyPairId: text, fingerprint }),
  groups: list(object({ id: text, name: text, items: list(text) })),
  distributions: list(text),
  quota: object({ publicKeys: number, of: number }),
  pinned: object(
    { groups: list(object({ id: text, etag: text, items: list(text) })), currentVersionId: text },
    { record: text },
  ),
  settings: object({}),
  keep: list(text),
  stages: list(
    object({ stage: text, changes: text, checks: text, affects: text, abort: text }, { takes: number }),
  ),
  findings: list(anything),
});

const evidence = object(
  {
    gate: text,
    rotation: text,
    goal,
    mode,
    epoch: number,
    at: instant,
    startedBy: object({}),
    old: object({ keyPairId: text, fingerprint }),
    events: list(object({ at: instant, what: text })),
    proofs: map(
      object({ keyPairId: text, goodTriples: number, edgeLocations: list(text), requestIds: list(text) }),
    ),
    repairs: list(anything),
    settings: object({}),
    unseen: text,
  },
  { new: object({ keyPairId: text, fingerprint }) },
);

const neverRotated = object({ gate: text, state: oneOf("never-rotated") });

export const rotate = {
  "rotate plan": plan,
  "rotate start": either(status, plan),
  "rotate resume": status,
  "rotate status": either(status, list(status), evidence, neverRotated),
  "rotate abort": status,
};
