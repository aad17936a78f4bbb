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
import type { CloudOptions } from "../../seams/cloud.ts";
import type { World } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";
import { lockFolder } from "../state/lock.ts";
import { openStateDirectory } from "../state/state-directory.ts";
import { configFromAccount } from "./account-config.ts";
import { type ProxyConfig, withOwnKey } from "./proxy-config.ts";
import { type ProxyFolder, writeProxyFolder } from "./proxy-folder.ts";
import type { ProxyPlan } from "./proxy-plan.ts";
import { type RunningProxy, startProxy } from "./start-proxy.ts";
import { configFromTemplate, type PublicKeyWithId } from "./template-config.ts";

export interface ForegroundProxyFlags extends Pick<CloudOptions, "profile" | "region" | "endpointUrl"> {
  readonly portApi: number;
  readonly portEdge: number;
  readonly portEdgeHttp: number;
  readonly propagation: Seconds;
  readonly keyType: KeyType;
  readonly state?: string;
}

export interface ForegroundProxy {
  readonly proxy: RunningProxy;
  readonly folder: ProxyFolder;
  readonly plan: ProxyPlan;
  /** What behaves differently than in the account, one line each. */
  readonly notes: readonly string[];
  stop(): Promise<void>;
}

type Needs = Pick<
  World,
  "clock" | "random" | "keyPairs" | "processes" | "terminal" | "files" | "cloud" | "env"
>;

/** Throws what reading the files and the account throws, before anything listens. */
export async function startForegroundProxy(
  flags: ForegroundProxyFlags,
  plan: ProxyPlan,
  world: Needs,
): Promise<ForegroundProxy> {
  const config = await readConfig(plan, flags, world);
  const lock = flags.state === undefined ? undefined : await lockFolder(flags.state, world.processes);
  try {
    const started = await start(flags, plan, config, world);
    return { ...started, stop: () => started.stop().finally(() => lock?.release()) };
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

async function start(
  flags: ForegroundProxyFlags,
  plan: ProxyPlan,
  config: ProxyConfig | undefined,
  world: Needs,
): Promise<ForegroundProxy> {
  const { clock, random, keyPairs, terminal, files } = world;
  // Declared gates are not in the sandbox's account, and the given keys may differ at each start.
  const keepsAccount = flags.state !== undefined && plan.trust.by === "own-key";
  const kept = keepsAccount ? await openStateDirectory(flags.state as string) : undefined;
  const proxy = await startProxy({
    ...{ clock, random, keyPairs, plan },
    ports: { api: flags.portApi, edge: flags.portEdge, edgeHttp: flags.portEdgeHttp },
    propagation: flags.propagation,
    keyType: flags.keyType,
    config,
    keys: plan.trust.by === "public-keys" ? await namedKeys(plan.trust.files, files) : undefined,
    account: kept,
    tell: (line) => terminal.note(line),
    onBug: (thrown) =>
      terminal.note(
        thrown instanceof KeyturnError ? thrown.message : `the sandbox has a bug: ${String(thrown)}`,
      ),
  });
  try {
    const folder = await writeProxyFolder(proxy, plan, flags.state);
    await kept?.save.saved();
    return {
      ...{ proxy, folder, plan, notes: config?.notes ?? [] },
      stop: async () => {
        await proxy.stop();
        await folder.remove();
        await kept?.save.saved();
      },
    };
  } catch (error) {
    await proxy.stop();
    throw error;
  }
}

async function readConfig(
  plan: ProxyPlan,
  flags: ForegroundProxyFlags,
  world: Needs,
): Promise<ProxyConfig | undefined> {
  const { trust, distribution } = plan;
  const named = await namedKeys(plan.namedKeys ?? [], world.files);
  const config = await declared();
  return config && plan.addsOwnKey
    ? withOwnKey(config, await world.keyPairs.generate(flags.keyType))
    : config;

  async function declared(): Promise<ProxyConfig | undefined> {
    if (trust.by === "template") {
      const text = Buffer.from(
        await (trust.path === "-" ? world.files.stdin() : world.files.read(trust.path)),
      ).toString("utf8");
      const name = trust.path === "-" ? "standard input" : trust.path;
      return configFromTemplate(readDeclaration(text, name, trust.parameters), name, distribution, named);
    }
    if (trust.by !== "account") return undefined;
    const { controlPlane } = await world.cloud(cloudOptionsOf(flags, world.env));
    return configFromAccount(controlPlane, distribution);
  }
}

/** Throws ERR_FILE_UNREADABLE, ERR_KEY_UNREADABLE. */
async function namedKeys(
  wanted: readonly { readonly path: string; readonly id: string }[],
  files: Pick<World["files"], "read">,
): Promise<PublicKeyWithId[]> {
  return Promise.all(
    wanted.map(async ({ path, id }) => {
      const content = await files.read(path);
      return { id, pem: writePublicKey(readKeyAt(path, () => readPublicKey(content))) };
    }),
  );
}
