/** Shapes of what the commands that ask nobody put under `result`: the sandbox, its rehearsal, runbooks, help. */
import { anything, either, list, map, number, object, text } from "./shape.ts";

const runbook = object({ name: text, title: text, symptoms: list(text) });

export const local = {
  sandbox: map(text),
  rehearse: object({
    counts: object({
      requests: number,
      validDenied: number,
      viewerFailures: number,
      logoutsIncomplete: number,
      attacks: number,
      attacksLetThrough: number,
      unauthorizedOriginCalls: number,
      mints: number,
      remints: number,
      peakRemints: number,
    }),
    seconds: number,
    rotation: anything,
  }),
  "runbook list": list(runbook),
  "runbook show": runbook,
  "runbook run": anything,
  completion: object({ text: text }),
  help: either(object({ topics: list(text), errorCodes: list(text) }), object({ name: text, text: text })),
};
