/**
 * Who may call the sandbox's page, control endpoint and APIs: local clients. A foreign web page can reach 127.0.0.1 too,
 * through a name that resolves to it (DNS rebinding) or a form; its Host or Origin header reveals that.
 */
import type { WireHandler, WireRequest, WireResponse } from "./wire.ts";

const LOOPBACK = /^(?:127\.0\.0\.1|\[::1\]|(?:[\w-]+\.)*localhost)(?::\d+)?$/i;

/** The refusal, or undefined for a loopback Host without a foreign Origin. */
export function refuseForeignHost(
  { headers }: Pick<WireRequest, "headers">,
  what = "the control endpoint answers its own page and local clients only",
): WireResponse | undefined {
  const { host = "", origin } = headers;
  if (LOOPBACK.test(host) && (origin === undefined || origin === `http://${host}`)) return undefined;
  return {
    status: 403,
    headers: [
      ["content-type", "application/json"],
      ["cache-control", "no-store"],
    ],
    body: `${JSON.stringify({ error: what, message: what })}\n`,
  };
}

/** In front of everything on the API's port. */
export const localOnly =
  (handler: WireHandler): WireHandler =>
  async (request) =>
    refuseForeignHost(request, "the sandbox answers local clients only: call 127.0.0.1 or localhost") ??
    handler(request);
