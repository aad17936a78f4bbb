/** Every side effect as a narrow interface; types only. Take only what you need: `Pick<World, "clock" | "files">`. */

import type { KeyPair, KeyType } from "../keys/key-pair.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import type { Cloud, CloudOptions } from "./cloud.ts";
import type { EngineCloud } from "./engine.ts";
import type { Folders } from "./folders.ts";
import type { LogAccess, LogCloud } from "./logs.ts";
import type { Processes, Programs } from "./programs.ts";
import type { Runbooks } from "./runbooks.ts";
import type { Viewer } from "./viewer.ts";

export interface Clock {
  /** A function, never a value, so that time can pass. */
  now(): EpochSeconds;
  /** Resolves after `length`, or rejects with the signal's reason. */
  sleep(length: Seconds, signal?: AbortSignal): Promise<void>;
  /** Aborts after `length`: a time limit for work. Absent on clocks without limits. */
  deadline?(length: Seconds): AbortSignal;
}

export interface Random {
  bytes(count: number): Uint8Array;
  uuid(): string;
  /** In [0, 1); for jitter, never for keys. */
  fraction(): number;
}

export interface KeyPairSource {
  /** A new pair; the private half stays a KeyObject. */
  generate(type: KeyType): Promise<KeyPair>;
}

export interface JournalStore {
  /** Appends one JSON line to the named journal; durable (fsync) before it resolves. */
  append(name: string, entry: Readonly<Record<string, unknown>>): Promise<void>;
  /** The newest entries of the named journal, oldest first; none if there is no journal, or it cannot be read. Never throws. */
  newest?(name: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** A cache of small texts, never secrets. Losing one changes nothing, so neither method throws. */
export interface Cache {
  read(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
}

export interface Files {
  /** Throws ERR_FILE_UNREADABLE with the path and the reason. */
  read(path: string): Promise<Uint8Array>;
  stdin(): Promise<Uint8Array>;
  /** In chunks, for files too large for memory (HAR); `-` is stdin. */
  stream(path: string): AsyncIterable<Uint8Array>;
  /** 0600, or `mode` less the umask; complete or absent, never over an existing file (ERR_FILE_EXISTS), never through a symlink. */
  writeNew(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  /** Appends to a file that may exist, such as GitHub's step summary; creates it if missing. */
  append(path: string, text: string): Promise<void>;
  /** Permission bits of the file, following links; undefined if it does not exist. */
  mode(path: string): Promise<number | undefined>;
}

export interface Terminal {
  /** stdout; called by `bind` only. */
  out(text: string): Promise<void>;
  /**
   * Like `out`, but text longer than the terminal's screen goes through this pager, a shell command, until it has ended.
   */
  page(text: string, pager: string): Promise<void>;
  /** stderr, one line (or several) with a newline added: progress, warnings, hints. Silent under --quiet. */
  note(text: string): void;
  /** Like note, but also under --quiet: for lines that another program must read (a CI's `::add-mask::`). */
  insist(text: string): void;
  /** A stderr line, or a block of them, that the next output overwrites; a plain note unless `live`. */
  progress(text: string): void;
  /** Whether a line can be overwritten: stderr is a terminal, and not a dumb one. */
  readonly live: boolean;
  /** Whether a question can be asked: stdin and stderr are terminals. `columns`: stdout's width if it is a terminal. */
  readonly interactive: boolean;
  readonly columns?: number | undefined;
  /** Asks and resolves to the typed answer. Only when interactive. */
  ask(question: string): Promise<string>;
}

/** Everything a command may touch. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly keyPairs: KeyPairSource;
  /** Loads the AWS SDK. */
  readonly cloud: (options: CloudOptions) => Promise<Cloud>;
  readonly viewer: Viewer;
  readonly journal: JournalStore;
  /** Absent if nothing may be stored. */
  readonly cache?: Cache;
  readonly files: Files;
  readonly terminal: Terminal;
  readonly programs: Programs;
  readonly processes: Processes;
  readonly runbooks: Runbooks;
  readonly folders: Folders;
  /** The bundled function of `keyturn unattended`: JavaScript in one file. */
  readonly turnCode: () => Promise<Uint8Array>;
  readonly logs: LogAccess;
  /** Loads the AWS SDK. */
  readonly logCloud: (options: CloudOptions) => Promise<LogCloud>;
  /** Loads the AWS SDK. */
  readonly engineCloud: (options: CloudOptions) => Promise<EngineCloud>;
  /** Runs another keyturn command line in this world, with its output on `terminal`; resolves to its exit code. */
  readonly keyturn: (argv: readonly string[], terminal: Terminal) => Promise<number>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** This machine's name, to show people where something was started. */
  readonly hostname: () => Promise<string>;
  /** The base folder of relative paths. */
  readonly cwd: string;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
  readonly interrupt: AbortSignal;
}
