/** The application's answers: JSON with a stable error code, so that a client can tell them from the edge's XML. */
import type { WireRequest, WireResponse } from "../wire.ts";

type Headers = WireResponse["headers"];

export function json(status: number, value: unknown, headers: Headers = []): WireResponse {
  return {
    status,
    headers: [
      ["content-type", "application/json"],
      ["server", "keyturn-sandbox"],
      ["cache-control", "no-store"],
      ...headers,
    ],
    body: JSON.stringify(value),
  };
}

/** `code` is for programs, `message` for people. */
export const refusal = (status: number, code: string, message: string, headers: Headers = []) =>
  json(status, { error: code, message }, headers);

export const page = (status: number, title: string, text: string): WireResponse => ({
  status,
  headers: [
    ["content-type", "text/html; charset=utf-8"],
    ["server", "keyturn-sandbox"],
  ],
  body: `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>`,
});

/** The body as a JSON object; undefined if it is not one. */
export function jsonBody(request: WireRequest): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(request.body).toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
