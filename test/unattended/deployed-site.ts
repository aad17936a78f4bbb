/** A site where the folder of `keyturn unattended template` is deployed, as CloudFormation would deploy it. */
import { createHash } from "node:crypto";
import type { DeployedEngine, StoredExecution } from "../../src/sandbox/engine/deployed-engine.ts";
import { type MemoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "../rotation/site-world.ts";

export interface DeployedSite extends SiteWorld {
  readonly engine: DeployedEngine;
  readonly world: MemoryWorld;
  /** Resolves to exit code and streams, and to the document if the line has --json. */
  run(line: string): Promise<{
    readonly stdout: string;
    readonly stderr: string;
    readonly exitCode: number;
    // biome-ignore lint/suspicious/noExplicitAny: documents are checked against their schemas.
    readonly document: any;
  }>;
  /** Adds an execution that began and ended. */
  ran(name: string, end: Partial<StoredExecution>): void;
  /** Adds an execution that is waiting. */
  waits(name: string, state: Readonly<Record<string, unknown>>): void;
}

/** Writes the folder, and deploys it with a confirmed mail subscription. */
export async function deployFolder(world: MemoryWorld, engine: DeployedEngine, flags = ""): Promise<void> {
  const { exitCode, stderr } = await runCommand(words(`unattended template -o deployed ${flags}`), world);
  if (exitCode !== 0) throw new Error(stderr);
  const name = world.files.names().find((each) => each.endsWith(".zip")) as string;
  const codeSha256 = createHash("sha256")
    .update(await world.files.read(name))
    .digest("base64");
  const parameters = { Email: "sre@example.com" };
  engine.deploy(world.files.text("deployed/template.json"), { codeSha256, parameters });
  engine.confirmed = 1;
}

/** `flags` go to `unattended template`; `isDeployed: false` deploys nothing. */
export async function deployedSite({
  flags = "",
  yaml = (text: string) => text,
  isDeployed = true,
} = {}): Promise<DeployedSite> {
  const site = await siteWorld();
  const world = site.operator({ files: { "keyturn.yaml": yaml(site.site.gateYaml) } });
  const { engine } = site.site.account;
  const run = async (line: string) => {
    const ran = await runCommand(words(line), world);
    return { ...ran, document: line.includes("--json") ? JSON.parse(ran.stdout) : undefined };
  };
  if (isDeployed) await deployFolder(world, engine, flags);
  return {
    ...site,
    engine,
    world,
    run,
    ran(name, end) {
      Object.assign(engine.began(name, "{}"), { stoppedAt: site.clock.now(), status: "SUCCEEDED", ...end });
    },
    waits(name, state) {
      Object.assign(engine.began(name, "{}"), {
        at: { state: "Wait", type: "Wait", input: JSON.stringify(state) },
      });
    },
  };
}
