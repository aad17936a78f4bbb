/**
 * The sandbox without sockets: account, edge and origin application wired together, with a ready gate. Tests and
 * simulations on a virtual clock use it directly; `sandbox.ts` puts it on sockets.
 */
import type { Gate } from "../gates/gate.ts";
import type { KeyType } from "../keys/key-pair.ts";
import { Sealed } from "../sealed.ts";
import type { SecretValue } from "../seams/cloud.ts";
import type { Clock, KeyPairSource, Random } from "../seams/world.ts";
import { type Account, type AccountOptions, createAccount } from "./account.ts";
import { overlaid } from "./cloudfront/distribution-overlay.ts";
import { type DemoIds, keyPairIdLookup, seedDemo } from "./demo-account.ts";
import { DEMO, DEMO_SETTINGS, type DemoAddresses, type DemoGateSettings, demoGateYaml } from "./demo-gate.ts";
import { AccessLog } from "./edge/access-log.ts";
import { createEdge } from "./edge/edge.ts";
import { EDGE_FAULTS, type EdgeFaultId, withEdgeFaults } from "./edge/edge-faults.ts";
import { type LocationSetting, Locations, usualLocations } from "./edge/location.ts";
import { RequestHistory } from "./edge/request-history.ts";
import { withInjectedFaults } from "./fault-injection.ts";
import { LOG_FAULTS, type LogFaultId } from "./logs/delivery-faults.ts";
import { createApplication } from "./origin/application.ts";
import { APPLICATION_FAULTS, type ApplicationFaultId } from "./origin/faults.ts";
import { FaultySigner } from "./origin/faulty-signer.ts";
import { OriginLog } from "./origin/log.ts";
import { type MintRateLimit, RateLimiter } from "./origin/rate-limit.ts";
import { Sessions } from "./origin/sessions.ts";
import { Switches } from "./switches.ts";
import type { WireHandler } from "./wire.ts";

interface SitePorts {
  readonly api: number;
  readonly edge: number;
  readonly edgeHttp: number;
  readonly origin: number;
}

export interface SiteOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly keyPairs: KeyPairSource;
  readonly ports?: SitePorts;
  readonly settings?: Partial<DemoGateSettings>;
  readonly keyType?: KeyType;
  readonly locations?: readonly LocationSetting[];
  /** Application instances behind the load balancer, each with its own signer and cache. */
  readonly instances?: number;
  readonly mintLimit?: MintRateLimit;
  /** Passed on to the account: quotas, faults, an earlier run's state, where to save. */
  readonly account?: Partial<AccountOptions>;
  /** Receives the application's log, one JSON line at a time. */
  readonly log?: (line: string) => void;
}

export interface Site {
  readonly clock: Clock;
  readonly account: Account;
  readonly handlers: { readonly edge: WireHandler; readonly origin: WireHandler };
  readonly locations: Locations;
  readonly history: RequestHistory;
  readonly accessLog: AccessLog;
  readonly originLog: OriginLog;
  readonly switches: {
    readonly edge: Switches<EdgeFaultId>;
    readonly application: Switches<ApplicationFaultId>;
    readonly logs: Switches<LogFaultId>;
  };
  readonly signers: readonly FaultySigner[];
  /**
   * Deploys signers whose key pair ID is configured outside the secret: with this id, reading the version with that
   * label (AWSCURRENT by default). They are new processes, with empty caches.
   */
  deployKeyPairId(id: string, stage?: string): void;
  readonly settings: DemoGateSettings;
  readonly ids: DemoIds;
  readonly addresses: DemoAddresses;
  readonly gateYaml: string;
}

const PORTS: SitePorts = { api: 8001, edge: 8443, edgeHttp: 8080, origin: 8002 };
const MINT_LIMIT: MintRateLimit = { count: 30, per: 60 };

export async function createSite(options: SiteOptions): Promise<Site> {
  const { clock, random, ports = PORTS } = options;
  const settings = { ...DEMO_SETTINGS, ...options.settings };
  const locationSettings = options.locations ?? usualLocations(settings.propagation);
  const account = createAccount({
    accountId: DEMO.account,
    region: DEMO.region,
    deployTime: Math.max(...locationSettings.map(({ delay }) => delay)),
    ...options.account,
    clock,
    random,
  });
  const keyType = options.keyType ?? "rsa-2048";
  const { verification, ...ids } = await seedDemo(account, options.keyPairs, keyType, ports.origin, {
    name: DEMO.verificationHeader,
    value: Buffer.from(random.bytes(24)).toString("base64url"),
  });
  const addresses: DemoAddresses = {
    site: `https://${DEMO.host}:${ports.edge}`,
    origin: `http://127.0.0.1:${ports.origin}`,
    api: `http://127.0.0.1:${ports.api}`,
  };

  const switches = {
    edge: new Switches(EDGE_FAULTS),
    application: new Switches(APPLICATION_FAULTS),
    logs: new Switches(LOG_FAULTS),
  };
  const originLog = new OriginLog(clock, options.log);
  let deployedStage = "AWSCURRENT";
  let deployedId = account.cloudFront.keyGroups.get(ids.keyGroupId).config.items[0];
  const signers = Array.from(
    { length: options.instances ?? 2 },
    () =>
      new FaultySigner({
        clock,
        switches: switches.application,
        read: async () => signingSecret(account, deployedStage),
        secret: {
          id: DEMO.secret,
          format: "json",
          fields: { privateKey: "privateKey", keyPairId: "keyPairId" },
        },
        cacheTtl: () =>
          switches.application.has("signer-until-restart") ? "until-restart" : settings.signerCache,
        keyPairIdSource: () =>
          switches.application.has("signer-external-id") ? "external" : settings.keyPairId,
        idOf: keyPairIdLookup(account),
        configuredId: () => deployedId,
      }),
  );
  let turn = 0;
  const application = createApplication({
    clock,
    sessions: new Sessions(clock, random),
    limiter: new RateLimiter(options.mintLimit ?? MINT_LIMIT, clock),
    log: originLog,
    switches: switches.application,
    signer: () => {
      turn = (turn + 1) % signers.length;
      return signers[turn] as FaultySigner;
    },
    cookie: () => demoCookie(addresses.site, settings),
    hash: settings.hash,
    distributionHost: () => DEMO.domainName,
    verification,
  });
  const origin = withInjectedFaults("origin", application, account.faults, clock);
  const locations = new Locations(locationSettings, clock, random);
  const history = new RequestHistory();
  const accessLog = new AccessLog();
  account.logStore.deliverFrom(accessLog, switches.logs);
  const edge = createEdge({
    clock,
    random,
    locations,
    switches: switches.edge,
    origin,
    verification,
    history,
    accessLog,
    isGenuine: (keyPairId) => account.cloudFront.state.publicKeys.has(keyPairId),
    httpsPort: () => ports.edge,
  });
  account.cloudFront.settle();
  account.cloudFront.onPublished((config) => locations.publish(config));
  account.cloudFront.showDistributions((stored) => {
    const { on } = switches.edge;
    return on.length === 0 ? stored : overlaid(stored, (distribution) => withEdgeFaults(distribution, on));
  });
  return {
    clock,
    account,
    handlers: { edge: withInjectedFaults("edge", edge, account.faults, clock), origin },
    locations,
    history,
    accessLog,
    originLog,
    switches,
    signers,
    deployKeyPairId: (id, stage = "AWSCURRENT") => {
      deployedId = id;
      deployedStage = stage;
      for (const signer of signers) signer.restart();
    },
    settings,
    ids,
    addresses,
    gateYaml: demoGateYaml(settings, ids, addresses),
  };
}

const demoCookie = (site: string, { cookieTtl }: DemoGateSettings): Gate["cookie"] => ({
  resource: `${site}/*`,
  domain: DEMO.cookieDomain,
  path: "/",
  sameSite: "Lax",
  partitioned: false,
  ttl: cookieTtl,
  maxTtl: cookieTtl,
});

/** Bypasses the API's faults, which are meant for the operator's calls, not the application's. */
function signingSecret(account: Account, stage: string): SecretValue {
  return { text: new Sealed(account.secrets.text(DEMO.secret, stage) ?? "") };
}
