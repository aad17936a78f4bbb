/** How a client interprets a response. A 403 alone says nothing: the edge's is XML with a code, the application's is JSON. */
import { parseDenial } from "../../edge/denial.ts";
import type { WireCode } from "../../edge/verdict.ts";
import type { ViewerResponse } from "../../seams/viewer.ts";

export type ResponseMeaning =
  | { readonly kind: "ok"; readonly status: number }
  /** The edge's signature check: new cookies may help. */
  | { readonly kind: "edge-denied"; readonly code: WireCode }
  /** Log in again; new cookies would not help. */
  | { readonly kind: "unauthenticated" }
  /** This user may not: nothing that a client can fix. */
  | { readonly kind: "forbidden" }
  | { readonly kind: "rate-limited" }
  | { readonly kind: "other"; readonly status: number };

export function meaningOf(response: ViewerResponse): ResponseMeaning {
  const { status } = response;
  if (status >= 200 && status < 300) return { kind: "ok", status };
  const type = headerOf(response, "content-type") ?? "";
  if (status === 403 && type.includes("xml")) {
    const code = parseDenial(Buffer.from(response.body).toString("utf8"));
    if (code !== undefined) return { kind: "edge-denied", code };
  }
  if (type.includes("json")) {
    if (status === 401) return { kind: "unauthenticated" };
    if (status === 403) return { kind: "forbidden" };
    if (status === 429) return { kind: "rate-limited" };
  }
  return { kind: "other", status };
}

const headerOf = ({ headers }: Pick<ViewerResponse, "headers">, name: string) =>
  headers.find(([each]) => each === name)?.[1];

export const headersOf = ({ headers }: Pick<ViewerResponse, "headers">, name: string) =>
  headers.filter(([each]) => each === name).map(([, value]) => value);
