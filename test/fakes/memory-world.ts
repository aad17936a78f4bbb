/** A World in memory, and a function that runs the real program in it. */
import { fileURLToPath } from "node:url";
import { LIMITS } from "../../src/adapters/aws/bounded-exchange.ts";
import type { CloudClientOptions } from "../../src/adapters/aws/client-settings.ts";
import { awsCloud } from "../../src/adapters/aws/cloud.ts";
import { awsEngineCloud } from "../../src/adapters/aws/engine-cloud.ts";
import { awsLogCloud } from "../../src/adapters/aws/log-cloud.ts";
import { cryptoKeyPairs } from "../../src/adapters/key-pair-source.ts";
import { openLogWorkspace } from "../../src/adapters/logs/log-workspace.ts";
import { runbookFiles } from "../../src/adapters/runbook-files.ts";
import { InputError } from "../../src/errors.ts";
import { runProgram } from "../../src/program.ts";
import type { WireHandler } from "../../src/sandbox/wire.ts";
import type { Cloud, CloudOptions } from "../../src/seams/cloud.ts";
import type { EngineCloud } from "../../src/seams/engine.ts";
import type { Folders } from "../../src/seams/folders.ts";
import type { Programs } from "../../src/seams/programs.ts";
import type { Viewer } from "../../src/seams/viewer.ts";
import type { Cache, Clock, Files, JournalStore, Terminal, World } from "../../src/seams/world.ts";
import { httpDate } from "./http-date.ts";
import { checkDocument } from "./json-contract.ts";
import { ManualClock } from "./manual-clock.ts";
import { sdkOverWire } from "./sdk-over-wire.ts";
import { seededRandom } from "./seeded-random.ts";

export interface MemoryWorld extends World {
  readonly clock: ManualClock;
  readonly files: MemoryFiles;
  readonly journal: JournalStore & { readonly entries: Readonly<Record<string, unknown>>[] };
  readonly terminal: RecordingTerminal;
  /** Interrupts the program, as a signal does. */
  readonly interruptNow: (reason: unknown) => void;
}

export interface MemoryWorldOptions {
  readonly now?: number;
  readonly seed?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Paths as commands write them -> contents. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly stdin?: string | Uint8Array;
  /** Answers to questions, in order. If given, the terminal is interactive. An unused or missing one is an error. */
  readonly answers?: readonly string[];
  /** The width of stdout. If given, stdout is a terminal. */
  readonly columns?: number;
  /**
   * AWS: a sandbox's handler, which the real SDK calls in process, or a Cloud. Without one, a call to AWS fails the
   * test.
   */
  readonly cloud?: WireHandler | Cloud;
  /** The edge. Without one, a request fails the test. */
  readonly viewer?: Viewer;
  /** Other programs. Without one, running any fails the test. */
  readonly programs?: Programs;
  /** For sharing one clock with a sandbox. */
  readonly clock?: ManualClock;
  /** AWS's clock, which dates its responses. By default, it is this machine's. */
  readonly serverClock?: Clock;
}

/** Limits that a busy machine does not reach, so that no delay is reported. */
const PATIENT = { ...LIMITS, answer: 100_000, silence: 100_000 };

export function memoryWorld(options: MemoryWorldOptions = {}): MemoryWorld {
  const clock = options.clock ?? new ManualClock(options.now);
  const random = seededRandom(options.seed ?? 1);
  const interrupt = new AbortController();
  const env = options.env ?? {};
  const terminal = new RecordingTerminal(options.answers, options.columns);
  const around = { env, clock, random, terminal, interrupt: interrupt.signal, limits: PATIENT };
  const files = new MemoryFiles(options.files ?? {}, options.stdin);
  const world: MemoryWorld = {
    runbooks: runbookFiles(fileURLToPath(new URL("../../runbooks", import.meta.url))),
    logs: { workspace: (options) => openLogWorkspace(options, interrupt.signal) },
    keyturn: (argv, terminal) => runProgram(argv, { ...world, terminal }),
    folders: foldersOf(files),
    turnCode: async () => TURN_CODE,
    clock,
    random,
    keyPairs: cryptoKeyPairs,
    cloud: (asked) => cloudOf(options.cloud, asked, around, options.serverClock),
    logCloud: async (asked) => {
      if (typeof options.cloud !== "function") return unexpected("a question about logs to AWS");
      return awsLogCloud(...inProcess(options.cloud, asked, around, options.serverClock ?? clock));
    },
    engineCloud: async (asked) => {
      if (typeof options.cloud !== "function") return NOTHING_DEPLOYED;
      return awsEngineCloud(...inProcess(options.cloud, asked, around, options.serverClock ?? clock));
    },
    viewer: options.viewer ?? { send: async () => unexpected("a request to an edge") },
    journal: memoryJournal(),
    cache: memoryCache(),
    files,
    terminal,
    programs: options.programs ?? {
      run: async (program) => unexpected(`running ${program}`),
      output: async (program) => unexpected(`running ${program}`),
    },
    processes: { own: 1, isRunning: () => unexpected("a question about a process") },
    env,
    hostname: async () => "laptop",
    cwd: "/project",
    interrupt: interrupt.signal,
    interruptNow: (reason) => interrupt.abort(reason),
  };
  return world;
}

/** In place of the Lambda function's bundle, which only a build has. */
export const TURN_CODE = Buffer.from("exports.handler = async () => {};\n");

const NOTHING_DEPLOYED: EngineCloud = {
  where: "nowhere",
  lambda: async () => undefined,
  machine: async () => undefined,
  machineArn: async () => undefined,
  executions: async () => [],
  waitingWith: async () => undefined,
  ended: async () => ({}),
  schedules: async () => [],
  alarms: async () => [],
  topic: async () => undefined,
};

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/**
 * Runs `keyturn ...argv` in the world, and returns what this run printed. A document that breaks its command's
 * published schema, or a next step that cannot be pasted, fails the test.
 */
export async function runCommand(argv: readonly string[], world: MemoryWorld): Promise<Ran> {
  const before = { out: world.terminal.stdout.length, err: world.terminal.stderr.length };
  const exitCode = await world.clock.run(runProgram(argv, world));
  const stdout = world.terminal.stdout.slice(before.out);
  const stderr = world.terminal.stderr.slice(before.err);
  if (argv.includes("--json")) checkDocument(stdout);
  checkToType(stdout + stderr);
  return { stdout, stderr, exitCode };
}

/** Throws if a printed next step has a remark after the command, so that it cannot be pasted. */
function checkToType(text: string): void {
  const remark = /^(?:hint:|next:?| *(?:→|->)) +(?:keyturn|aws|curl) [^'"`\n]*(?: \([a-z]|; | or ).*$/im.exec(
    text,
  );
  if (remark !== null) throw new Error(`a command with a remark behind it: ${remark[0]}`);
}

/** Splits a command line at spaces; for arguments without spaces or quotes. */
export function words(line: string): string[] {
  return line.split(/\s+/).filter((word) => word !== "" && word !== "keyturn");
}

async function cloudOf(
  given: WireHandler | Cloud | undefined,
  asked: CloudOptions,
  around: CloudClientOptions,
  serverClock: Clock = around.clock,
): Promise<Cloud> {
  if (given === undefined) return unexpected("a call to AWS");
  if (typeof given !== "function") return given;
  return awsCloud(...inProcess(given, asked, around, serverClock));
}

function inProcess(
  handler: WireHandler,
  asked: CloudOptions,
  around: CloudClientOptions,
  serverClock: Clock,
): [CloudOptions, CloudClientOptions] {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };
  const local = { region: "eu-west-1", endpointUrl: "http://sandbox.invalid", credentials };
  return [
    { ...local, ...definedOf(asked) },
    { ...around, requestHandler: sdkOverWire(handler), undated: () => httpDate(serverClock.now()) },
  ];
}

function definedOf(options: CloudOptions): CloudOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function memoryCache(): Cache {
  const texts = new Map<string, string>();
  return {
    read: async (name) => texts.get(name),
    write: async (name, text) => {
      texts.set(name, text);
    },
  };
}

function memoryJournal(): MemoryWorld["journal"] {
  const entries: Readonly<Record<string, unknown>>[] = [];
  return {
    entries,
    newest: async (name) => entries.filter(({ journal }) => journal === name),
    append: async (name, entry) => {
      entries.push(JSON.parse(JSON.stringify({ journal: name, ...entry })));
    },
  };
}

export class MemoryFiles implements Files {
  readonly #files = new Map<string, { content: Uint8Array; mode: number }>();
  readonly #stdin: Uint8Array | undefined;

  constructor(files: Readonly<Record<string, string | Uint8Array>>, stdin?: string | Uint8Array) {
    for (const [path, content] of Object.entries(files)) this.put(path, content);
    this.#stdin = stdin === undefined ? undefined : Buffer.from(stdin);
  }

  /** Writes a file as somebody else would. */
  put(path: string, content: string | Uint8Array, mode = 0o644): void {
    this.#files.set(key(path), { content: Buffer.from(content), mode });
  }
  remove(path: string): void {
    if (!this.#files.delete(key(path))) throw new Error(`no ${path} to remove`);
  }
  names(): string[] {
    return [...this.#files.keys()].sort();
  }
  bytes(path: string): Uint8Array {
    return this.#files.get(key(path))?.content ?? new Uint8Array();
  }
  text(path: string): string {
    return Buffer.from(this.bytes(path)).toString("utf8");
  }

  async read(path: string): Promise<Uint8Array> {
    const file = this.#files.get(key(path));
    if (file === undefined) {
      throw new InputError("ERR_FILE_UNREADABLE", `${path} cannot be read: no such file`, [`ls -l ${path}`]);
    }
    return file.content;
  }
  async stdin(): Promise<Uint8Array> {
    return this.#stdin ?? unexpected("reading stdin");
  }
  async *stream(path: string): AsyncIterable<Uint8Array> {
    yield path === "-" ? await this.stdin() : await this.read(path);
  }
  async writeNew(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
    if (this.#files.has(key(path))) {
      throw new InputError("ERR_FILE_EXISTS", `${path} already exists; keyturn never overwrites files`);
    }
    this.put(path, content, mode);
  }
  async append(path: string, text: string): Promise<void> {
    this.put(path, this.text(path) + text);
  }
  async mode(path: string): Promise<number | undefined> {
    const folder = `${key(path).replace(/\/$/, "")}/`;
    const isFolder =
      folder === "/project/" || [...this.#files.keys()].some((each) => each.startsWith(folder));
    return isFolder ? 0o755 : this.#files.get(key(path))?.mode;
  }
}

/** `/project/a.pem`, `./a.pem` and `a.pem` are one file. */
function key(path: string): string {
  return path.replace(/^\/project\//, "").replace(/^\.\//, "");
}

function foldersOf(files: MemoryFiles): Folders {
  return {
    list: async (folder) => {
      const start = `${key(folder).replace(/\/+$/, "")}/`;
      const below = files.names().filter((name) => name.startsWith(start));
      return [...new Set(below.map((name) => name.slice(start.length).split("/")[0] as string))];
    },
    replace: async (path, content) => files.put(path, content),
    move: async (from, to) => {
      await files.writeNew(to, await files.read(from));
      files.remove(from);
    },
    remove: async (path) => files.remove(path),
  };
}

class RecordingTerminal implements Terminal {
  stdout = "";
  stderr = "";
  readonly interactive: boolean;
  readonly live: boolean;
  readonly columns: number | undefined;
  /** The pagers that were requested. */
  readonly pagers: string[] = [];
  readonly #answers: string[];

  constructor(answers?: readonly string[], columns?: number) {
    this.interactive = answers !== undefined;
    this.live = this.interactive;
    this.columns = columns;
    this.#answers = [...(answers ?? [])];
  }

  async out(text: string): Promise<void> {
    this.stdout += text;
  }
  async page(text: string, pager: string): Promise<void> {
    this.pagers.push(pager);
    this.stdout += text;
  }
  note(text: string): void {
    this.stderr += `${text}\n`;
  }
  insist(text: string): void {
    this.note(text);
  }
  progress(text: string): void {
    this.note(text);
  }
  async ask(question: string): Promise<string> {
    const answer = this.#answers.shift() ?? unexpected(`the question ${JSON.stringify(question)}`);
    this.stderr += `${question}${answer}\n`;
    return answer;
  }
}

function unexpected(what: string): never {
  throw new Error(`unexpected in this test: ${what}`);
}
