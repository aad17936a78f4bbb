/** A sandbox site and operators on one manual clock: real commands, the real SDK, the real edge, and no sockets. */
import { generateKeyPairSync } from "node:crypto";
import { RemoteError } from "../../src/errors.ts";
import type { KeyType } from "../../src/keys/key-pair.ts";
import { createSite, type Site, type SiteOptions } from "../../src/sandbox/site.ts";
import { ConnectionDropped, type WireHandler, type WireResponse } from "../../src/sandbox/wire.ts";
import type { Viewer } from "../../src/seams/viewer.ts";
import type { Clock, KeyPairSource } from "../../src/seams/world.ts";
import { httpDate } from "../fakes/http-date.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { type MemoryWorld, type MemoryWorldOptions, memoryWorld } from "../fakes/memory-world.ts";
import { seededRandom } from "../fakes/seeded-random.ts";
import { type Around, directCloud } from "./direct-cloud.ts";

/** Synchronous, so that the manual clock never waits for a thread. */
export const instantKeyPairs: KeyPairSource = {
  async generate(type: KeyType) {
    const pair =
      type === "ecdsa-p256"
        ? generateKeyPairSync("ec", { namedCurve: "prime256v1" })
        : generateKeyPairSync("rsa", { modulusLength: 2048 });
    return { type, ...pair };
  },
};

/** The edge as a Viewer: the request line is sent unchanged. */
export function viewerOf(edge: WireHandler, clock: Clock): Viewer {
  return {
    async send(request, signal) {
      signal?.throwIfAborted();
      const { protocol, host, pathname, search } = new URL(request.url);
      const headers: Record<string, string> = { host };
      for (const [name, value] of request.headers) headers[name.toLowerCase()] = value;
      const asked = edge({
        method: request.method,
        scheme: protocol === "http:" ? "http" : "https",
        target: pathname + search,
        headers,
        body:
          typeof request.body === "string" ? Buffer.from(request.body) : (request.body ?? new Uint8Array()),
        remoteAddress: "127.0.0.1",
      });
      const answer: WireResponse = await asked.catch((thrown: unknown) => {
        if (!(thrown instanceof ConnectionDropped)) throw thrown;
        throw new RemoteError("ERR_UNREACHABLE", `no answer from ${host}`, [], thrown);
      });
      return {
        status: answer.status,
        headers: dated(answer.headers, clock),
        body: Buffer.from(answer.body),
        truncated: false,
        address: "127.0.0.1",
      };
    },
  };
}

/** Does what a socket does: lower-case names, and a Date if the handler gave none. */
function dated(headers: WireResponse["headers"], clock: Clock): (readonly [string, string])[] {
  const given = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const hasDate = given.some(([name]) => name === "date");
  return hasDate ? given : [...given, ["date", httpDate(clock.now())]];
}

export interface SiteWorld {
  readonly clock: ManualClock;
  /** An operator's world whose calls go straight to the models, through `around`. */
  readonly direct: (around?: Around, options?: MemoryWorldOptions) => MemoryWorld;
  readonly site: Site;
  /** An operator's world: its own terminal, files and journal, but the same clock and account. */
  readonly operator: (options?: MemoryWorldOptions) => MemoryWorld;
}

export async function siteWorld(
  options: Partial<SiteOptions> & { readonly seed?: number } = {},
): Promise<SiteWorld> {
  const clock = new ManualClock();
  const seed = options.seed ?? 1;
  const site = await createSite({
    clock,
    random: seededRandom(seed),
    keyPairs: instantKeyPairs,
    keyType: "ecdsa-p256",
    ...options,
  });
  let operators = 0;
  const operator = (more: MemoryWorldOptions = {}): MemoryWorld => {
    operators += 1;
    const world = memoryWorld({
      clock,
      seed: seed * 100 + operators,
      cloud: site.account.handler,
      serverClock: clock,
      viewer: viewerOf(site.handlers.edge, clock),
      env: { AWS_REGION: site.account.region, USER: `operator-${operators}` },
      files: { "keyturn.yaml": site.gateYaml },
      ...more,
    });
    return { ...world, keyPairs: instantKeyPairs };
  };
  const direct = (around?: Around, more: MemoryWorldOptions = {}): MemoryWorld =>
    operator({ cloud: directCloud(site, around), ...more });
  return { clock, site, operator, direct };
}
