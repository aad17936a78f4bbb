/**
 * The edge in front of your own application, on sockets: HTTPS and HTTP, and the page, with both APIs if the account
 * is here.
 */

import type { OriginLimits } from "../../cloudfront/distribution.ts";
import type { KeyType, SigningKey } from "../../keys/key-pair.ts";
import { readPrivateKey } from "../../keys/pem.ts";
import type { Clock, KeyPairSource, Random } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";
import { type Account, type AccountOptions, createAccount } from "../account.ts";
import { apiControl } from "../api-control.ts";
import { issueCertificate, type ServerCertificate } from "../certificate.ts";
import { overlaid } from "../cloudfront/distribution-overlay.ts";
import { projectPolicy } from "../cloudfront/policy-projection.ts";
import { EMPTY_CLOUDFRONT } from "../cloudfront/state.ts";
import { CERTIFICATE_HOSTS, DEMO } from "../demo-gate.ts";
import { AccessLog } from "../edge/access-log.ts";
import { EDGE_FAULTS, withEdgeFaults } from "../edge/edge-faults.ts";
import { Locations, usualLocations } from "../edge/location.ts";
import { RequestHistory } from "../edge/request-history.ts";
import { localOnly } from "../foreign-host.ts";
import { type Listening, listen, listenStreaming } from "../listen.ts";
import { createControl, isForControl } from "../page/control.ts";
import { viewOf } from "../page/gather.ts";
import { accessLogAnswer, type SandboxUrls } from "../sandbox.ts";
import { keyOf } from "../secrets/state.ts";
import { Switches } from "../switches.ts";
import type { WireHandler } from "../wire.ts";
import { APP_GATE, type AppGateIds, seedAppAccount, stateWithPublicKeys } from "./app-account.ts";
import { createEdgeProxy } from "./edge-proxy.ts";
import { managedPolicies, type ProxyConfig } from "./proxy-config.ts";
import type { ProxyPlan } from "./proxy-plan.ts";

export interface ProxyOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly keyPairs: KeyPairSource;
  readonly plan: ProxyPlan;
  readonly ports: { readonly api: number; readonly edge: number; readonly edgeHttp: number };
  readonly propagation: Seconds;
  readonly keyType: KeyType;
  /** Declared elsewhere: then there is only the page and no API, because the account is not here. */
  readonly config?: ProxyConfig;
  /** The keys that `--public-key` names. */
  readonly keys?: readonly { readonly pem: string; readonly id: string }[];
  readonly account?: Pick<AccountOptions, "initial" | "save">;
  readonly tell: (line: string) => void;
  readonly onBug: (thrown: unknown) => void;
}

export interface RunningProxy {
  readonly account: Account;
  readonly hasApi: boolean;
  readonly urls: SandboxUrls;
  readonly certificate: ServerCertificate;
  readonly ownKey?: SigningKey;
  /** Absent if the gate is not in the sandbox's account. */
  readonly ids?: AppGateIds;
  readonly verification: { readonly name: string; readonly value: string };
  stop(): Promise<void>;
}

/** CloudFront's defaults (DG:DownloadDistValuesOrigin). */
const DEFAULT_LIMITS = { connectionAttempts: 3, connectionTimeout: 10, responseTimeout: 30 } as const;

export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const { clock, random, plan, config, tell, onBug } = options;
  const declared = config?.published.distributions[0];
  const hosts = [...new Set([plan.host, ...(declared?.aliases ?? []), "localhost", "127.0.0.1"])];
  const certificate = await issueCertificate(
    [...new Set([...hosts, ...CERTIFICATE_HOSTS])],
    clock.now(),
    options,
  );
  const locationSettings = usualLocations(options.propagation);
  const account = createAccount({
    ...{ clock, random, onBug, accountId: DEMO.account, region: DEMO.region },
    deployTime: options.propagation,
    ...options.account,
    ...(options.keys && {
      initial: { cloudFront: stateWithPublicKeys(options.keys, EMPTY_CLOUDFRONT, clock.now()) },
    }),
  });
  const locations = new Locations(locationSettings, clock, random);
  const switches = new Switches(EDGE_FAULTS);
  const sandboxValue = Buffer.from(random.bytes(24)).toString("base64url");
  const seeded = config
    ? undefined
    : await seedAppAccount(account, plan, hosts, { ...options, verification: sandboxValue });
  const verification = seeded?.verification ?? sandboxValue;
  if (config) locations.publish(servedLocally(config, hosts));
  else {
    account.cloudFront.settle();
    account.cloudFront.onPublished((published) => locations.publish(published));
    account.cloudFront.showDistributions((stored) =>
      switches.on.length === 0 ? stored : overlaid(stored, (each) => withEdgeFaults(each, switches.on)),
    );
  }
  const history = new RequestHistory();
  const accessLog = new AccessLog();
  let forwarded = 0;
  let httpsPort = 0;
  const edge = createEdgeProxy({
    ...{ clock, random, locations, switches, history, accessLog, tell },
    explains: plan.explains,
    httpsPort: () => httpsPort,
    policies: config?.policies ?? ((id) => managedPolicies(id) ?? ownPolicy(account, id)),
    origin: ({ targetOriginId }) => {
      forwarded += 1;
      const backend =
        plan.backends.get(targetOriginId) ?? plan.backends.get("") ?? [...plan.backends.values()][0];
      const headers = config?.customHeaders(targetOriginId) ?? [
        { name: APP_GATE.verificationHeader, value: verification },
      ];
      return {
        ...(backend as NonNullable<typeof backend>),
        customHeaders: headers.map(({ name, value }) => [name, value ?? verification] as const),
        ...limitsOf(plan, config?.limits(targetOriginId) ?? {}),
      };
    },
  });

  const listening: Listening[] = [];
  const stop = async () => {
    await Promise.all(listening.map((each) => each.close()));
    edge.close();
  };
  const open = async (scheme: "http" | "https", port: number, tls?: { cert: string; key: string }) => {
    const each = await listenStreaming({
      ...{ port, clock, tls, requestTimeout: 0 },
      serve: (incoming, outgoing) => edge.serve(scheme, incoming, outgoing),
      upgrade: (incoming, socket, head) => edge.upgrade(scheme, incoming, socket, head),
    });
    listening.push(each);
    return each.port;
  };
  try {
    httpsPort = await open("https", options.ports.edge, {
      cert: certificate.chainPem,
      key: certificate.keyPem,
    });
    const httpPort = await open("http", options.ports.edgeHttp);
    const site = `https://${plan.host}${httpsPort === 443 ? "" : `:${httpsPort}`}`;
    const originLog = {
      get counts() {
        return { calls: forwarded, served: forwarded, unverified: 0 };
      },
      seen: () => 0,
    };
    const control = createControl({
      view: async () =>
        viewOf({
          ...{ clock, account, history, locations },
          ...{ gate: APP_GATE.gate, secret: APP_GATE.secret },
          addresses: { site, api: api.url, origin: originUrl(plan) },
          originLog,
          switches: { edge: switches },
        }),
      switches: [switches],
      originLog,
      restartSigners: () => {},
      deployKeyPairId: () => {},
      more: { ...apiControl(account), "access-log": accessLogAnswer(accessLog) },
    });
    const handler: WireHandler = async (request) =>
      isForControl(request) ? control(request) : config ? noApi() : account.handler(request);
    const api = await listen({ handler: localOnly(handler), port: options.ports.api, clock, onBug });
    listening.push(api);
    const ownKey = config ? config.ownKey : currentKey(account);
    return {
      ...{ account, certificate, stop, hasApi: config === undefined },
      urls: {
        api: api.url,
        site,
        siteHttp: `http://${plan.host}${httpPort === 80 ? "" : `:${httpPort}`}`,
        origin: originUrl(plan),
      },
      ownKey,
      ids: seeded && { distributionId: seeded.distributionId, keyGroupId: seeded.keyGroupId },
      verification: { name: APP_GATE.verificationHeader, value: verification },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Flags win over the declaration. */
function limitsOf({ limits }: ProxyPlan, declared: OriginLimits): Required<OriginLimits> {
  const limit = (name: keyof OriginLimits) => limits[name] ?? declared[name] ?? DEFAULT_LIMITS[name];
  return {
    connectionAttempts: limit("connectionAttempts"),
    connectionTimeout: limit("connectionTimeout"),
    responseTimeout: limit("responseTimeout"),
  };
}

function originUrl({ backends }: ProxyPlan): string {
  const [first] = backends.values();
  return first ? `${first.protocol}//${first.host}${first.path}` : "";
}

/** A declared distribution also serves the local names, enabled or not. */
function servedLocally({ published }: ProxyConfig, hosts: readonly string[]): ProxyConfig["published"] {
  return {
    ...published,
    distributions: published.distributions.map((each) => ({
      ...each,
      enabled: true,
      connectionMode: "direct" as const,
      aliases: hosts,
    })),
  };
}

function ownPolicy({ cloudFront }: Account, id: string) {
  const stored = cloudFront.state.forwardingPolicies.get(id);
  return stored && projectPolicy(stored);
}

/** What signers read now; undefined if only public keys were given. */
function currentKey({ secrets }: Account): SigningKey | undefined {
  if (!secrets.state.secrets.has(keyOf(DEMO.region, APP_GATE.secret))) return undefined;
  const text = secrets.text(APP_GATE.secret, "AWSCURRENT") ?? "";
  const { keyPairId, privateKey } = JSON.parse(text) as { keyPairId: string; privateKey: string };
  return { keyPairId, privateKey: readPrivateKey(privateKey).privateKey };
}

const noApi = () => ({
  status: 404,
  headers: [["content-type", "text/plain"]] as const,
  body: "This sandbox has no AWS API: its behaviors and keys come from elsewhere.\n",
});
