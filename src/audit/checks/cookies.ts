/** Checks of the cookies that the gate declares: what they open, how long they live, how they are signed. */
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
    what: "the cookies' Resource names a host that a distribution's viewers do not use: every cookie is denied",
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
          message: `cookies for ${[...new Set(patterns)].join(", ")} open nothing on ${distribution.id}: its viewers use ${hosts.join(", ")}`,
          evidence: [
            ...[...new Set(resources)].map((resource) => `Resource ${resource}`),
            `aliases: ${distribution.aliases.join(", ") || "none"}; domain name: ${distribution.domainName}`,
          ],
          remedy: `use the viewers' host in cookie.resource: https://${hosts[0]}/...`,
          where: distribution.id,
        };
      }
    },
  },
  {
    id: "cookie-domain-foreign",
    severity: "error",
    what: "browsers do not send cookies with that Domain to the distribution",
    *look({ gate, distributions }) {
      const domains = kindsOf(gate).map(({ domain }) => domain?.replace(/^\./, "").toLowerCase());
      // Without a Domain the cookie goes to the host that set it, whichever that is.
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
    what: "browsers refuse cookies for a public suffix, such as cloudfront.net",
    *look({ gate }) {
      const domain = gate.cookie.domain?.replace(/^\./, "").toLowerCase();
      if (domain === undefined || !isPublicSuffix(domain)) return;
      yield {
        message: `browsers refuse every cookie with Domain=${domain}: it is a public suffix`,
        evidence: [`cookie.domain: ${gate.cookie.domain}`, "it is on the Public Suffix List"],
        remedy: "leave cookie.domain out, or give the distribution its own alternate domain name",
        where: "cookie.domain",
      };
    },
  },
  {
    id: "cookies-miss-route",
    severity: "error",
    what: "no declared cookie opens a protected route: its Path or Resource misses the route",
    *look({ gate }) {
      const kinds = kindsOf(gate);
      for (const { pattern, sample } of gate.routes.filter(({ layers }) => layers.includes("edge"))) {
        if (kinds.some((kind) => opens(kind, sample))) continue;
        yield {
          message: `no declared cookie opens ${pattern}: browsers do not send one there, or its Resource does not cover the route`,
          evidence: kinds.map(({ resource, path }) => `Resource ${resource}, Path ${path}`),
          remedy: `extend cookie.resource and cookie.path to cover ${sample}, or add a cookie profile for ${pattern}`,
          where: pattern,
        };
      }
    },
  },
  {
    id: "tenants-share-key",
    severity: "warning",
    what: "one tenant's cookie opens another tenant's files, because they share the key group",
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
    what: "cookies live longer than a rotation waits for them, so it would cut off valid viewers",
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
        remedy: "restore the previous maxTtl until the rotation has finished",
        where: "cookie.maxTtl",
      };
    },
  },
  {
    id: "sha1-signatures",
    severity: "note",
    what: "the gate signs with SHA-1: CloudFront accepts it, but more and more crypto policies refuse it",
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

/** The declared cookies, with every variation. */
function kindsOf({ cookie, cookieProfiles }: GateSnapshot["gate"]): GateCookie[] {
  return [cookie, ...Object.values(cookieProfiles).map((more) => ({ ...cookie, ...more }))];
}

/**
 * Would a browser send the cookie to the sample path, and would its policy open it? Other checks cover hosts, so
 * the Resource is tried on the host that it names; either reading of wildcards counts.
 */
function opens({ resource, path }: Pick<GateCookie, "resource" | "path">, sample: string): boolean {
  const host = /^(?:[^/]*:\/\/)?([^/]*)/.exec(resource)?.[1]?.replace(/[*?]/g, "x") ?? "";
  const scheme = resource.startsWith("http://") ? "http" : "https";
  const covers = (reading: "sectioned" | "whole") =>
    matchResource(resource, `${scheme}://${host}${sample}`, { reading });
  return pathCovers(path, sample) && (covers("sectioned") || covers("whole"));
}

/** Undefined if the Resource names no host: `*`, `https://*`, or none at all. */
function hostIn(resource: string): string | undefined {
  const host = /^[^/]*?:\/\/([^/]*)/.exec(resource)?.[1] ?? resource.replace(/\/.*$/, "");
  return host === "" || host === "*" ? undefined : host.toLowerCase().replace(/:\d+$/, "");
}

/** The hosts that viewers use: the canary's, else the aliases, else the distribution's own. None for multi-tenant ones. */
function viewerHosts(gate: GateSnapshot["gate"], distribution: Distribution): string[] {
  const canary = gate.canaries[distribution.id];
  if (canary !== undefined) return [new URL(canary).hostname.toLowerCase()];
  if (distribution.connectionMode === "tenant-only") return [];
  const names = distribution.aliases.length > 0 ? distribution.aliases : [distribution.domainName];
  return names.map((name) => name.replace(/^\*/, "any").toLowerCase());
}
