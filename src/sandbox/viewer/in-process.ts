/** A Viewer that calls a site's handlers directly: without sockets, so that a virtual clock controls all time. */
import { RemoteError } from "../../errors.ts";
import type { Viewer, ViewerResponse } from "../../seams/viewer.ts";
import type { Site } from "../site.ts";
import { ConnectionDropped, type WireHandler } from "../wire.ts";

/** HTTPS and HTTP requests to any host and port go to the edge; those to the origin's and the API's URLs go there. */
export function inProcessViewer(
  site: Pick<Site, "handlers" | "addresses">,
  api?: WireHandler,
  remoteAddress = "127.0.0.1",
): Viewer {
  const { origin, api: apiUrl } = site.addresses;
  return {
    async send(request, signal): Promise<ViewerResponse> {
      signal?.throwIfAborted();
      const [, scheme = "", authority = "", target = ""] =
        /^(https?):\/\/([^/?#]+)([^#]*)/i.exec(request.url) ?? [];
      const base = `${scheme}://${authority}`;
      const handler =
        base === origin ? site.handlers.origin : base === apiUrl && api ? api : site.handlers.edge;
      const headers: Record<string, string> = { host: authority };
      for (const [name, value] of request.headers) {
        const key = name.toLowerCase();
        const before = headers[key];
        headers[key] = before === undefined || key === "host" ? value : `${before}${separator(key)}${value}`;
      }
      const answer = await handler({
        method: request.method,
        scheme: scheme.toLowerCase() === "https" ? "https" : "http",
        target: target.startsWith("/") ? target : `/${target}`,
        headers,
        body: Buffer.from(request.body ?? ""),
        remoteAddress,
      }).catch((thrown: unknown) => {
        if (!(thrown instanceof ConnectionDropped)) throw thrown;
        throw new RemoteError(
          "ERR_UNREACHABLE",
          `no response from ${base}: the connection was closed`,
          [],
          thrown,
        );
      });
      return {
        status: answer.status,
        headers: answer.headers.map(([name, value]) => [name.toLowerCase(), value]),
        body: Buffer.from(answer.body),
        truncated: false,
        address: remoteAddress,
      };
    },
  };
}

/** As Node joins repeated request headers. */
const separator = (name: string) => (name === "cookie" ? "; " : ", ");
