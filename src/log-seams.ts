/** The effects that `keyturn logs` needs besides: a SQL engine, and files of logs. Types only. */

/** A value in a row of an answer; counts are numbers, instants epoch seconds. */
export type LogValue = string | number | boolean | null;
export type LogRow = Readonly<Record<string, LogValue>>;

export interface LogFileStart {
  /** By its first bytes, whatever its name. */
  readonly compression: "none" | "gzip";
  /** Decompressed; the whole file where it is shorter than asked. */
  readonly bytes: Uint8Array;
}
/** Files of access logs on this machine. */
export interface LogFiles {
  /**
   * Paths, globs and folders (without hidden files) as files, each once, in order. `-` is `stdin`, copied into the
   * private folder. Throws ERR_FILE_UNREADABLE for a name that leads to no file.
   */
  find(names: readonly string[], stdin: AsyncIterable<Uint8Array>): Promise<readonly string[]>;
  /** At most `count` bytes. Throws ERR_FILE_UNREADABLE. */
  start(path: string, count: number): Promise<LogFileStart>;
  /** Uncompressed length of a gzip file modulo 2^32, as its last four bytes claim. */
  claimedLength(path: string): Promise<number>;
  /** Decompresses all of a gzip file and checks it: false where it is cut off or damaged. */
  isWhole(path: string): Promise<boolean>;
}
/** A SQL engine on this machine, with a private folder that is gone when it is closed. */
export interface LogEngine {
  /** Throws ERR_LOG_ENGINE for what it refuses, and the reason of an interrupt. */
  query(sql: string): Promise<readonly LogRow[]>;
}
export interface LogDesk {
  readonly files: LogFiles;
  readonly engine: LogEngine;
  /** For the owner alone; removed by `close`. */
  readonly folder: string;
  close(): Promise<void>;
}
export interface LogDeskOptions {
  /** As DuckDB writes it: `512MB`. */
  readonly memoryLimit: string;
}

/** How `keyturn logs` gets at logs. */
export interface LogAccess {
  /** Loads DuckDB; nothing else does. Throws ERR_LOG_ENGINE where it is not installed. */
  desk(options: LogDeskOptions): Promise<LogDesk>;
}
