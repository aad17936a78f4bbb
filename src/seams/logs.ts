/**
 * The additional effects that `keyturn logs` needs: a SQL engine, files of logs, and where AWS keeps them. Types
 * only.
 */
import type { EpochSeconds } from "../time.ts";

/** A value in a result row; counts are numbers, instants epoch seconds. */
export type LogValue = string | number | boolean | null;
export type LogRow = Readonly<Record<string, LogValue>>;

export interface LogFileStart {
  /** By its first bytes, whatever its name. */
  readonly compression: "none" | "gzip";
  /** On disk. */
  readonly size: number;
  /** Uncompressed length. For a gzip file: modulo 2^32, from its last four bytes, so only of its last member. */
  readonly length: number;
  /** Decompressed; the whole file if it is shorter than requested. */
  readonly bytes: Uint8Array;
}
/** Files of access logs on this machine. */
export interface LogFiles {
  /**
   * Paths, globs and folders (without hidden files) as files, each once, in order. `-` is `stdin`, copied into the
   * private folder. Throws ERR_FILE_UNREADABLE for a name that leads to no file.
   */
  find(names: readonly string[], stdin: AsyncIterable<Uint8Array>): Promise<readonly string[]>;
  /** As the user named it: `stdin`, or the original of a copy. */
  shown(path: string): string;
  /** A copy in the private folder with one record per line, of a log that is JSON in another layout, or UTF-16. */
  rewritten(path: string, encoding: "utf-8" | "utf-16le" | "utf-16be"): Promise<string>;
  /** Puts bytes into a new file of the private folder; its path. */
  keep(name: string, bytes: Uint8Array): Promise<string>;
  /** At most `count` bytes. Throws ERR_FILE_UNREADABLE. */
  start(path: string, count: number): Promise<LogFileStart>;
  /** Decompresses all of a gzip file and checks it: false if it is truncated or damaged. */
  isWhole(path: string): Promise<boolean>;
}
/** A SQL engine on this machine, with a private folder that is removed on close. */
export interface LogEngine {
  /** How many read at the same time. */
  readonly threads: number;
  /** Throws ERR_LOG_ENGINE for what it refuses, and the reason of an interrupt. */
  query(sql: string): Promise<readonly LogRow[]>;
}
export interface LogWorkspace {
  readonly files: LogFiles;
  readonly engine: LogEngine;
  /** Accessible only to the owner; removed by `close`. */
  readonly folder: string;
  close(): Promise<void>;
}
export interface LogWorkspaceOptions {
  /** DuckDB's limit, in its own notation: `512MB`. Node and the code of both need about 120 MB more. */
  readonly memoryLimit: string;
}

/** How `keyturn logs` accesses logs. */
export interface LogAccess {
  /** The only place that loads DuckDB. Throws ERR_LOG_ENGINE if it is not installed. */
  workspace(options: LogWorkspaceOptions): Promise<LogWorkspace>;
}

/** One delivery of a distribution's logs by standard logging v2, as the CloudWatch Logs API describes it. */
export interface LogDelivery {
  readonly distributionArn: string;
  /** `S3`, `CWL` (CloudWatch Logs), `FH` (Firehose); AWS may add others. */
  readonly to: string;
  /** `arn:aws:s3:::bucket/prefix`, or of a log group or a stream. */
  readonly destinationArn: string;
  /** `json`, `plain`, `w3c`, `raw`, `parquet`. */
  readonly format: string;
  /** In the logs' own spelling; empty if AWS chose its default. */
  readonly fields: readonly string[];
  /** In S3, below the prefix: `{DistributionId}/{yyyy}/{MM}/{dd}/{HH}`. */
  readonly suffixPath?: string;
  /** `year=2026/month=11/...` instead of `2026/11/...`. */
  readonly isHiveStyle: boolean;
}
/** A distribution's events in a log group; empty while there are none. */
export interface LogGroupSpan {
  readonly oldest?: EpochSeconds;
  readonly newest?: EpochSeconds;
}
export interface LogObject {
  readonly key: string;
  readonly bytes: number;
  /** When it was delivered. */
  readonly modifiedAt: EpochSeconds;
  readonly etag: string;
}
/** Objects in S3. Throws as ControlPlane does. */
export interface LogBucket {
  /** In key order, starting after `after`. */
  objects(bucket: string, prefix: string, after?: string): AsyncIterable<LogObject>;
  /** One level: objects right below `prefix`, and the prefixes of its subfolders, each ending with a slash. */
  level(bucket: string, prefix: string): AsyncIterable<LogObject | { readonly folder: string }>;
  /** Writes the object into a new file, in parts. Throws ERR_NOT_FOUND if it is gone, ERR_PRECONDITION if it changed. */
  fetch(bucket: string, object: LogObject, path: string): Promise<void>;
}
export interface QuerySettings {
  readonly workgroup?: string;
  /** `s3://bucket/prefix/`; absent: the workgroup's own. */
  readonly outputLocation?: string;
}
interface WarehouseAnswer {
  readonly rows: readonly LogRow[];
  readonly scannedBytes: number;
}
/** Athena. */
export interface LogWarehouse {
  /**
   * Runs a query, waits for it and reads all pages; an interrupt stops it in Athena too. Throws ERR_LOG_ENGINE if
   * Athena refuses the query.
   */
  run(sql: string, place: QuerySettings): Promise<WarehouseAnswer>;
}
/** Where AWS keeps access logs; every client loads on first use. */
export interface LogCloud {
  /** The endpoint unless it is AWS's own, otherwise the region. */
  readonly where: string;
  /** The deliveries of all distributions. */
  deliveries(): Promise<readonly LogDelivery[]>;
  /** `arn`: of a log group in CloudWatch Logs. Throws as ControlPlane does. */
  groupSpan(arn: string, distribution: string): Promise<LogGroupSpan>;
  bucket(): Promise<LogBucket>;
  warehouse(): Promise<LogWarehouse>;
}
