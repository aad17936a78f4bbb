/** An edge and its origin application in one process, with a hand-made configuration: no control plane, no sockets. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { CacheBehavior, Distribution } from "../../../src/cloudfront/distribution.ts";
import { type MintRequest, mintCookies } from "../../../src/mint/mint.ts";
import { cookiePairs } from "../../../src/mint/write.ts";
import type { PublishedConfig } from "../../../src/sandbox/cloudfront/edge-config.ts";
import { createEdge } from "../../../src/sandbox/edge/edge.ts";
import { EDGE_FAULTS } from "../../../src/sandbox/edge/edge-faults.ts";
import { type LocationSetting, Locations, usualLocations } from "../../../src/sandbox/edge/location.ts";
import { RequestHistory } from "../../../src/sandbox/edge/request-history.ts";
import { Switches } from "../../../src/sandbox/switches.ts";
import type { WireHandler, WireRequest, WireResponse } from "../../../src/sandbox/wire.ts";
import { ManualClock } from "../../fakes/manual-clock.ts";
import { seededRandom } from "../../fakes/seeded-random.ts";

export const HOST = "app.example.test";
const GROUP = "11111111-1111-4111-8111-111111111111";
export const VERIFICATION = { name: "x-origin-verify", value: "only the edge knows this" };

const ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"];
const behavior = (pathPattern: string, groups: readonly string[]): CacheBehavior => ({
  pathPattern,
  targetOriginId: "application",
  trustedKeyGroups: groups,
  trustedSigners: [],
  viewerProtocolPolicy: "redirect-to-https",
  allowedMethods: ALL_METHODS,
  viewerRequestFunctions: [],
});

const DISTRIBUTION: Distribution = {
  id: "E1EXAMPLE00000",
  arn: "arn:aws:cloudfront::111122223333:distribution/E1EXAMPLE00000",
  domainName: "d111111abcdef8.cloudfront.net",
  aliases: [HOST, "alt.example.test"],
  enabled: true,
  comment: "",
  connectionMode: "direct",
  status: "Deployed",
  behaviors: [behavior("/api/*", [GROUP]), behavior("*", [])],
  origins: [],
  activeKeyGroups: [],
  customErrorResponses: [],
  ipv6: false,
  geoRestriction: "none",
};

/** One pair per ID, generated once, because generating RSA keys is slow. */
const pairs = new Map<string, { privateKey: KeyObject; publicKey: KeyObject }>();
function pairOf(id: string) {
  const pair = pairs.get(id) ?? generateKeyPairSync("rsa", { modulusLength: 2048 });
  pairs.set(id, pair);
  return pair;
}
const pemOf = (id: string) => pairOf(id).publicKey.export({ type: "spki", format: "pem" }).toString();

export const trusting = (...ids: string[]): PublishedConfig => ({
  distributions: [DISTRIBUTION],
  keyGroups: new Map([[GROUP, new Map(ids.map((id) => [id, pemOf(id)]))]]),
});

export interface SmallSite {
  readonly clock: ManualClock;
  readonly edge: WireHandler;
  readonly locations: Locations;
  readonly history: RequestHistory;
  readonly switches: Switches<keyof typeof EDGE_FAULTS>;
  /** The requests that reached the origin, in order. */
  readonly originCalls: WireRequest[];
  ask(target: string, more?: Partial<WireRequest>): Promise<WireResponse>;
  /** A Cookie header for the whole host, valid for a minute. */
  cookie(keyPairId: string, more?: Partial<MintRequest>): string;
}

export function smallSite(
  settings: readonly LocationSetting[] = usualLocations(10),
  origin: (request: WireRequest) => WireResponse = () => ({
    status: 200,
    headers: [["content-type", "text/plain"]],
    body: "from the origin",
  }),
): SmallSite {
  const clock = new ManualClock();
  const locations = new Locations(settings, clock, seededRandom(8));
  const history = new RequestHistory();
  const switches = new Switches(EDGE_FAULTS);
  const originCalls: WireRequest[] = [];
  const edge = createEdge({
    clock,
    random: seededRandom(7),
    locations,
    switches,
    history,
    verification: VERIFICATION,
    httpsPort: () => 443,
    origin: async (request) => {
      originCalls.push(request);
      return origin(request);
    },
  });
  locations.publish(trusting("KOLD"));
  return {
    clock,
    edge,
    locations,
    history,
    switches,
    originCalls,
    ask: (target, { headers, ...more } = {}) =>
      edge({
        method: "GET",
        scheme: "https",
        target,
        headers: { host: HOST, ...headers },
        body: new Uint8Array(),
        remoteAddress: "127.0.0.1",
        ...more,
      }),
    cookie: (keyPairId, more) =>
      cookiePairs(
        mintCookies(
          {
            resource: `https://${HOST}/*`,
            expires: Math.floor(clock.now()) + 60,
            hash: "SHA256",
            keyPairId,
            ...more,
          },
          pairOf(keyPairId).privateKey,
        ),
      )
        .map(([name, value]) => `${name}=${value}`)
        .join("; "),
  };
}

export const header = ({ headers }: WireResponse, name: string) =>
  headers.find(([each]) => each.toLowerCase() === name)?.[1];
