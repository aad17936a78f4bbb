/** Where each planned set belongs: host, Domain, Path and flags; and which formats cannot hold the planned sets. */

import { type CookieAttributes, cookiePathOf } from "../browser/attributes.ts";
import { UsageError } from "../errors.ts";
import type { GateCookie } from "../gates/gate.ts";
import type { MintRequest } from "./mint.ts";
import type { CookieFormat } from "./write.ts";

export interface CookieScopeFlags {
  readonly url?: string;
  readonly domain?: string;
  readonly path?: string;
  readonly sameSite?: CookieAttributes["sameSite"];
  readonly partitioned?: boolean;
  readonly format: CookieFormat;
  /** One of several sets for the same browser: with the gate's single Path each would replace the previous one. */
  readonly isOneOfMany: boolean;
}

/** Pure. Flags win over the gate's settings, and those over what the Resource implies. */
export function cookieScopeOf(
  grant: Pick<MintRequest, "url" | "resource">,
  flags: CookieScopeFlags,
  settings: Partial<GateCookie>,
): CookieAttributes {
  const target = flags.url ?? grant.url ?? grant.resource ?? "";
  const common = {
    host: hostInUrl(target),
    secure: !/^http:/i.test(target),
    httpOnly: true,
    sameSite: flags.sameSite ?? settings.sameSite ?? "Lax",
    partitioned: flags.partitioned ?? settings.partitioned ?? false,
  };
  // curl shows what the edge decides: attributes must not interfere, and no other host gets the cookies.
  if (flags.format === "curl") return { ...common, path: "/" };
  const ownPath = cookiePathOf(grant);
  return {
    ...common,
    domain: flags.domain ?? settings.domain,
    path: flags.path ?? (flags.isOneOfMany ? ownPath : (settings.path ?? ownPath)),
  };
}

/** Refuses formats that hold only one set, or need one URL or host. Throws ERR_USAGE. */
export function refuseImpossible(
  format: CookieFormat,
  places: readonly CookieAttributes[],
  url: string | undefined,
): void {
  if (places.length > 1 && (ONE_SET as readonly string[]).includes(format)) {
    throw new UsageError(
      "ERR_USAGE",
      `--format ${format} holds one set, but there are ${places.length} resources`,
      ["add --format jar, set-cookie, json or playwright, where each set has its own Path"],
    );
  }
  if (url === undefined && (ONE_URL as readonly string[]).includes(format)) {
    throw new UsageError("ERR_USAGE", `--format ${format} needs to know one URL`, [
      `keyturn mint https://HOST/PATH --format ${format}`,
    ]);
  }
  const isHostless = places.some(({ host, domain }) => host === "" && domain === undefined);
  if (isHostless && (format === "jar" || format === "playwright")) {
    throw new UsageError(
      "ERR_USAGE",
      `--format ${format} needs to know one host, but the Resource names none`,
      ["add the URL that the cookies are for, or --domain"],
    );
  }
  const paths = new Set(places.map(({ host, domain, path }) => `${domain ?? host} ${path}`));
  if (paths.size < places.length && format !== "json") {
    throw new UsageError(
      "ERR_USAGE",
      "two sets would have the same Path, so the second would replace the first",
      ["mint them one by one, each with its own --path"],
    );
  }
}

const ONE_SET = ["env", "curl", "header", "url", "headers-json", "ffmpeg", "httpie"] as const;
const ONE_URL = ["url", "curl", "ffmpeg"] as const;

/** Host without port, in lower case; empty if missing or a pattern. */
export function hostInUrl(url: string): string {
  const authority = /^[^:/?#]*:\/\/([^/?#]*)/.exec(url)?.[1] ?? "";
  const host = authority.replace(/^.*@/, "").replace(/:\d*$/, "").toLowerCase();
  return host.includes("*") ? "" : host;
}
