/** The rotation of `keyturn rehearse`: the real commands, as a person or the deployed function calls them. */
import { runbookOf } from "../help/pages-by-id.ts";
import type { ProgressOutput } from "../report/rotation-progress.ts";
import type { Rotate } from "../sandbox/rehearsal/rehearsal.ts";
import { runUnattended } from "../sandbox/rehearsal/unattended.ts";
import type { RotateRun } from "../unattended/run-status.ts";
import { resume } from "./rotate/resume.ts";
import { start } from "./rotate/start.ts";

const KEY = { keyType: "rsa-2048" } as const;

export function rotateAttended(output: ProgressOutput): Rotate {
  return (inside, config) => start({ ...KEY, config, wait: true, yes: true }, inside, output);
}

/** `--unattended`. */
export function rotateUnattended(output: ProgressOutput): Rotate {
  return async (inside, config, sandbox) => {
    let last: Awaited<ReturnType<typeof resume>> | undefined;
    const kept =
      (run: typeof start | typeof resume): RotateRun =>
      async (flags, world) => {
        last = await run({ ...KEY, ...flags }, world, output);
        return last;
      };
    const unattended = await runUnattended(sandbox, inside, config, {
      start: kept(start),
      resume: kept(resume),
      runbookOf,
    });
    return { outcome: last?.outcome ?? "finding", result: last?.result, unattended };
  };
}
