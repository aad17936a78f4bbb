/** Flags for the request rate and for how to connect. */
import { X509Certificate } from "node:crypto";
import { InputError, UsageError } from "../errors.ts";
import type { World } from "../seams/world.ts";
import { nearest } from "../text/nearest.ts";
import { shellWord } from "../text/shell-word.ts";
import { parseDuration, type Seconds } from "../time.ts";
import type { Network } from "./execute.ts";
import { DEFAULT_RATE_LIMIT, type RequestRateLimit } from "./pace.ts";
import { socketOf } from "./target.ts";

export interface NetworkFlags {
  readonly resolve?: readonly string[];
  readonly ca?: string;
  readonly timeout?: string;
  readonly concurrency?: string;
  readonly rate?: string;
}

export function rateLimitOf({ concurrency, rate }: NetworkFlags): RequestRateLimit {
  return {
    concurrency: numberOf("--concurrency", concurrency, DEFAULT_RATE_LIMIT.concurrency),
    rate: rate === "unlimited" ? Number.POSITIVE_INFINITY : numberOf("--rate", rate, DEFAULT_RATE_LIMIT.rate),
  };
}

export function numberOf(flag: string, given: string | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  if (/^[1-9]\d{0,4}$/.test(given)) return Number(given);
  throw new UsageError("ERR_USAGE", `${flag} takes a whole number of at least 1, not "${given}"`, [
    `${flag} ${fallback}`,
  ]);
}

export async function networkOf(
  { resolve = [], ca, timeout }: NetworkFlags,
  { files }: Pick<World, "files">,
): Promise<Network> {
  return {
    addresses: new Map(resolve.map(addressOf)),
    ca: ca === undefined ? undefined : certificatesIn(await files.read(ca), ca),
    timeout: timeout === undefined ? 10 : timeoutOf(timeout),
  };
}

/**
 * A name that no request uses is mistyped, and the requests meant for it would go to the real edge. `urls`: every URL that
 * may be requested. Throws ERR_USAGE.
 */
export function requireRequestedHosts(
  { addresses }: Pick<Network, "addresses">,
  urls: readonly string[],
): void {
  if (addresses.size === 0) return;
  const sockets = urls.map(socketOf);
  const requested = [...new Set(sockets.map(({ name, port }) => `${name}:${port}`))];
  const names = [...new Set(sockets.map(({ name }) => name)), ...requested];
  const stray = [...addresses.keys()].find((given) => !names.includes(given));
  if (stray === undefined) return;
  const meant = nearest(stray, names);
  throw new UsageError("ERR_USAGE", `--resolve names ${stray}, but no request goes there`, [
    ...(meant === undefined ? [] : [`did you mean --resolve ${meant}:ADDRESS?`]),
    `requests go to ${requested.join(", ")}`,
  ]);
}

/** As OpenSSL reads them, with any text between them. */
const CERTIFICATE = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^-]*(?:-----END \1-----|$)/g;

/** Node silently ignores a file without certificates, and every TLS handshake then fails for another reason. */
function certificatesIn(bytes: Uint8Array, path: string): string {
  const pem = new TextDecoder().decode(bytes);
  const blocks = [...pem.matchAll(CERTIFICATE)].map(([block]) => block);
  if (blocks.length > 0 && blocks.every(isCertificate)) return pem;
  const isDer = bytes[0] === 0x30 && isCertificate(bytes);
  throw new InputError(
    "ERR_FILE_UNREADABLE",
    blocks.length > 0
      ? `--ca ${path}: certificate ${blocks.findIndex((block) => !isCertificate(block)) + 1} of ${blocks.length} in the file is damaged`
      : `--ca ${path}: the file has no PEM certificate`,
    [
      isDer
        ? `convert it, then give --ca ca.pem: \`openssl x509 -inform der -in ${shellWord(path)} -out ca.pem\``
        : "--ca takes the certificate of the CA that signed the server's, between BEGIN and END CERTIFICATE",
      `openssl x509 -noout -subject -in ${shellWord(path)}`,
    ],
  );
}

function isCertificate(input: string | Uint8Array): boolean {
  try {
    return new X509Certificate(input).subject !== undefined;
  } catch {
    return false;
  }
}

function timeoutOf(given: string): Seconds {
  const timeout = parseDuration(given);
  if (timeout > 0) return timeout;
  throw new UsageError("ERR_USAGE", "--timeout 0s leaves no time for an answer", ["--timeout 10s"]);
}

/** As curl writes it: `HOST:PORT:ADDRESS`; the port may be left out. */
function addressOf(given: string): [host: string, address: { host: string }] {
  const [, host, port, address] = /^([^:[\]]+):(?:(\d{1,5}):)?(\[[0-9a-fA-F:.]+\]|[^:]+)$/.exec(given) ?? [];
  if (host === undefined || address === undefined) {
    throw new UsageError("ERR_USAGE", `"${given}" is not HOST:ADDRESS`, [
      "--resolve app.example.com:192.0.2.10",
    ]);
  }
  const name = host.toLowerCase();
  return [port === undefined ? name : `${name}:${port}`, { host: address.replace(/^\[|\]$/g, "") }];
}
