/**
 * The edge in front of an application, as started by the command: reads the trusted keys that the flags name, writes
 * files, and stops as one.
 */
import { KeyturnError } from "../../errors.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { readDeclaration } from "../../iac/read-declaration.ts";
import { writePublicKey } from "../../keys/any-key.ts";
import { readKeyAt } from "../../keys/key-file.ts";
import type { KeyType } from "../../keys/key-pair.ts";
import { readPublicKey } from "../../keys/pem.ts";
import type { CloudOptions, World } from "../../seams.ts";
import type { Seconds } from "../../time.ts";
import { lockFolder } from "../state/lock.ts";
import { openStateDirectory } from "../state/state-directory.ts";
import { accountGround } from "./account-ground.ts";
import { declaredGround, type NamedKey } from "./declared-ground.ts";
import { type FrontFolder, writeFrontFolder } from "./front-folder.ts";
import type { FrontPlan } from "./front-plan.ts";
import { type Ground, withOwnKey } from "./ground.ts";
import { type Front, startFront } from "./start-front.ts";

export interface FrontForegroundFlags extends Pick<CloudOptions, "profile" | "region" | "endpointUrl"> {
  readonly portApi: number;
  readonly portEdge: number;
  readonly portEdgeHttp: number;
  readonly propagation: Seconds;
  readonly keyType: KeyType;
  readonly state?: string;
}

export interface FrontForeground {
  readonly front: Front;
  readonly folder: FrontFolder;
  readonly plan: FrontPlan;
  /** What behaves differently than in the account, one line each. */
  readonly notes: readonly string[];
  stop(): Promise<void>;
}

type Needs = Pick<
  World,
  "clock" | "random" | "keyPairs" | "processes" | "terminal" | "files" | "cloud" | "env"
>;

/** Throws what reading the files and the account throws, before anything listens. */
export async function startFrontForeground(
  flags: FrontForegroundFlags,
  plan: FrontPlan,
  world: Needs,
): Promise<FrontForeground> {
  const ground = await groundOf(plan, flags, world);
  const lock = flags.state === undefined ? undefined : await lockFolder(flags.state, world.processes);
  try {
    const started = await start(flags, plan, ground, world);
    return { ...started, stop: () => started.stop().finally(() => lock?.release()) };
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

async function start(
  flags: FrontForegroundFlags,
  plan: FrontPlan,
  ground: Ground | undefined,
  world: Needs,
): Promise<FrontForeground> {
  const { clock, random, keyPairs, terminal, files } = world;
  // Declared gates are not in the sandbox's account, and the given keys may differ at each start.
  const keepsAccount = flags.state !== undefined && plan.trust.by === "own-key";
  const kept = keepsAccount ? await openStateDirectory(flags.state as string) : undefined;
  const front = await startFront({
    ...{ clock, random, keyPairs, plan },
    ports: { api: flags.portApi, edge: flags.portEdge, edgeHttp: flags.portEdgeHttp },
    propagation: flags.propagation,
    keyType: flags.keyType,
    ...(ground && { ground }),
    ...(plan.trust.by === "public-keys" && { keys: await namedKeys(plan.trust.files, files) }),
    ...(kept && { account: kept }),
    tell: (line) => terminal.note(line),
    onBug: (thrown) =>
      terminal.note(
        thrown instanceof KeyturnError ? thrown.message : `the sandbox has a bug: ${String(thrown)}`,
      ),
  });
  try {
    const folder = await writeFrontFolder(front, plan, flags.state);
    await kept?.save.saved();
    return {
      ...{ front, folder, plan, notes: ground?.notes ?? [] },
      stop: async () => {
        await front.stop();
        await folder.remove();
        await kept?.save.saved();
      },
    };
  } catch (error) {
    await front.stop();
    throw error;
  }
}

async function groundOf(
  plan: FrontPlan,
  flags: FrontForegroundFlags,
  world: Needs,
): Promise<Ground | undefined> {
  const { trust, distribution } = plan;
  const named = await namedKeys(plan.namedKeys ?? [], world.files);
  const ground = await declared();
  return ground && plan.addsOwnKey
    ? withOwnKey(ground, await world.keyPairs.generate(flags.keyType))
    : ground;

  async function declared(): Promise<Ground | undefined> {
    if (trust.by === "template") {
      const text = Buffer.from(
        await (trust.path === "-" ? world.files.stdin() : world.files.read(trust.path)),
      ).toString("utf8");
      const name = trust.path === "-" ? "standard input" : trust.path;
      return declaredGround(readDeclaration(text, name, trust.parameters), name, distribution, named);
    }
    if (trust.by !== "account") return undefined;
    const { controlPlane } = await world.cloud(cloudOptionsOf(flags, world.env));
    return accountGround(controlPlane, distribution);
  }
}

/** Throws ERR_FILE_UNREADABLE, ERR_KEY_UNREADABLE. */
async function namedKeys(
  wanted: readonly { readonly path: string; readonly id: string }[],
  files: Pick<World["files"], "read">,
): Promise<NamedKey[]> {
  return Promise.all(
    wanted.map(async ({ path, id }) => {
      const content = await files.read(path);
      return { id, pem: writePublicKey(readKeyAt(path, () => readPublicKey(content))) };
    }),
  );
}
