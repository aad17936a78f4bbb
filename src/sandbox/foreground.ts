/** A sandbox for people: started with the command's flags, with its folder of files, and one way to stop both. */
import type { KeyType } from "../keys/key-pair.ts";
import type { World } from "../seams.ts";
import type { Seconds } from "../time.ts";
import { DEMO_SETTINGS } from "./demo-gate.ts";
import { type SandboxFolder, writeFolder } from "./folder.ts";
import { type Sandbox, startSandbox } from "./sandbox.ts";
import { openStateDirectory } from "./state/state-directory.ts";

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
  /** A folder that keeps the account over a restart. */
  readonly state?: string;
  readonly verbose?: boolean;
}

export interface Foreground {
  readonly sandbox: Sandbox;
  readonly folder: SandboxFolder;
  stop(): Promise<void>;
}

type Needs = Pick<World, "clock" | "random" | "keyPairs" | "terminal">;

export async function startForeground(flags: ForegroundFlags, world: Needs): Promise<Foreground> {
  const { clock, random, keyPairs, terminal } = world;
  const kept = flags.state === undefined ? undefined : await openStateDirectory(flags.state);
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
    ...(kept && { account: kept }),
    onBug: (thrown) => terminal.note(`the sandbox has a bug: ${String(thrown)}`),
    ...(flags.verbose && { log: (line: string) => terminal.note(line) }),
  });
  const staleness = { length: flags.staleReads, share: flags.staleReads > 0 ? 1 : 0 };
  sandbox.account.cloudFront.staleness = staleness;
  sandbox.account.secrets.staleness = staleness;
  try {
    const folder = await writeFolder(sandbox, flags.state);
    // The ready gate was put in without a call whose answer would have waited for this.
    await kept?.save.saved();
    return {
      sandbox,
      folder,
      stop: async () => {
        await sandbox.stop();
        await kept?.save.saved();
        await folder.remove();
      },
    };
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}
