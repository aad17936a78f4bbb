/** Collects the page's data. Reads the models directly, so that the page does not use up faults scheduled for calls. */
import { fingerprint } from "../../keys/fingerprint.ts";
import { readPublicKey } from "../../keys/pem.ts";
import { DEMO } from "../demo-gate.ts";
import { trustedKeys } from "../edge/trust-history.ts";
import { rotationView } from "../rotation-view.ts";
import type { Site } from "../site.ts";
import type { Switches } from "../switches.ts";
import type { SandboxView } from "./view.ts";

const SHOWN_REQUESTS = 200;

/** The parts of a sandbox that the page shows. */
export interface PageSite extends Pick<Site, "clock" | "account" | "history" | "locations" | "addresses"> {
  /** Default: the demo's. */
  readonly gate?: string;
  readonly secret?: string;
  readonly originLog: Pick<Site["originLog"], "counts">;
  /** In the order in which they are shown. */
  readonly switches: Readonly<Record<string, Pick<Switches, "labels" | "on">>>;
}

export async function viewOf(site: PageSite): Promise<SandboxView> {
  const { account, history, locations, originLog, switches } = site;
  const { publicKeys, keyGroups } = account.cloudFront.state;
  const rotation = await rotationView(site, site.secret);
  const now = site.clock.now();
  return {
    now,
    rotation,
    signing: signingKey(site),
    trust: locations.trust.until(now),
    traffic: history.traffic.seen,
    gate: site.gate ?? DEMO.gate,
    site: site.addresses.site,
    api: site.addresses.api,
    publicKeys: [...publicKeys.values()].map(({ id, createdAt, config }) => ({
      id,
      createdAt,
      name: config.name,
      fingerprint: fingerprint(readPublicKey(config.encodedKey)),
    })),
    keyGroups: [...keyGroups.values()].map(({ id, config }) => ({
      id,
      name: config.name,
      comment: config.comment,
      items: config.items,
    })),
    secrets: [...account.secrets.state.secrets.values()].map(({ name, versions }) => ({
      name,
      versions: versions.map(({ id, stages, createdAt }) => ({ versionId: id, stages, createdAt })),
    })),
    locations: locations.all.map((location) => ({
      ...location.setting,
      trusts: trustedKeys(location.config),
      learnsIn: location.upToDateAt === undefined ? undefined : location.upToDateAt - now,
    })),
    requests: history.last(SHOWN_REQUESTS),
    requestCount: history.total,
    origin: originLog.counts,
    orderedFaults: account.faults.list(),
    switches: Object.values(switches).flatMap((each) =>
      [...each.labels].map(([id, { title, group }]) => ({
        id,
        title,
        group,
        on: (each.on as readonly string[]).includes(id),
      })),
    ),
  };
}

/** What a signer that reads now would use. */
function signingKey({ account, secret = DEMO.secret }: PageSite): string | undefined {
  try {
    const { keyPairId }: { keyPairId?: unknown } = JSON.parse(account.secrets.text(secret) ?? "{}");
    return typeof keyPairId === "string" && account.cloudFront.state.publicKeys.has(keyPairId)
      ? keyPairId
      : undefined;
  } catch {
    // The secret may be in another format: the switches and the API allow it.
    return undefined;
  }
}
