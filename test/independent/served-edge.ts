/**
 * The sandbox's edge on sockets, which receives the table's requests: the raw target, over HTTPS, or HTTP if the row
 * says so.
 */
import { request as askHttp, Agent as HttpAgent, type RequestOptions } from "node:http";
import { request as askHttps, Agent as HttpsAgent } from "node:https";
import { cryptoKeyPairs } from "../../src/adapters/key-pair-source.ts";
import type { CacheBehavior, Distribution } from "../../src/cloudfront/distribution.ts";
import { issueCertificate } from "../../src/sandbox/certificate.ts";
import type { PublishedConfig } from "../../src/sandbox/cloudfront/edge-config.ts";
import { createEdge } from "../../src/sandbox/edge/edge.ts";
import { EDGE_FAULTS } from "../../src/sandbox/edge/edge-faults.ts";
import { Locations } from "../../src/sandbox/edge/location.ts";
import { RequestHistory } from "../../src/sandbox/edge/request-history.ts";
import { VIEWER_ADDRESS_HEADER } from "../../src/sandbox/edge/sandbox-headers.ts";
import { listen } from "../../src/sandbox/listen.ts";
import { Switches } from "../../src/sandbox/switches.ts";
import type { WireHandler } from "../../src/sandbox/wire.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { seededRandom } from "../fakes/seeded-random.ts";
import type { Keys, SignedRequest } from "./signed-request.ts";

const FROM_ORIGIN = "from the origin";

/** One edge for each set of behaviors and keys in the table. */
function edgeFor(
  guarded: readonly (readonly [pattern: string, keys: Keys | null])[],
  hosts: readonly string[],
  now: () => number,
): WireHandler {
  const clock = { now };
  const random = seededRandom(5);
  const locations = new Locations([{ pop: "FRA56-P4", delay: 0, reachable: true }], clock, random);
  locations.publish(configOf(guarded, hosts));
  return createEdge({
    clock,
    random,
    locations,
    switches: new Switches(EDGE_FAULTS),
    history: new RequestHistory(),
    verification: { name: "x-origin-verify", value: "edge" },
    httpsPort: () => 443,
    origin: async () => ({ status: 200, headers: [["content-type", "text/plain"]], body: FROM_ORIGIN }),
  });
}

function configOf(
  guarded: readonly (readonly [pattern: string, keys: Keys | null])[],
  aliases: readonly string[],
): PublishedConfig {
  const behaviors = guarded.map(
    ([pathPattern, keys], at): CacheBehavior => ({
      pathPattern,
      targetOriginId: "origin",
      trustedKeyGroups: keys === null ? [] : [`group-${at}`],
      trustedSigners: [],
      viewerProtocolPolicy: "allow-all",
      allowedMethods: ["GET", "HEAD"],
      viewerRequestFunctions: [],
    }),
  );
  const distribution: Distribution = {
    id: "E1EXAMPLE00000",
    arn: "arn:aws:cloudfront::111122223333:distribution/E1EXAMPLE00000",
    domainName: "d999999abcdef8.cloudfront.net",
    aliases,
    enabled: true,
    comment: "",
    connectionMode: "direct",
    status: "Deployed",
    behaviors,
    origins: [],
    activeKeyGroups: [],
    customErrorResponses: [],
    ipv6: true,
    geoRestriction: "none",
  };
  return {
    distributions: [distribution],
    keyGroups: new Map(
      guarded.map(([, keys], at) => [`group-${at}`, new Map(Object.entries(keys ?? {}))] as const),
    ),
  };
}

const hostOf = (url: string) => /^[^:]+:\/\/([^/?]*)/.exec(url)?.[1] ?? "";
const guardOf = ({ behaviors, keys }: SignedRequest) => behaviors ?? ([["*", keys ?? null]] as const);

export interface ServedEdge {
  /** "allowed", the code of the denial, or any other response as it is. */
  ask(request: SignedRequest): Promise<string>;
  close(): Promise<void>;
}

/** Serves these requests, one at a time, because each has its own clock and trusted keys. */
export async function serveEdge(requests: readonly SignedRequest[]): Promise<ServedEdge> {
  const hosts = [...new Set(requests.map(({ url }) => hostOf(url).toLowerCase()))];
  const clock = new ManualClock();
  const edges = new Map<string, WireHandler>();
  const asked = { now: 0, edge: (async () => ({ status: 500, headers: [], body: "" })) as WireHandler };
  const { caPem, keyPem, chainPem } = await issueCertificate(["localhost"], Date.now() / 1000, {
    keyPairs: cryptoKeyPairs,
    random: seededRandom(2),
  });
  const handler: WireHandler = (request) => asked.edge(request);
  const https = await listen({ handler, port: 0, clock, tls: { key: keyPem, cert: chainPem } });
  const http = await listen({ handler, port: 0, clock });
  const httpsAgent = new HttpsAgent({ keepAlive: true, ca: caPem, servername: "localhost" });
  const httpAgent = new HttpAgent({ keepAlive: true });

  return {
    ask(row) {
      const { url, cookies, ip, now } = row;
      const guarded = guardOf(row);
      const name = JSON.stringify(guarded);
      const edge = edges.get(name) ?? edgeFor(guarded, hosts, () => asked.now);
      edges.set(name, edge);
      Object.assign(asked, { now, edge });
      const scheme = url.startsWith("https:") ? "https" : "http";
      return answerTo(
        {
          host: "127.0.0.1",
          path: url.slice(scheme.length + 3 + hostOf(url).length) || "/",
          headers: {
            host: hostOf(url),
            [VIEWER_ADDRESS_HEADER]: ip,
            ...(cookies !== undefined && { cookie: cookies }),
          },
        },
        scheme === "https"
          ? (options) => askHttps({ ...options, port: https.port, agent: httpsAgent })
          : (options) => askHttp({ ...options, port: http.port, agent: httpAgent }),
      );
    },
    async close() {
      httpsAgent.destroy();
      httpAgent.destroy();
      await Promise.all([https.close(), http.close()]);
    },
  };
}

/** Sends the raw request target, without normalizing it. */
function answerTo(
  options: RequestOptions,
  send: (options: RequestOptions) => ReturnType<typeof askHttp>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = send(options);
    request.on("error", reject);
    request.on("response", async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      const code = /<Error><Code>(\w+)<\/Code>/.exec(body)?.[1];
      resolve(response.statusCode === 200 && body === FROM_ORIGIN ? "allowed" : (code ?? body));
    });
    request.end();
  });
}
