/** Every side effect as a narrow interface; types only. Take only what you need: `Pick<World, "clock" | "files">`. */
import type { AnswerDates } from "./answer-dates.ts";
import type { Distribution, DistributionSummary, ForwardingPolicy } from "./cloudfront/distribution.ts";
import type { EngineCloud } from "./engine-seams.ts";
import type { Folders } from "./folder-seams.ts";
import type { KeyPair, KeyType } from "./keys/key-pair.ts";
import type { LogAccess, LogCloud } from "./log-seams.ts";
import type { Processes, Programs } from "./program-seams.ts";
import type { Runbooks } from "./runbook-seams.ts";
import type { Sealed } from "./sealed.ts";
import type { EpochSeconds, Seconds } from "./time.ts";

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

/** A value with the ETag it was read at. */
export interface Versioned<T> {
  readonly value: T;
  readonly etag: string;
}
export interface PublicKeyConfig {
  /** For idempotency: CloudFront refuses a reference that it has seen (ERR_EXISTS). At most 128 characters. */
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
 * happened). Lists return all pages.
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
  /** Ids of public keys in field-level encryption profiles: in use although no key group holds them. */
  listFieldEncryptionKeys(): AsyncIterable<string>;
  /** Includes AWS's managed policies. */
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
  /** Labeled versions only: version id -> staging labels. */
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
 * is not on `from`. Other errors as in ControlPlane.
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
  /** All versions, including unlabeled ones. */
  listVersions(id: string): AsyncIterable<SecretVersionSummary>;
  moveStage(
    id: string,
    stage: string,
    change: { readonly from?: string; readonly to?: string },
  ): Promise<void>;
  /** Includes secrets scheduled for deletion (`deletedAt`), unreadable until restored. */
  list(): AsyncIterable<SecretDescription>;
  /** Cancels a scheduled deletion; succeeds if there is none. */
  restore(id: string): Promise<void>;
  /** Turns managed rotation off. */
  cancelRotation(id: string): Promise<void>;
  /** Adds a replica, or repairs a failed one; `overwrites` deletes another secret of that name in the region. */
  replicate(id: string, region: string, overwrites: boolean): Promise<void>;
}
/** The two AWS services of one account; `dates`: the time according to their responses. */
export interface Cloud {
  readonly controlPlane: ControlPlane;
  readonly vault: SecretVault;
  /** Printed before a write: the endpoint unless it is AWS's own, otherwise the region. */
  readonly where: string;
  readonly dates: AnswerDates;
  /** The caller's ARN if known; for the record, never for decisions. */
  readonly caller: () => Promise<string | undefined>;
}
export interface AssumedRole {
  readonly arn: string;
  /** What the role's trust policy may ask for; AWS does not treat it as a secret. */
  readonly externalId?: string | undefined;
}
export interface CloudOptions {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
  /** The role to work as, assumed with the credentials that are found otherwise. */
  readonly assumeRole?: AssumedRole | undefined;
  /** Used instead of the default credential chain: the sandbox accepts any. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

export interface ViewerRequest {
  readonly method: string;
  /** Sent unchanged: path and query are not normalized. */
  readonly url: string;
  /** In order, including any Cookie header. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
  /** Connect here instead of resolving the host (`--resolve`); the Host header and TLS name stay. */
  readonly address?: { readonly host: string; readonly port?: number };
  /** PEM of an extra CA to trust (the sandbox's). */
  readonly ca?: string;
  /** For the whole response; 10 s by default. */
  readonly timeout?: Seconds;
}
export interface ViewerResponse {
  readonly status: number;
  /** Names in lower case, in order, duplicates kept. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** At most 64 KiB; the rest is not read. */
  readonly body: Uint8Array;
  readonly truncated: boolean;
  readonly address: string;
}
/**
 * Sends requests to an edge, exactly as given. Never follows redirects, never throws on an HTTP status; throws
 * ERR_UNREACHABLE only when there was no response. Names under `.localhost` resolve to loopback (RFC 6761, 6.3), which
 * Node's resolver does not do.
 */
export interface Viewer {
  send(request: ViewerRequest, signal?: AbortSignal): Promise<ViewerResponse>;
  /** All addresses of a host; absent in viewers without DNS. Throws ERR_UNREACHABLE. */
  addresses?(host: string): Promise<readonly string[]>;
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
