/** The local cloud on loopback sockets: both AWS APIs with the page and control endpoint, the edge over HTTPS and HTTP, the origin. */

import { apiControl } from "./api-control.ts";
import { issueCertificate, type ServerCertificate } from "./certificate.ts";
import { CERTIFICATE_HOSTS, DEMO } from "./demo-gate.ts";
import type { AccessLog } from "./edge/access-log.ts";
import { localOnly } from "./foreign-host.ts";
import { type Listening, listen } from "./listen.ts";
import { createControl, isForControl } from "./page/control.ts";
import { viewOf } from "./page/gather.ts";
import { createSite, type Site, type SiteOptions } from "./site.ts";
import type { WireHandler } from "./wire.ts";

export interface SandboxOptions extends Omit<SiteOptions, "ports"> {
  /** Default 0, which picks a free port. */
  readonly ports?: {
    readonly api?: number;
    readonly edge?: number;
    readonly edgeHttp?: number;
    readonly origin?: number;
  };
  /** Called for a bug in the sandbox; the client got a 500. */
  readonly onBug?: (thrown: unknown) => void;
}

export interface SandboxUrls {
  readonly api: string;
  /** The gate's application, through the edge. */
  readonly site: string;
  readonly siteHttp: string;
  /** Straight to the origin, bypassing the edge. */
  readonly origin: string;
}

export interface Sandbox extends Site {
  readonly urls: SandboxUrls;
  readonly certificate: ServerCertificate;
  /** For the AWS SDK and CLI, whatever their own configuration says. The credentials are dummies. */
  readonly awsEnv: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { ports = {}, onBug = () => {} } = options;
  const certificate = await issueCertificate(CERTIFICATE_HOSTS, options.clock.now(), options);
  const listening: Listening[] = [];
  const stop = async () => {
    await Promise.all(listening.map((each) => each.close()));
  };
  // Open the sockets first, because the gate's cookies and canaries contain the ports.
  const doors = { api: lateHandler(), edge: lateHandler(), origin: lateHandler() };
  const open = async (door: Door, port = 0, tls?: { cert: string; key: string }) => {
    const each = await listen({
      handler: door.handler,
      port,
      clock: options.clock,
      onBug,
      tls,
    });
    listening.push(each);
    return each.port;
  };
  try {
    const tls = { cert: certificate.chainPem, key: certificate.keyPem };
    const bound = {
      api: await open(doors.api, ports.api),
      edge: await open(doors.edge, ports.edge, tls),
      edgeHttp: await open(doors.edge, ports.edgeHttp),
      origin: await open(doors.origin, ports.origin),
    };
    const site = await createSite({ ...options, ports: bound, account: { onBug, ...options.account } });
    doors.edge.open(site.handlers.edge);
    doors.origin.open(site.handlers.origin);
    doors.api.open(localOnly(apiHandler(site)));
    const { api, origin } = site.addresses;
    return {
      ...site,
      urls: {
        api,
        origin,
        site: site.addresses.site,
        siteHttp: `http://${DEMO.host}:${bound.edgeHttp}`,
      },
      certificate,
      awsEnv: {
        AWS_ENDPOINT_URL_CLOUDFRONT: api,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: api,
        AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: api,
        AWS_ENDPOINT_URL_S3: api,
        AWS_ENDPOINT_URL_ATHENA: api,
        AWS_ENDPOINT_URL_SFN: api,
        AWS_ENDPOINT_URL_LAMBDA: api,
        AWS_ENDPOINT_URL_SCHEDULER: api,
        AWS_ENDPOINT_URL_CLOUDWATCH: api,
        AWS_ENDPOINT_URL_SNS: api,
        AWS_REGION: DEMO.region,
        // Version 1 of the AWS CLI reads only this one.
        AWS_DEFAULT_REGION: DEMO.region,
        ...AWS_CREDENTIALS,
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** They open nothing. */
export const AWS_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: "AKIASANDBOXEXAMPLE00",
  AWS_SECRET_ACCESS_KEY: "opens-nothing-but-the-sandbox",
} as const;

/** Both APIs, the page at the root, and the control endpoint, on one port. */
export function apiHandler(site: Site): WireHandler {
  const control = createControl({
    view: () => viewOf(site),
    switches: Object.values(site.switches),
    originLog: site.originLog,
    restartSigners: () => {
      for (const signer of site.signers) signer.restart();
    },
    deployKeyPairId: (id, stage) => site.deployKeyPairId(id, stage),
    more: { ...apiControl(site.account), "access-log": accessLogAnswer(site.accessLog) },
  });
  return (request) => (isForControl(request) ? control(request) : site.account.handler(request));
}

/** The edge's access log so far: v1, or v2 JSON with `?form=json`. Cookies are in it, as in the real one. */
export function accessLogAnswer(log: AccessLog): WireHandler {
  return async ({ target }) => ({
    status: 200,
    headers: [
      ["content-type", "text/plain; charset=utf-8"],
      ["cache-control", "no-store"],
    ],
    body: target.includes("form=json") ? log.json() : log.v1(),
  });
}

interface Door {
  readonly handler: WireHandler;
  open(handler: WireHandler): void;
}

/** Requests that arrive before there is a handler wait for it. */
function lateHandler(): Door {
  let open: (handler: WireHandler) => void = () => {};
  const opened = new Promise<WireHandler>((resolve) => {
    open = resolve;
  });
  let handler: WireHandler = async (request) => (await opened)(request);
  opened.then((real) => {
    handler = real;
  });
  return { handler: (request) => handler(request), open: (real) => open(real) };
}
