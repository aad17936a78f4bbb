/** A rehearsal: the sandbox, its traffic, and a rotation in the middle of it. The caller passes in the real rotation commands. */
import { InternalError } from "../../errors.ts";
import type { Report } from "../../report/report.ts";
import type { Cloud } from "../../seams/cloud.ts";
import type { World } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";
import { DEMO, type DemoGateSettings } from "../demo-gate.ts";
import type { TrafficHistory } from "../edge/traffic-history.ts";
import { type RotationView, rotationView } from "../rotation-view.ts";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import type { EdgeHistory } from "../site-pictures.ts";
import { type LoggedCounts, MUST_BE_ZERO, type RehearsalCounts, type Tally } from "./counts.ts";
import { startTraffic } from "./traffic.ts";
import type { UnattendedRun } from "./unattended.ts";

export interface RehearsalOptions {
  readonly settings: Partial<DemoGateSettings>;
  readonly viewers: number;
  readonly attackers: number;
  /** Duration of the traffic before and after the rotation. */
  readonly before: Seconds;
  readonly after: Seconds;
}

export interface RehearsalEnd {
  readonly counts: RehearsalCounts;
  /** For counts that must be zero but are not. */
  readonly evidence: Readonly<Partial<Record<keyof RehearsalCounts, readonly string[]>>>;
  readonly rotation: Pick<Report, "outcome" | "result">;
  readonly unattended?: UnattendedRun;
  /** Absent if the access logs were not read. */
  readonly logged?: LoggedCounts;
  readonly took: Seconds;
  /** What the edge did meanwhile, and what the rotation left behind. */
  readonly edge: EdgeHistory;
  readonly look?: RotationView;
  readonly journal: readonly Readonly<Record<string, unknown>>[];
}

/** Rotates to the end in a separate world: the sandbox's account and edge, without the user's files or journal. */
export type Rotate = (
  world: World,
  configFile: string,
  sandbox: Pick<Sandbox, "account" | "gateYaml">,
) => Promise<Rotated>;
export interface Rotated extends Pick<Report, "outcome" | "result"> {
  /** If a state machine ran it. */
  readonly unattended?: UnattendedRun;
}
export interface RehearsalEvents {
  readonly up: (sandbox: Sandbox) => void;
  /** Shows the counts until the signal. */
  readonly count: (tally: Tally, traffic: Pick<TrafficHistory, "seen">, signal: AbortSignal) => Promise<void>;
  readonly rotated: () => void;
  /** Counts what the edge logged, after the traffic; undefined if that is not possible. */
  readonly logs: (sandbox: Sandbox) => Promise<LoggedCounts | undefined>;
}

/** Not a file: the sandbox's World serves the gate under this name. */
const CONFIG = "keyturn.yaml of the sandbox";

export async function runRehearsal(
  options: RehearsalOptions,
  world: World,
  rotate: Rotate,
  events: RehearsalEvents,
): Promise<RehearsalEnd> {
  const { clock, random, keyPairs, interrupt } = world;
  const sandbox = await startSandbox({ clock, random, keyPairs, settings: options.settings });
  const startedAt = clock.now();
  try {
    events.up(sandbox);
    const journal: Readonly<Record<string, unknown>>[] = [];
    const inside = worldInside(sandbox, world, journal);
    const traffic = startTraffic({
      clock,
      random,
      keyPairs,
      send: inside.viewer.send,
      site: sandbox,
      viewers: options.viewers,
      attackers: options.attackers,
    });
    const over = new AbortController();
    const drawn = events.count(traffic.tally, sandbox.history.traffic, over.signal);
    let rotation: Rotated;
    try {
      await clock.sleep(options.before, interrupt);
      rotation = await rotate(inside, CONFIG, sandbox);
      events.rotated();
      await clock.sleep(options.after, interrupt);
    } finally {
      over.abort();
      await drawn;
      await traffic.stop();
    }
    const { counts } = traffic.tally;
    const look = await rotationView(sandbox);
    const to = clock.now();
    const edge: EdgeHistory = {
      ...{
        trust: sandbox.locations.trust.until(to),
        traffic: sandbox.history.traffic.seen,
        from: startedAt,
        to,
      },
      record: look?.record,
    };
    const logged = await events.logs(sandbox);
    return {
      counts,
      logged,
      evidence: Object.fromEntries(
        MUST_BE_ZERO.filter((name) => counts[name] > 0).map((name) => [name, traffic.tally.evidence(name)]),
      ),
      rotation: { outcome: rotation.outcome, result: rotation.result },
      unattended: rotation.unattended,
      took: clock.now() - startedAt,
      ...{ edge, journal, look },
    };
  } finally {
    await sandbox.stop();
  }
}

const silent = {
  insist: () => {},
  note: () => {},
  progress: () => {},
  live: false,
  interactive: false,
  ask: () => Promise.reject(new InternalError("ERR_INTERNAL", "a rehearsal prompted for input")),
};

/** The same clock, terminal and network; another account, another environment, and no writes. */
function worldInside(sandbox: Sandbox, world: World, journal: Readonly<Record<string, unknown>>[]): World {
  const config = new TextEncoder().encode(sandbox.gateYaml);
  const out = (text: string) => world.terminal.out(text);
  const cloud = (): Promise<Cloud> =>
    world.cloud({
      region: DEMO.region,
      endpointUrl: sandbox.urls.api,
      credentials: {
        accessKeyId: sandbox.awsEnv.AWS_ACCESS_KEY_ID as string,
        secretAccessKey: sandbox.awsEnv.AWS_SECRET_ACCESS_KEY as string,
      },
    });
  return {
    ...world,
    cloud,
    env: {},
    // The command's messages before a change to AWS would only confuse here.
    terminal: { ...silent, out, page: out },
    viewer: {
      send: (request, signal) => world.viewer.send({ ...request, ca: sandbox.certificate.caPem }, signal),
    },
    files: {
      ...world.files,
      read: (path) => (path === CONFIG ? Promise.resolve(config) : world.files.read(path)),
      stream: (path) => (path === CONFIG ? wholeAtOnce(config) : world.files.stream(path)),
    },
    journal: {
      append: async (_name, entry) => {
        journal.push(entry);
      },
    },
  };
}

async function* wholeAtOnce(content: Uint8Array): AsyncIterable<Uint8Array> {
  yield content;
}
