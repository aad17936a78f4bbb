/** Every effect as a narrow interface: types only. Take what you need: `Pick<World, "clock" | "files">`. */
import type { AnswerDates } from "./answer-dates.ts";
import type { Distribution, DistributionSummary, ForwardingPolicy } from "./cloudfront/distribution.ts";
import type { KeyPair, KeyType } from "./keys/key-pair.ts";
import type { LogAccess } from "./log-seams.ts";
import type { Sealed } from "./sealed.ts";
import type { EpochSeconds, Seconds } from "./time.ts";

export interface Clock {
  /** A function, never a value: time must be able to pass. */
  now(): EpochSeconds;
  /** Resolves after `length`, or rejects with the signal's reason. */
  sleep(length: Seconds, signal?: AbortSignal): Promise<void>;
  /** Aborts after `length`: a limit on work, which nobody waits for. Absent where a clock knows no limits. */
  deadline?(length: Seconds): AbortSignal;
}

export interface Random {
  bytes(count: number): Uint8Array;
  uuid(): string;
  /** In [0, 1): jitter only, never keys. */
  fraction(): number;
}

export interface KeyPairSource {
  /** A fresh pair; the private half stays a KeyObject. */
  generate(type: KeyType): Promise<KeyPair>;
}

/** A value with the ETag it was read at. */
export interface Versioned<T> {
  readonly value: T;
  readonly etag: string;
}
export interface PublicKeyConfig {
  /** Idempotency: the same reference twice is refused by CloudFront (ERR_EXISTS). At most 128 characters. */
  readonly callerReference: string;
  readonly name: string;
  /** SPKI PEM with real line breaks. */
  readonly encodedKey: string;
  /** At most 128 characters. */
  readonly comment: string;
}
export interface PublicKey extends Omit<PublicKeyConfig, "callerReference"> {
  readonly id: string;
  readonly createdAt: EpochSeconds;
}
export interface KeyGroupConfig {
  readonly name: string;
  /** Key pair IDs; at least one, five by default quota. */
  readonly items: readonly string[];
  readonly comment: string;
}
export interface KeyGroup extends KeyGroupConfig {
  readonly id: string;
  readonly modifiedAt: EpochSeconds;
}

/**
 * CloudFront's key API. Reads return an ETag, writes take one: a mismatch throws ERR_PRECONDITION. Not found throws
 * ERR_NOT_FOUND, duplicates ERR_EXISTS, in use ERR_IN_USE, quota ERR_QUOTA, permission ERR_ACCESS_DENIED, bad or
 * expired credentials ERR_CREDENTIALS, no answer ERR_UNREACHABLE/ERR_THROTTLED/ERR_REMOTE (then the effect may have
 * happened). Lists page by themselves.
 */
export interface ControlPlane {
  listPublicKeys(): AsyncIterable<PublicKey>;
  getPublicKey(id: string): Promise<Versioned<PublicKey>>;
  createPublicKey(config: PublicKeyConfig): Promise<Versioned<PublicKey>>;
  deletePublicKey(id: string, etag: string): Promise<void>;
  listKeyGroups(): AsyncIterable<KeyGroup>;
  getKeyGroup(id: string): Promise<Versioned<KeyGroup>>;
  createKeyGroup(config: KeyGroupConfig): Promise<Versioned<KeyGroup>>;
  /** Replaces the whole config: read, merge, write with the ETag that was read. */
  updateKeyGroup(id: string, etag: string, config: KeyGroupConfig): Promise<Versioned<KeyGroup>>;
  deleteKeyGroup(id: string, etag: string): Promise<void>;
  listDistributionsByKeyGroup(keyGroupId: string): AsyncIterable<string>;
  listDistributions(): AsyncIterable<DistributionSummary>;
  getDistribution(id: string): Promise<Versioned<Distribution>>;
  /** Ids of the public keys that field-level encryption profiles hold: in no key group, and in use all the same. */
  listFieldEncryptionKeys(): AsyncIterable<string>;
  /** AWS's managed policies too. */
  getCachePolicy(id: string): Promise<ForwardingPolicy>;
  getOriginRequestPolicy(id: string): Promise<ForwardingPolicy>;
}

export type SecretValue = { readonly text: Sealed<string> } | { readonly binary: Sealed<Uint8Array> };
export interface SecretVersion {
  readonly arn: string;
  readonly name: string;
  readonly versionId: string;
  readonly stages: readonly string[];
  readonly createdAt: EpochSeconds;
  readonly value: SecretValue;
}
export interface SecretDescription {
  readonly arn: string;
  readonly name: string;
  readonly kmsKeyId?: string;
  readonly rotationEnabled: boolean;
  readonly primaryRegion?: string;
  readonly replicas: readonly {
    readonly region: string;
    readonly status: string;
    readonly message?: string;
  }[];
  /** Labelled versions only: version id -> staging labels. */
  readonly stagesByVersion: Readonly<Record<string, readonly string[]>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly owningService?: string;
  readonly deletedAt?: EpochSeconds;
}
export interface SecretVersionSummary {
  readonly versionId: string;
  readonly stages: readonly string[];
  readonly createdAt: EpochSeconds;
}

/**
 * Secrets Manager. `create` and `put` are idempotent by token, which becomes the version id: the same token with
 * another value throws ERR_EXISTS. `moveStage` is a compare-and-swap: AWS refuses it (ERR_PRECONDITION) when the label
 * is not on `from`. Errors otherwise as ControlPlane's.
 */
export interface SecretVault {
  create(
    name: string,
    token: string,
    value: SecretValue,
    description?: string,
  ): Promise<{ arn: string; versionId: string }>;
  get(id: string, which: { readonly stage: string } | { readonly versionId: string }): Promise<SecretVersion>;
  /** `stages` is never empty: a put without labels would move AWSCURRENT. */
  put(
    id: string,
    token: string,
    value: SecretValue,
    stages: readonly [string, ...string[]],
  ): Promise<{ versionId: string; stages: readonly string[] }>;
  describe(id: string): Promise<SecretDescription>;
  /** All versions, also those without labels. */
  listVersions(id: string): AsyncIterable<SecretVersionSummary>;
  moveStage(
    id: string,
    stage: string,
    change: { readonly from?: string; readonly to?: string },
  ): Promise<void>;
  /** Those marked for deletion too, which nothing reads until they are restored: `deletedAt` tells. */
  list(): AsyncIterable<SecretDescription>;
}
/** The two AWS services as one account sees them; `dates`: what time their answers say it is. */
export interface Cloud {
  readonly controlPlane: ControlPlane;
  readonly vault: SecretVault;
  /** What to print before a mutation: the endpoint when it is not AWS's own, else the region. */
  readonly where: string;
  readonly dates: AnswerDates;
  /** The caller's ARN where it can be learned; for the record, never for a decision. */
  readonly caller: () => Promise<string | undefined>;
}
export interface CloudOptions {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
  /** Used instead of the default chain: the sandbox takes any. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

export interface ViewerRequest {
  readonly method: string;
  /** Sent as it stands: no normalisation of path or query. */
  readonly url: string;
  /** In order; a Cookie header is one of these. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
  /** Connect here instead of resolving the host (`--resolve`); the Host header and TLS name stay. */
  readonly address?: { readonly host: string; readonly port?: number };
  /** PEM of a CA to trust besides the usual ones (the sandbox's). */
  readonly ca?: string;
  /** For the whole answer; 10 s unless told. */
  readonly timeout?: Seconds;
}
export interface ViewerResponse {
  readonly status: number;
  /** Names in lower case, in order, repeated ones repeated. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** At most 64 KiB; the rest is not read. */
  readonly body: Uint8Array;
  readonly truncated: boolean;
  readonly address: string;
}
/**
 * Asks an edge. Sends exactly what it is given, never follows redirects, never throws on an HTTP status; throws
 * ERR_UNREACHABLE only when there was no response. Names under `.localhost` are the loopback address (RFC 6761, 6.3):
 * Node's resolver does not know that.
 */
export interface Viewer {
  send(request: ViewerRequest, signal?: AbortSignal): Promise<ViewerResponse>;
  /** All addresses that a host resolves to; absent in viewers that cannot tell. Throws ERR_UNREACHABLE. */
  addresses?(host: string): Promise<readonly string[]>;
}

export interface JournalStore {
  /** Appends one JSON line to the journal of that name; durable (fsync) before it resolves. */
  append(name: string, entry: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Small texts that save a question, never secrets: losing one changes nothing, so neither verb throws. */
export interface Cache {
  read(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
}

export interface Files {
  /** Throws ERR_FILE_UNREADABLE with the path and the reason. */
  read(path: string): Promise<Uint8Array>;
  stdin(): Promise<Uint8Array>;
  /** Chunks, for what is too large to hold (HAR); `-` is stdin. */
  stream(path: string): AsyncIterable<Uint8Array>;
  /** 0600, or `mode` less the umask; complete or absent, never over an existing file (ERR_FILE_EXISTS), never through a symlink. */
  writeNew(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  /** To a file that others may have begun, such as GitHub's step summary; made where there is none. */
  append(path: string, text: string): Promise<void>;
  /** Permission bits of the file, or of what a link leads to; undefined when there is no such file. */
  mode(path: string): Promise<number | undefined>;
}

export interface ProgramRun {
  readonly signal?: AbortSignal;
  readonly keepsStdout?: boolean; // Its stdout goes to stderr: stdout is kept for one document alone.
  readonly withoutEnv?: readonly string[]; // Names of variables that it does not get.
}
export interface Programs {
  /**
   * Runs a program of the user's PATH with the user's own stdin, stdout and stderr. It can read `extra` once from
   * /dev/fd/3, and from nowhere else: not from argv, the environment or a named file. Resolves to its exit code (128
   * and the signal's number, when a signal ended it). Throws ERR_PROGRAM.
   */
  run(program: string, args: readonly string[], extra: Sealed<string>, how?: ProgramRun): Promise<number>;
  /** Runs a program with the user's stdin and stderr for what it prints: a secret. Throws ERR_PROGRAM, also when it fails. */
  output(program: string, args: readonly string[], signal?: AbortSignal): Promise<Sealed<string>>;
}

/** Processes of this machine, by their ids. */
export interface Processes {
  /** This one. */
  readonly own: number;
  /** Sends nothing to it. An id can have passed to another process since. */
  isRunning(id: number): boolean;
}

/** The runbooks that are shipped with the program. */
export interface Runbooks {
  /** In the order of the alphabet. */
  names(): Promise<readonly string[]>;
  /** The page as it is written. Throws ERR_RUNBOOK when there is none of that name. */
  read(name: string): Promise<string>;
}

export interface Terminal {
  /** stdout; called by `bind` only. */
  out(text: string): Promise<void>;
  /** stderr, one line (or several) with a newline added: progress, warnings, hints. Silent under --quiet. */
  note(text: string): void;
  /** As note, but also under --quiet: what another program must read (a CI's `::add-mask::`). */
  insist(text: string): void;
  /** A line of stderr that the next one replaces on a terminal; a plain note where stderr is none. */
  progress(text: string): void;
  /** Can a question be asked: stdin and stderr are terminals. `columns`: of stdout, when it is a terminal. */
  readonly interactive: boolean;
  readonly columns?: number | undefined;
  /** Asks, and resolves to what was typed. Only when interactive. */
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
  /** Absent where nothing may be kept. */
  readonly cache?: Cache;
  readonly files: Files;
  readonly terminal: Terminal;
  readonly programs: Programs;
  readonly processes: Processes;
  readonly runbooks: Runbooks;
  readonly logs: LogAccess;
  /** Runs another command line of keyturn in this world, told on `terminal`; resolves to its exit code. */
  readonly keyturn: (argv: readonly string[], terminal: Terminal) => Promise<number>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** This machine's name, to tell people where something was started. */
  readonly hostname: () => Promise<string>;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
  readonly interrupt: AbortSignal;
}
