/** The cookies that the gate declares: what viewers ask for, how long they live, and what they are signed with. */
import { pathCovers } from "../../browser/attributes-lint.ts";
import { isPublicSuffix } from "../../browser/public-suffix.ts";
import type { Distribution } from "../../cloudfront/distribution.ts";
import type { GateCookie } from "../../gates/gate.ts";
import { globMatches } from "../../policy/glob.ts";
import { matchResource } from "../../policy/resource-pattern.ts";
import { settingsOf } from "../../rotation/settings.ts";
import { formatDuration } from "../../time.ts";
import type { Check } from "../check.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";

export const COOKIE_CHECKS: readonly Check<GateSnapshot>[] = [
  {
    id: "cookie-host-foreign",
    severity: "error",
    what: "the cookies' Resource names a host that viewers of a distribution do not use: every cookie is refused",
    *look({ gate, distributions }) {
      const resources = kindsOf(gate).map(({ resource }) => resource);
      const patterns = resources.map(hostIn).filter((pattern) => pattern !== undefined);
      // A Resource without a host opens every distribution.
      if (patterns.length < resources.length) return;
      for (const distribution of distributions) {
        const hosts = viewerHosts(gate, distribution);
        const isOpened = (host: string) => patterns.some((pattern) => globMatches(pattern, host));
        if (hosts.length === 0 || hosts.some(isOpened)) continue;
        yield {
          message: `cookies for ${[...new Set(patterns)].join(", ")} open nothing of ${distribution.id}: its viewers ask for ${hosts.join(", ")}`,
          evidence: [
            ...[...new Set(resources)].map((resource) => `Resource ${resource}`),
            `aliases: ${distribution.aliases.join(", ") || "none"}; own name: ${distribution.domainName}`,
          ],
          remedy: `name the host that viewers use in cookie.resource: https://${hosts[0]}/...`,
          where: distribution.id,
        };
      }
    },
  },
  {
    id: "cookie-domain-foreign",
    severity: "error",
    what: "browsers do not send a cookie of that Domain to the distribution",
    *look({ gate, distributions }) {
      const domains = kindsOf(gate).map(({ domain }) => domain?.replace(/^\./, "").toLowerCase());
      // Without a Domain it goes to the host that sets it, whichever that is.
      if (domains.some((domain) => domain === undefined)) return;
      for (const distribution of distributions) {
        const hosts = viewerHosts(gate, distribution);
        const isReached = (host: string) => domains.some((domain) => `.${host}`.endsWith(`.${domain}`));
        if (hosts.length === 0 || hosts.some(isReached)) continue;
        yield {
          message: `a cookie with Domain=${[...new Set(domains)].join(", ")} never reaches ${hosts.join(", ")}`,
          evidence: [`cookie.domain: ${gate.cookie.domain}`],
          remedy: "use the parent domain that the login host and the distribution share",
          where: distribution.id,
        };
      }
    },
  },
  {
    id: "cookie-domain-refused",
    severity: "error",
    what: "browsers refuse a cookie for a domain under which anybody may register, cloudfront.net among them",
    *look({ gate }) {
      const domain = gate.cookie.domain?.replace(/^\./, "").toLowerCase();
      if (domain === undefined || !isPublicSuffix(domain)) return;
      yield {
        message: `browsers refuse every cookie with Domain=${domain}: anybody may register below it`,
        evidence: [`cookie.domain: ${gate.cookie.domain}`, "it is on the Public Suffix List"],
        remedy: "leave cookie.domain out, or give the distribution an alternate domain name of your own",
        where: "cookie.domain",
      };
    },
  },
  {
    id: "cookies-miss-route",
    severity: "error",
    what: "no declared cookie opens a protected route: its Path or its Resource leaves the route out",
    *look({ gate }) {
      const kinds = kindsOf(gate);
      for (const { pattern, sample } of gate.routes.filter(({ layers }) => layers.includes("edge"))) {
        if (kinds.some((kind) => opens(kind, sample))) continue;
        yield {
          message: `no declared cookie opens ${pattern}: browsers do not send it there, or its Resource does not cover it`,
          evidence: kinds.map(({ resource, path }) => `Resource ${resource}, Path ${path}`),
          remedy: `make cookie.resource and cookie.path cover ${sample}, or add a cookie profile for ${pattern}`,
          where: pattern,
        };
      }
    },
  },
  {
    id: "tenants-share-key",
    severity: "warning",
    what: "one tenant's cookie opens another tenant's files: they share the key group",
    *look({ gate, distributions }) {
      const pattern = hostIn(gate.cookie.resource);
      if (pattern !== undefined && !/[*?]/.test(pattern)) return;
      for (const { id } of distributions.filter(({ connectionMode }) => connectionMode === "tenant-only")) {
        yield {
          message: `${id} serves many tenants, and the cookies' Resource does not name one`,
          evidence: [
            `cookie.resource: ${gate.cookie.resource}`,
            "every tenant of the distribution trusts its key groups",
          ],
          remedy: "sign a Resource with the tenant's own domain",
          where: id,
          inferred: true,
        };
      }
    },
  },
  {
    id: "ttl-over-max",
    severity: "error",
    what: "cookies live longer than a rotation waits for them: it would cut off viewers who are in the right",
    *look({ gate, rotation }) {
      const profiles = Object.entries(gate.cookieProfiles).map(([name, profile]) => ({
        field: `cookieProfiles.${name}.ttl`,
        ttl: profile.ttl ?? 0,
        max: profile.maxTtl ?? gate.cookie.maxTtl,
      }));
      const fields = [{ field: "cookie.ttl", ttl: gate.cookie.ttl, max: gate.cookie.maxTtl }, ...profiles];
      for (const { field, ttl, max } of fields.filter((each) => each.ttl > each.max)) {
        yield {
          message: `${field} is ${formatDuration(ttl)}, longer than maxTtl ${formatDuration(max)}`,
          evidence: ["a rotation waits maxTtl for the old key's cookies"],
          remedy: "raise maxTtl, or lower the ttl",
          where: field,
        };
      }
      const { record } = rotation;
      if (record === undefined || record.finished !== undefined) return;
      const declared = settingsOf(gate, record.settings.keyType).longestLife;
      if (declared <= record.settings.longestLife) return;
      yield {
        message: `cookies may now live ${formatDuration(declared)}; the open rotation waits ${formatDuration(record.settings.longestLife)}`,
        evidence: [`rotation ${record.rotation} keeps the settings it began with`],
        remedy: "put the former maxTtl back until the rotation has finished",
        where: "cookie.maxTtl",
      };
    },
  },
  {
    id: "sha1-signatures",
    severity: "note",
    what: "the gate signs with SHA-1: accepted by CloudFront, refused by more and more crypto policies",
    *look({ gate }) {
      if (gate.signer.hash !== "SHA1") return;
      yield {
        message: "the gate signs with SHA-1",
        evidence: [
          "signer.hash: SHA1",
          "FIPS modules and recent Linux crypto policies refuse to sign with it",
        ],
        remedy: "send CloudFront-Hash-Algorithm=SHA256, then set signer.hash: SHA256",
        where: "signer.hash",
      };
    },
  },
];

/** The cookies as they are declared, and each of their variations. */
function kindsOf({ cookie, cookieProfiles }: GateSnapshot["gate"]): GateCookie[] {
  return [cookie, ...Object.values(cookieProfiles).map((more) => ({ ...cookie, ...more }))];
}

/**
 * Would a browser send the cookie to the sample path, and would its policy open it? Hosts are other checks' business, so
 * the Resource is tried on the host that it names itself; it may match by either reading of wildcards.
 */
function opens({ resource, path }: Pick<GateCookie, "resource" | "path">, sample: string): boolean {
  const host = /^(?:[^/]*:\/\/)?([^/]*)/.exec(resource)?.[1]?.replace(/[*?]/g, "x") ?? "";
  const scheme = resource.startsWith("http://") ? "http" : "https";
  const covers = (reading: "sectioned" | "whole") =>
    matchResource(resource, `${scheme}://${host}${sample}`, { reading });
  return pathCovers(path, sample) && (covers("sectioned") || covers("whole"));
}

/** Undefined where the Resource names no host: `*`, `https://*`, or none. */
function hostIn(resource: string): string | undefined {
  const host = /^[^/]*?:\/\/([^/]*)/.exec(resource)?.[1] ?? resource.replace(/\/.*$/, "");
  return host === "" || host === "*" ? undefined : host.toLowerCase().replace(/:\d+$/, "");
}

/** The names that viewers type: of the canary, else the aliases, else the distribution's own. None for multi-tenant ones. */
function viewerHosts(gate: GateSnapshot["gate"], distribution: Distribution): string[] {
  const canary = gate.canaries[distribution.id];
  if (canary !== undefined) return [new URL(canary).hostname.toLowerCase()];
  if (distribution.connectionMode === "tenant-only") return [];
  const names = distribution.aliases.length > 0 ? distribution.aliases : [distribution.domainName];
  return names.map((name) => name.replace(/^\*/, "any").toLowerCase());
}
