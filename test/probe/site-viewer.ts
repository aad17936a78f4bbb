/**
 * A viewer whose requests go straight to a sandbox site's handlers, in process: no sockets, and one clock for
 * everything.
 */
import { RemoteError } from "../../src/errors.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { apiHandler } from "../../src/sandbox/sandbox.ts";
import type { Site } from "../../src/sandbox/site.ts";
import { ConnectionDropped, type WireHandler, type WireResponse } from "../../src/sandbox/wire.ts";
import type { Viewer, ViewerRequest } from "../../src/seams/viewer.ts";
import { httpDate } from "../fakes/http-date.ts";

const PORTS: Readonly<Record<string, "edge" | "origin" | "api">> = {
  "8443": "edge",
  "8080": "edge",
  "8002": "origin",
  "8001": "api",
};

export interface SiteViewer extends Viewer {
  readonly sent: ViewerRequest[];
}

/** `meddle` changes the edge's responses, like a proxy or a fault in front of it. */
export function siteViewer(
  site: Site,
  meddle: (request: ViewerRequest, answer: WireResponse) => WireResponse = (_, answer) => answer,
): SiteViewer {
  const api = apiHandler(site);
  const handlers: Readonly<Record<"edge" | "origin" | "api", WireHandler>> = { ...site.handlers, api };
  const sent: ViewerRequest[] = [];
  return {
    sent,
    async send(request) {
      sent.push(request);
      const [, scheme = "", host = "", port = "", target = ""] =
        /^(https?):\/\/([^/:?]+)(?::(\d+))?([^#]*)/.exec(request.url) ?? [];
      const door = PORTS[port];
      if (door === undefined)
        throw new RemoteError("ERR_UNREACHABLE", `no answer from ${scheme}://${host}:${port}`);
      const headers: Record<string, string> = { host: `${host}:${port}` };
      for (const [name, value] of request.headers) headers[name.toLowerCase()] = value;
      const wire = {
        method: request.method,
        scheme: scheme as "http" | "https",
        target: target === "" ? "/" : target,
        headers,
        body: Buffer.from(request.body ?? ""),
        remoteAddress: "127.0.0.1",
      };
      try {
        const answered = await handlers[door](wire);
        const { status, headers: told, body } = door === "edge" ? meddle(request, answered) : answered;
        return {
          status,
          headers: dated(
            told.map(([name, value]) => [name.toLowerCase(), value] as const),
            site,
          ),
          body: request.method === "HEAD" ? new Uint8Array() : Buffer.from(body),
          truncated: false,
          address: "127.0.0.1",
        };
      } catch (thrown) {
        if (!(thrown instanceof ConnectionDropped)) throw thrown;
        throw new RemoteError("ERR_UNREACHABLE", `no answer from ${scheme}://${host}:${port}: dropped`);
      }
    },
  };
}

/** Adds a Date by the site's clock, as a server does. */
function dated(headers: readonly (readonly [string, string])[], { clock }: Site) {
  const hasDate = headers.some(([name]) => name === "date");
  return hasDate ? headers : [...headers, ["date", httpDate(clock.now())] as const];
}

/** The gate's host, for requests that a test makes itself. */
export const SITE = `https://${DEMO.host}:8443`;
