/** Flags that say how gently to ask, and how to get there. */
import { UsageError } from "../errors.ts";
import type { World } from "../seams.ts";
import { parseDuration, type Seconds } from "../time.ts";
import type { Network } from "./execute.ts";
import { GENTLE, type Manners } from "./pace.ts";

export interface NetworkFlags {
  readonly resolve?: readonly string[];
  readonly ca?: string;
  readonly timeout?: string;
  readonly concurrency?: string;
  readonly rate?: string;
}

export function mannersOf({ concurrency, rate }: NetworkFlags): Manners {
  return {
    concurrency: numberOf("--concurrency", concurrency, GENTLE.concurrency),
    rate: rate === "unlimited" ? Number.POSITIVE_INFINITY : numberOf("--rate", rate, GENTLE.rate),
  };
}

export function numberOf(flag: string, given: string | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  if (/^[1-9]\d{0,4}$/.test(given)) return Number(given);
  throw new UsageError("ERR_USAGE", `${flag} takes a whole number from 1 on, not "${given}"`, [
    `${flag} ${fallback}`,
  ]);
}

export async function networkOf(
  { resolve = [], ca, timeout }: NetworkFlags,
  { files }: Pick<World, "files">,
): Promise<Network> {
  return {
    addresses: new Map(resolve.map(addressOf)),
    ca: ca === undefined ? undefined : new TextDecoder().decode(await files.read(ca)),
    timeout: timeout === undefined ? 10 : timeoutOf(timeout),
  };
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
