/**
 * The composition root of the Lambda function that the state machine calls: one turn of a gate's rotation. Bundled
 * into one file; the only other file that it reads is keyturn.yaml. It logs the journal, the progress and the
 * metrics, one line each.
 */
import { join } from "node:path";
import { awsCloud } from "./adapters/aws/cloud.ts";
import { systemClock } from "./adapters/clock.ts";
import { localFiles } from "./adapters/files.ts";
import { cryptoKeyPairs } from "./adapters/key-pair-source.ts";
import { systemProcesses } from "./adapters/processes.ts";
import { systemRandom } from "./adapters/random.ts";
import { httpViewer } from "./adapters/viewer.ts";
import { resume } from "./commands/rotate/resume.ts";
import { start } from "./commands/rotate/start.ts";
import { InternalError, InterruptError } from "./errors.ts";
import { runbookOfError } from "./help/error-runbooks.ts";
import { ROTATION_PAGES } from "./help/pages/rotation.ts";
import type { Terminal, World } from "./seams/world.ts";
import type { Seconds } from "./time.ts";
import { metricsLine } from "./unattended/metrics.ts";
import { takeTurn } from "./unattended/turn.ts";
import type { TurnInput, TurnResult } from "./unattended/turn-shape.ts";

interface Context {
  getRemainingTimeInMillis(): number;
}

/** Time reserved for the call in flight, and for the answer, when a turn's time is up. */
const SPARE: Seconds = 20;

export async function handler(input: TurnInput, context: Context): Promise<TurnResult> {
  const interrupt = new AbortController();
  const left = Math.max(1, context.getRemainingTimeInMillis() / 1000 - SPARE);
  systemClock
    .deadline?.(left)
    .addEventListener("abort", () => interrupt.abort(new InterruptError("SIGTERM")), { once: true });
  const deployment = process.env.KEYTURN_DEPLOYMENT ?? "keyturn";
  const result = await takeTurn(input, {
    world: worldOf(interrupt.signal),
    config: process.env.KEYTURN_CONFIG ?? join(process.env.LAMBDA_TASK_ROOT ?? ".", "keyturn.yaml"),
    start,
    resume,
    runbookOf: (id) => ROTATION_PAGES[id]?.runbook ?? runbookOfError(id) ?? "resume-a-rotation",
    emit: (metrics, at) => log(metricsLine(metrics, { deployment, gate: input.gate }, at)),
  });
  log({ turn: result });
  return result;
}

function log(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const terminal: Terminal = {
  out: async () => {},
  note: (text) => log({ note: text }),
  insist: (text) => log({ note: text }),
  progress: () => {},
  page: async () => {},
  live: false,
  interactive: false,
  ask: () => unavailable("a question"),
};

function worldOf(interrupt: AbortSignal): World {
  // Names the session if the gate has its own role.
  const env = { ...process.env, USER: "unattended" };
  return {
    clock: systemClock,
    random: systemRandom,
    keyPairs: cryptoKeyPairs,
    cloud: (options) =>
      awsCloud(options, { env, clock: systemClock, random: systemRandom, interrupt, terminal }),
    viewer: httpViewer(env),
    journal: { append: async (journal, entry) => log({ journal, ...entry }) },
    files: localFiles(interrupt),
    terminal,
    programs: { run: () => unavailable("a program"), output: () => unavailable("a program") },
    processes: systemProcesses,
    logs: { workspace: () => unavailable("access logs") },
    logCloud: () => unavailable("access logs"),
    engineCloud: () => unavailable("its own deployment"),
    runbooks: { names: () => unavailable("runbooks"), read: () => unavailable("runbooks") },
    folders: {
      list: () => unavailable("folders"),
      replace: () => unavailable("folders"),
      move: () => unavailable("folders"),
      remove: () => unavailable("folders"),
    },
    turnCode: () => unavailable("its own code"),
    keyturn: () => unavailable("another command"),
    env,
    hostname: () => unavailable("the machine's name"),
    cwd: process.cwd(),
    interrupt,
  };
}

async function unavailable(what: string): Promise<never> {
  throw new InternalError("ERR_INTERNAL", `a turn asked for ${what}`);
}
