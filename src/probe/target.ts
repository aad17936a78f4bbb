/** What a probe requests: routes of a gate or bare URLs, and who should refuse there. */

import { UsageError } from "../errors.ts";
import { type Gate, type GateRoute, isRouteOf } from "../gates/gate.ts";
import { isSignedUrl } from "../policy/cookie-set.ts";

export interface Target {
  /** For people: the route's pattern or the URL's path. */
  readonly label: string;
  /** The exact URL sent. */
  readonly url: string;
  readonly methods: readonly string[];
  /** `edge`: the signature check refuses. `application`: only the application does. `none`: public. */
  readonly protection: "edge" | "application" | "none";
  /** The application authorizes too: its 401 or 403 to a request without a session is expected. */
  readonly applicationAuthorizes: boolean;
  /** The origin must refuse requests that bypass the edge. */
  readonly originVerifies: boolean;
  /** Connect here instead of resolving the host. */
  readonly address?: string;
  /** Resource of its cookies: the gate's; if absent, the URL alone. */
  readonly resource?: string;
  /** What keyturn.yaml says about the settings there; absent for bare URLs. */
  readonly declared?: DeclaredPlace;
}

interface DeclaredPlace {
  /** Undefined if several of the gate's distributions may answer there. */
  readonly distributionId?: string | undefined;
  readonly pathPattern: string;
  readonly keyGroups: readonly string[];
  readonly verificationHeader?: string | undefined;
}

/** The label without the address. */
export const routeOf = ({ label, address }: Target) =>
  address === undefined ? label : label.replace(` @${address}`, "");

/** Methods that change nothing. Others are sent only if a route declares them safe. */
const SAFE = ["GET", "HEAD"] as const;

/** Bare URLs count as protected. Throws ERR_USAGE for anything but an http(s) URL. */
export function targetsOfUrls(urls: readonly string[]): Target[] {
  return urls.map((given) => {
    const url = given.replace(/#.*$/s, "");
    const { path } = urlParts(url);
    // The edge would judge the query and ignore the cookies: every case would pass and prove nothing.
    if (isSignedUrl(url)) {
      throw new UsageError(
        "ERR_USAGE",
        `the URL for ${path} is already signed: a probe would prove nothing`,
        [
          "leave Policy, Expires, Signature and Key-Pair-Id out of the query",
          "to see whether the signed URL itself passes, put it in a file:",
          "keyturn inspect url.txt",
        ],
      );
    }
    return {
      label: path,
      url,
      methods: SAFE,
      protection: "edge",
      applicationAuthorizes: true,
      originVerifies: true,
    };
  });
}

/** Every route of the gate at every host that serves it. */
export function targetsOfGate(gate: Gate): Target[] {
  const bases = basesOf(gate);
  return bases.flatMap((base) =>
    gate.routes
      .filter((route) => isProbedAt(base, route, gate))
      .map((route) => targetOf(gate, route, base, bases.length > 1)),
  );
}

/** Whether one of the distributions that answer there has the route. */
function isProbedAt(base: string, route: GateRoute, { canaries }: Gate): boolean {
  const there = Object.keys(canaries).filter((id) => urlParts(canaries[id] as string).base === base);
  return there.length === 0 || there.some((id) => isRouteOf(route, id));
}

/** Where to probe the route on that distribution; undefined without a canary there, when others have one. */
export function urlOf(gate: Gate, distributionId: string, { sample }: GateRoute): string | undefined {
  const canary = gate.canaries[distributionId];
  if (canary !== undefined) return urlParts(canary).base + sample;
  return Object.keys(gate.canaries).length > 0 ? undefined : urlParts(gate.cookie.resource).base + sample;
}

function targetOf(gate: Gate, route: GateRoute, base: string, namesHost: boolean): Target {
  const methods = route.methods.length === 0 ? SAFE : route.methods;
  const isEdge = route.layers.includes("edge");
  const isApplication = route.layers.includes("application");
  return {
    label: namesHost ? `${base.replace(/^https?:\/\//, "")}${route.pattern}` : route.pattern,
    url: base + route.sample,
    methods: methods.filter(
      (method) => SAFE.some((safe) => safe === method) || route.safeMethods.includes(method),
    ),
    protection: isEdge ? "edge" : isApplication ? "application" : "none",
    applicationAuthorizes: isApplication,
    originVerifies: isEdge || route.layers.includes("origin-verification"),
    resource: gate.cookie.resource,
    declared: {
      distributionId: distributionAt(gate, base),
      pathPattern: route.pattern,
      keyGroups: gate.keyGroups,
      verificationHeader: gate.origin?.verificationHeader,
    },
  };
}

/** The only distribution that can answer there. */
function distributionAt({ distributions, canaries }: Gate, base: string): string | undefined {
  const there = distributions.filter((id) => {
    const canary = canaries[id];
    return distributions.length === 1 || (canary !== undefined && urlParts(canary).base === base);
  });
  return there.length === 1 ? there[0] : undefined;
}

/** Distributions without a canary; a single one is probed at the host of the cookies' resource. */
export function unaskedDistributions({ distributions, canaries }: Gate): string[] {
  const unnamed = distributions.filter((id) => canaries[id] === undefined);
  return distributions.length === 1 ? [] : unnamed;
}

/** `https://host` of each canary, or of the cookies' resource without canaries. */
function basesOf(gate: Gate): string[] {
  const canaries = Object.values(gate.canaries).map((url) => urlParts(url).base);
  if (canaries.length > 0) return [...new Set(canaries)];
  const { base } = urlParts(gate.cookie.resource);
  if (/[*?]/.test(base)) {
    throw new UsageError(
      "ERR_USAGE",
      `gate ${gate.name} has no host to probe: its cookie resource is a wildcard`,
      [
        `add canaries to gate ${gate.name} in keyturn.yaml`,
        `keyturn probe https://HOST/PATH --gate ${gate.name}`,
      ],
    );
  }
  return [base];
}

/** Splits without normalizing: the edge compares raw bytes. */
export function urlParts(url: string): {
  readonly base: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
} {
  const [, base, host, path = "", query = ""] =
    /^(https?:\/\/([^/?#\s]+))([^?#]*)(\?[^#]*)?/i.exec(url) ?? [];
  if (base === undefined || host === undefined) {
    throw new UsageError("ERR_USAGE", `"${url}" is not an http or https URL`, [
      "keyturn probe https://HOST/PATH",
    ]);
  }
  return { base, host, path: path === "" ? "/" : path, query };
}

/** Host name in lower case (IPv6 in brackets), and the scheme's default port if the URL has none. */
export function socketOf(url: string): { readonly name: string; readonly port: string } {
  const { base, host } = urlParts(url);
  const own = /^http:/i.test(base) ? "80" : "443";
  const [, name = host, port = own] = /^(.+?)(?::(\d+))?$/.exec(host) ?? [];
  return { name: name.toLowerCase(), port };
}
