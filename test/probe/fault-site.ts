/** An in-process sandbox site with one fault, and `keyturn probe` run against it on the same clock. */
import { generateKeyPairSync } from "node:crypto";
import { writePrivateKey, writePublicKey } from "../../src/keys/any-key.ts";
import type { KeyPair, KeyType } from "../../src/keys/key-pair.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { createSite, type Site, type SiteOptions } from "../../src/sandbox/site.ts";
import type { WireResponse } from "../../src/sandbox/wire.ts";
import type { ViewerRequest } from "../../src/seams/viewer.ts";
import type { KeyPairSource } from "../../src/seams/world.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { type MemoryWorld, memoryWorld, type Ran, runCommand } from "../fakes/memory-world.ts";
import { seededRandom } from "../fakes/seeded-random.ts";
import { type SiteViewer, siteViewer } from "./site-viewer.ts";

/** Cycles through a few prepared pairs: generating RSA keys is slow, and no test looks at their bytes. */
function fewKeyPairs(): KeyPairSource {
  let turn = 0;
  return {
    async generate(type: KeyType): Promise<KeyPair> {
      turn = (turn + 1) % PAIRS.length;
      return { type, ...(PAIRS[turn] as (typeof PAIRS)[number]) };
    },
  };
}
const PAIRS = Array.from({ length: 4 }, () => generateKeyPairSync("ec", { namedCurve: "prime256v1" }));

export interface ProbedSite {
  readonly site: Site;
  readonly world: MemoryWorld;
  readonly viewer: SiteViewer;
  run(line: string): Promise<Ran>;
  runWords(words: readonly string[]): Promise<Ran>;
}

export interface FaultOptions {
  readonly site?: Partial<SiteOptions>;
  readonly meddle?: (site: Site, request: ViewerRequest, answer: WireResponse) => WireResponse;
  /** Changes to the sandbox's own keyturn.yaml. */
  readonly yaml?: (yaml: string) => string;
  readonly env?: Readonly<Record<string, string>>;
  /** How many seconds the prober's clock is behind the edge's. */
  readonly behind?: number;
}

export async function probedSite(options: FaultOptions = {}): Promise<ProbedSite> {
  const clock = new ManualClock();
  const keyPairs = fewKeyPairs();
  const siteClock = {
    ...clock,
    now: () => clock.now() + (options.behind ?? 0),
    sleep: clock.sleep.bind(clock),
  };
  const site = await createSite({
    clock: siteClock,
    random: seededRandom(3),
    keyPairs,
    keyType: "ecdsa-p256",
    ...options.site,
  });
  const { meddle } = options;
  const viewer = siteViewer(site, meddle && ((request, answer) => meddle(site, request, answer)));
  const files = {
    "keyturn.yaml": (options.yaml ?? ((yaml: string) => yaml))(site.gateYaml),
    "guest.txt": "guest\nguest-in-the-sandbox\n",
    "stranger.txt": "guest\nnot-the-password\n",
  };
  const world = {
    ...memoryWorld({ clock, cloud: site.account.handler, viewer, files, env: options.env ?? {} }),
    keyPairs,
  };
  const runWords = (words: readonly string[]) => runCommand(words, world);
  return { site, world, viewer, run: (line) => runWords(line.split(" ")), runWords };
}

export function turnOn(site: Site, id: string): void {
  const owner = Object.values(site.switches).find(({ labels }) => labels.has(id as never));
  if (owner === undefined) throw new RangeError(`no fault ${id}`);
  owner.turn(id, true);
}

/** Adds a key to the account but not to the group; writes its private half to a file of the world. */
export function addKey({ site, world }: ProbedSite, file: string): string {
  const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  world.files.put(file, writePrivateKey(pair.privateKey), 0o600);
  return site.account.cloudFront.publicKeys.create({
    callerReference: file,
    name: file.replace(/\W/g, "-"),
    encodedKey: writePublicKey(pair.publicKey),
    comment: "",
  }).id;
}

/** Sets the group's keys, and waits until every edge location knows them. */
export async function trustOnly({ site, world }: ProbedSite, ...ids: string[]): Promise<void> {
  const { keyGroups } = site.account.cloudFront;
  const { etag, config } = keyGroups.get(site.ids.keyGroupId);
  keyGroups.update(site.ids.keyGroupId, etag, { ...config, items: ids });
  await world.clock.advance(60);
}

/** Leaves the edge on a distribution without key groups, while the account's copy is already fixed. */
export async function openAtTheEdgeAlone({ site, world }: ProbedSite): Promise<void> {
  const { distributions } = site.account.cloudFront;
  const { etag, config } = distributions.get(site.ids.distributionId);
  turnOn(site, "behavior-unprotected");
  const { config: open } = distributions.get(site.ids.distributionId);
  site.switches.edge.clear();
  const opened = distributions.update(site.ids.distributionId, etag, open);
  await world.clock.advance(60);
  distributions.update(site.ids.distributionId, opened.etag, config);
}

export function currentKeyId({ site }: ProbedSite): string {
  return site.account.cloudFront.keyGroups.get(site.ids.keyGroupId).config.items[0] as string;
}

/** Changes fields of the gate's secret, as a script would. */
export function putSecret({ site }: ProbedSite, change: Readonly<Record<string, string>>): void {
  const value = JSON.parse(site.account.secrets.text(DEMO.secret) ?? "{}") as Record<string, string>;
  site.account.secrets.put(DEMO.secret, JSON.stringify({ ...value, ...change }));
}
