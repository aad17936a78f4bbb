/** From the origin's answer to the viewer's: the headers that CloudFront removes and adds (DG:RequestAndResponseBehaviorCustomOrigin). */

type Pairs = readonly (readonly [name: string, value: string])[];

const REMOVED: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "proxy-connection", "trailer", "upgrade", "transfer-encoding"],
  ...["x-cache", "x-amz-cf-id", "x-amz-cf-pop", "public", "alternate-protocol"],
]);

export interface ViewerResponseContext {
  readonly forwardsCookies: boolean;
  readonly pop: string;
  readonly requestId: string;
  readonly via: string;
}

/** Without framing: Node adds the connection's own. */
export function viewerResponseHeaders(status: number, headers: Pairs, given: ViewerResponseContext): Pairs {
  const via = headers.filter(([name]) => name.toLowerCase() === "via").map(([, value]) => value);
  const kept = headers.filter(([name]) => {
    const lower = name.toLowerCase();
    if (lower === "set-cookie") return given.forwardsCookies;
    return !REMOVED.has(lower) && lower !== "via";
  });
  return [
    ...kept,
    ["X-Cache", status >= 400 ? "Error from cloudfront" : "Miss from cloudfront"],
    ["Via", [...via, given.via].join(", ")],
    ["X-Amz-Cf-Pop", given.pop],
    ["X-Amz-Cf-Id", given.requestId],
  ];
}

/** `[name, value, name, value]` -> pairs. */
export function headerPairs(raw: readonly string[]): Pairs {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ""] as const] : []));
}
