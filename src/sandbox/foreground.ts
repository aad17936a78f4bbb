/** A sandbox for people: started from the command's flags, with a folder of files, and one function that stops both. */
import { InputError, KeyturnError } from "../errors.ts";
import type { KeyType } from "../keys/key-pair.ts";
import type { World } from "../seams/world.ts";
import type { Seconds } from "../time.ts";
import { EMPTY_CLOUDFRONT } from "./cloudfront/state.ts";
import { missingOfDemo } from "./demo-account.ts";
import { DEMO_SETTINGS } from "./demo-gate.ts";
import { type SandboxFolder, writeSandboxFolder } from "./folder.ts";
import { type Sandbox, startSandbox } from "./sandbox.ts";
import { EMPTY_SECRETS } from "./secrets/state.ts";
import { lockFolder } from "./state/lock.ts";
import { openStateDirectory } from "./state/state-directory.ts";
import { setAside } from "./state/state-file.ts";

export interface ForegroundFlags {
  readonly portApi: number;
  readonly portEdge: number;
  readonly portEdgeHttp: number;
  readonly portOrigin: number;
  readonly propagation: Seconds;
  readonly cookieTtl: Seconds;
  readonly signerCache: Seconds | "until-restart";
  readonly keyPairId: "in-secret" | "derived" | "external";
  readonly keyType: KeyType;
  readonly staleReads: Seconds;
  /** A folder that keeps the account across restarts. */
  readonly state?: string;
  readonly verbose?: boolean;
}

export interface Foreground {
  readonly sandbox: Sandbox;
  readonly folder: SandboxFolder;
  stop(): Promise<void>;
}

type Needs = Pick<World, "clock" | "random" | "keyPairs" | "processes" | "terminal" | "logs">;

export async function startForeground(flags: ForegroundFlags, world: Needs): Promise<Foreground> {
  const lock = flags.state === undefined ? undefined : await lockFolder(flags.state, world.processes);
  const release = async () => lock?.release();
  try {
    const started = await start(flags, world);
    return { ...started, stop: () => started.stop().finally(release) };
  } catch (error) {
    await release();
    throw error;
  }
}

async function start(flags: ForegroundFlags, world: Needs): Promise<Foreground> {
  const { clock, random, keyPairs, terminal } = world;
  const kept = flags.state === undefined ? undefined : await keptAccount(flags.state);
  const sandbox = await startSandbox({
    clock,
    random,
    keyPairs,
    ports: {
      api: flags.portApi,
      edge: flags.portEdge,
      edgeHttp: flags.portEdgeHttp,
      origin: flags.portOrigin,
    },
    keyType: flags.keyType,
    settings: {
      propagation: flags.propagation,
      settle: Math.ceil(flags.propagation * 1.5),
      cookieTtl: flags.cookieTtl,
      signerCache: flags.signerCache,
      keyPairId: flags.keyPairId,
      triples: DEMO_SETTINGS.triples,
    },
    account: { ...kept, logs: world.logs },
    onBug: (thrown) =>
      terminal.note(
        thrown instanceof KeyturnError ? thrown.message : `the sandbox has a bug: ${String(thrown)}`,
      ),
    log: flags.verbose ? (line) => terminal.note(line) : undefined,
  });
  const staleness = { length: flags.staleReads, share: flags.staleReads > 0 ? 1 : 0 };
  sandbox.account.cloudFront.staleness = staleness;
  sandbox.account.secrets.staleness = staleness;
  try {
    const folder = await writeSandboxFolder(sandbox, flags.state);
    // No API call created the ready gate, so nothing has waited for it to be saved.
    await kept?.save.saved();
    return {
      sandbox,
      folder,
      stop: async () => {
        await sandbox.stop();
        await folder.remove();
        await kept?.save.saved();
      },
    };
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

/** Throws ERR_FILE_UNREADABLE if a part of the gate is missing: a file, or something deleted through the API. */
async function keptAccount(directory: string) {
  const kept = await openStateDirectory(directory);
  const { cloudFront = EMPTY_CLOUDFRONT, secrets = EMPTY_SECRETS } = kept.initial;
  const missing = missingOfDemo(cloudFront, secrets);
  if (missing.length === 0) return kept;
  throw new InputError(
    "ERR_FILE_UNREADABLE",
    `the account in ${directory} has no ${missing.join(" and no ")}, which the sandbox's gate needs`,
    [setAside(directory)],
  );
}
