/** The composition root: builds the World from lazily loaded adapters, turns signals into an interrupt and results into an exit code. */
import { join } from "node:path";
import { systemClock } from "./adapters/clock.ts";
import { localFiles } from "./adapters/files.ts";
import { cryptoKeyPairs } from "./adapters/key-pair-source.ts";
import { systemProcesses } from "./adapters/processes.ts";
import { systemRandom } from "./adapters/random.ts";
import { processTerminal } from "./adapters/terminal.ts";
import type { httpViewer } from "./adapters/viewer.ts";
import { InterruptError, type InterruptSignal } from "./errors.ts";
import { runProgram } from "./program.ts";
import type { Folders } from "./seams/folders.ts";
import type { Runbooks } from "./seams/runbooks.ts";
import type { Viewer } from "./seams/viewer.ts";
import type { Cache, World } from "./seams/world.ts";

/**
 * Resolves once everything is done and written; the process may exit then, with the exit code already set.
 * `packageFolder`: the installed package, whose runbooks are read.
 */
export async function main(packageFolder: string): Promise<void> {
  const { env } = process;
  const argv = process.argv.slice(2);
  const interrupt = interruptBySignals();
  const terminal = processTerminal(interrupt, env);
  const world: World = {
    clock: systemClock,
    random: systemRandom,
    keyPairs: cryptoKeyPairs,
    cloud: async (options) => {
      const { awsCloud } = await import("./adapters/aws/cloud.ts");
      return awsCloud(options, { env, clock: systemClock, random: systemRandom, interrupt, terminal });
    },
    viewer: lazyViewer(env),
    journal: {
      async append(...what) {
        const { fileJournal, journalFolder } = await import("./adapters/journal.ts");
        return fileJournal(journalFolder(env)).append(...what);
      },
    },
    cache: lazyCache(env),
    files: localFiles(interrupt),
    terminal,
    programs: {
      async run(...what) {
        const { childPrograms } = await import("./adapters/programs.ts");
        return childPrograms.run(...what);
      },
      async output(...what) {
        const { childPrograms } = await import("./adapters/programs.ts");
        return childPrograms.output(...what);
      },
    },
    processes: systemProcesses,
    logs: {
      async workspace(options) {
        const { openLogWorkspace } = await import("./adapters/logs/log-workspace.ts");
        return openLogWorkspace(options, interrupt);
      },
    },
    logCloud: async (options) => {
      const { awsLogCloud } = await import("./adapters/aws/log-cloud.ts");
      return awsLogCloud(options, { env, clock: systemClock, random: systemRandom, interrupt, terminal });
    },
    engineCloud: async (options) => {
      const { awsEngineCloud } = await import("./adapters/aws/engine-cloud.ts");
      return awsEngineCloud(options, { env, clock: systemClock, random: systemRandom, interrupt, terminal });
    },
    folders: lazyFolders(),
    turnCode: async () =>
      (await import("node:fs/promises")).readFile(join(packageFolder, "dist/unattended/index.js")),
    runbooks: lazyRunbooks(join(packageFolder, "runbooks")),
    keyturn: (argv, terminal) => runProgram(argv, { ...world, terminal }),
    env,
    // Shells set it but rarely export it.
    hostname: async () => env.HOSTNAME || (await import("node:os")).hostname(),
    cwd: process.cwd(),
    interrupt,
  };
  process.exitCode = await runProgram(argv, world);
  await terminal.written();
}

/**
 * The first signal asks all work to stop; the second finds no listener and kills the process. A closing terminal may
 * send SIGHUP twice, from the kernel and from the shell: repeats are ignored.
 */
function interruptBySignals(): AbortSignal {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
    controller.abort(new InterruptError(signal as InterruptSignal));
  };
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  return controller.signal;
}

function lazyCache(env: NodeJS.ProcessEnv): Cache {
  const loaded = () =>
    import("./adapters/cache.ts").then(({ cacheFolder, fileCache }) => fileCache(cacheFolder(env)));
  return {
    read: async (name) => (await loaded()).read(name),
    write: async (name, text) => (await loaded()).write(name, text),
  };
}

function lazyFolders(): Folders {
  const loaded = async () => (await import("./adapters/folders.ts")).localFolders;
  return {
    list: async (folder) => (await loaded()).list(folder),
    replace: async (path, content) => (await loaded()).replace(path, content),
    move: async (from, to) => (await loaded()).move(from, to),
    remove: async (path) => (await loaded()).remove(path),
  };
}

function lazyRunbooks(folder: string): Runbooks {
  const loaded = () => import("./adapters/runbook-files.ts").then(({ runbookFiles }) => runbookFiles(folder));
  return {
    names: async () => (await loaded()).names(),
    read: async (name) => (await loaded()).read(name),
  };
}

/** Loads node:https and its dependencies on the first request. */
function lazyViewer(env: NodeJS.ProcessEnv): Viewer {
  let loading: Promise<ReturnType<typeof httpViewer>> | undefined;
  const loaded = () => {
    loading ??= import("./adapters/viewer.ts").then((viewer) => viewer.httpViewer(env));
    return loading;
  };
  return {
    send: async (request, signal) => (await loaded()).send(request, signal),
    addresses: async (host) => (await loaded()).addresses(host),
  };
}
