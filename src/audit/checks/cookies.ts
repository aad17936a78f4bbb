/** The cookies that the gate declares: what viewers ask for, how long they live, and what they are signed with. */
import type { Distribution } from "../../edge/distribution.ts";
import { globMatches } from "../../policy/glob.ts";
import { settingsOf } from "../../rotation/settings.ts";
import { formatDuration } from "../../time.ts";
import type { Check } from "../check.ts";
import type { GateSight } from "../gate-sight.ts";

export const COOKIE_CHECKS: readonly Check<GateSight>[] = [
  {
    id: "cookie-host-foreign",
    severity: "error",
    what: "the cookies' Resource names a host that viewers of a distribution do not use: every cookie is refused",
    *look({ gate, distributions }) {
      const pattern = hostIn(gate.cookie.resource);
      if (pattern === undefined) return;
      for (const distribution of distributions) {
        const hosts = viewerHosts(gate, distribution);
        if (hosts.length === 0 || hosts.some((host) => globMatches(pattern, host))) continue;
        yield {
          message: `cookies for ${pattern} open nothing of ${distribution.id}: its viewers ask for ${hosts.join(", ")}`,
          evidence: [
            `cookie.resource: ${gate.cookie.resource}`,
            `aliases: ${distribution.aliases.join(", ") || "none"}; own name: ${distribution.domainName}`,
          ],
          remedy: `name the host that viewers use in cookie.resource: https://${hosts[0]}/…`,
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
      const domain = gate.cookie.domain?.replace(/^\./, "").toLowerCase();
      if (domain === undefined) return;
      for (const distribution of distributions) {
        const hosts = viewerHosts(gate, distribution);
        if (hosts.length === 0 || hosts.some((host) => host === domain || host.endsWith(`.${domain}`)))
          continue;
        yield {
          message: `a cookie with Domain=${domain} never reaches ${hosts.join(", ")}`,
          evidence: [`cookie.domain: ${gate.cookie.domain}`],
          remedy: "use the parent domain that the login host and the distribution share",
          where: distribution.id,
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
];

/** Undefined where the Resource names no host: `*`, `https://*`, or none. */
function hostIn(resource: string): string | undefined {
  const host = /^[^/]*?:\/\/([^/]*)/.exec(resource)?.[1] ?? resource.replace(/\/.*$/, "");
  return host === "" || host === "*" ? undefined : host.toLowerCase();
}

/** The names that viewers type: of the canary, else the aliases, else the distribution's own. None for multi-tenant ones. */
function viewerHosts(gate: GateSight["gate"], distribution: Distribution): string[] {
  const canary = gate.canaries[distribution.id];
  if (canary !== undefined) return [new URL(canary).hostname.toLowerCase()];
  if (distribution.connectionMode === "tenant-only") return [];
  const names = distribution.aliases.length > 0 ? distribution.aliases : [distribution.domainName];
  return names.map((name) => name.replace(/^\*/, "any").toLowerCase());
}
