/**
 * `--run`: starts the edge, waits for the backend, runs one command in the environment, stops everything, and returns
 * its exit code.
 */
import { Sealed } from "../../sealed.ts";
import type { World } from "../../seams/world.ts";
import { formatDuration } from "../../time.ts";
import { IN_THE_WAY } from "../folder.ts";
import type { ForegroundProxy } from "./foreground-proxy.ts";
import { waitForBackend } from "./wait-for-backend.ts";

type Needs = Pick<World, "clock" | "terminal" | "programs" | "interrupt">;

/** Throws ERR_PROGRAM; on an interrupt while waiting, its reason. */
export async function runBehindEdge(
  { proxy, folder, plan, notes }: ForegroundProxy,
  command: string,
  keepsStdout: boolean,
  { clock, terminal, programs, interrupt }: Needs,
): Promise<number> {
  for (const note of notes) terminal.note(`note: ${note}`);
  terminal.note(`edge ${proxy.urls.site} in front of ${proxy.urls.origin}`);
  for (const backend of plan.backends.values()) {
    if (plan.wait === 0 || (await waitForBackend(backend, plan.wait, clock, interrupt))) continue;
    terminal.note(
      `nothing listens at ${backend.protocol}//${backend.host} after ${formatDuration(plan.wait)}: running the command anyway (--wait 0s if it starts the backend)`,
    );
  }
  // A shell, because the command is a line for one: "npm run build && npm test".
  return programs.run("sh", ["-c", command], new Sealed(""), {
    signal: interrupt,
    endsTogether: true,
    keepsStdout,
    withoutEnv: IN_THE_WAY,
    env: folder.secretEnv,
  });
}
