/** Shapes of what the commands that ask nobody put under `result`: the sandbox, its rehearsal, runbooks, help. */
import type { CountName } from "../../sandbox/rehearsal/counts.ts";
import { rotationStatus } from "./rotate.ts";
import { count, either, list, map, number, object, text } from "./shape.ts";

const runbook = { name: text, title: text, symptoms: list(text), steps: list(text) };

const counts: Readonly<Record<CountName, typeof count>> = {
  requests: count,
  validDenied: count,
  viewerFailures: count,
  logoutsIncomplete: count,
  attacks: count,
  attacksLetThrough: count,
  unauthorizedOriginCalls: count,
  mints: count,
  remints: count,
  peakRemints: count,
};

export const local = {
  sandbox: object({
    urls: object({ api: text, site: text, siteHttp: text, origin: text }),
    gate: text,
    ids: map(text),
    path: text,
    caFile: text,
    configFile: text,
    envFile: text,
    env: map(text),
  }),
  rehearse: object({ counts: object(counts), seconds: count, rotation: rotationStatus }),
  "runbook list": list(object(runbook)),
  "runbook show": object({ ...runbook, text }),
  "runbook run": object({
    runbook: text,
    step: text,
    commands: list(
      object({ command: text, startedAt: number, exitCode: count, expected: count, output: text }),
    ),
  }),
  completion: object({ text }),
  help: either(object({ topics: list(text), errorCodes: list(text) }), object({ name: text, text })),
};
