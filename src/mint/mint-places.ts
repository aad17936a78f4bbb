/** Where each planned set belongs: host, Domain, Path and flags; and which forms cannot hold what was asked for. */

import { type CookieAttributes, cookiePathOf } from "../browser/attributes.ts";
import { UsageError } from "../errors.ts";
import type { GateCookie } from "../gates/gate.ts";
import type { MintRequest } from "./mint.ts";
import type { CookieFormat } from "./write.ts";

export interface PlaceFlags {
  readonly url?: string;
  readonly domain?: string;
  readonly path?: string;
  readonly sameSite?: CookieAttributes["sameSite"];
  readonly partitioned?: boolean;
  readonly format: CookieFormat;
  /** One of several sets for the same browser: under the gate's one Path each would replace the one before. */
  readonly isOneOfMany: boolean;
}

/** Pure. Flags over the gate's settings over what the Resource itself tells. */
export function placeOf(
  grant: Pick<MintRequest, "url" | "resource">,
  flags: PlaceFlags,
  settings: Partial<GateCookie>,
): CookieAttributes {
  const target = flags.url ?? grant.url ?? grant.resource ?? "";
  const common = {
    host: hostOf(target),
    secure: !/^http:/i.test(target),
    httpOnly: true,
    sameSite: flags.sameSite ?? settings.sameSite ?? "Lax",
    partitioned: flags.partitioned ?? settings.partitioned ?? false,
  };
  // curl is there to hear what the edge says: the policy alone decides, and no other host gets anything.
  if (flags.format === "curl") return { ...common, path: "/" };
  const domain = flags.domain ?? settings.domain;
  const ownPath = cookiePathOf(grant);
  return {
    ...common,
    ...(domain !== undefined && { domain }),
    path: flags.path ?? (flags.isOneOfMany ? ownPath : (settings.path ?? ownPath)),
  };
}

/** Forms that hold one set, and those that need to know one URL or one host. Throws ERR_USAGE. */
export function refuseImpossible(
  format: CookieFormat,
  places: readonly CookieAttributes[],
  url: string | undefined,
): void {
  if (places.length > 1 && (ONE_SET as readonly string[]).includes(format)) {
    throw new UsageError(
      "ERR_USAGE",
      `--format ${format} holds one set, and there are ${places.length} resources`,
      ["add --format jar, set-cookie, json or playwright: there each set has a Path of its own"],
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
      `--format ${format} needs to know one host, and the Resource names none`,
      ["give the URL that the cookies are for as well, or --domain"],
    );
  }
  const paths = new Set(places.map(({ host, domain, path }) => `${domain ?? host} ${path}`));
  if (paths.size < places.length && format !== "json") {
    throw new UsageError(
      "ERR_USAGE",
      "two sets would have the same Path, and the later one would replace the other",
      ["mint them one by one, each with a --path of its own"],
    );
  }
}

const ONE_SET = ["env", "curl", "header", "url", "headers-json", "ffmpeg", "httpie"] as const;
const ONE_URL = ["url", "curl", "ffmpeg"] as const;

/** Host without port, lower case; empty when there is none, or a pattern. */
export function hostOf(url: string): string {
  const authority = /^[^:/?#]*:\/\/([^/?#]*)/.exec(url)?.[1] ?? "";
  const host = authority.replace(/^.*@/, "").replace(/:\d*$/, "").toLowerCase();
  return host.includes("*") ? "" : host;
}
