/** `keyturn mint`'s flags as a plan: what to sign, where the cookies belong, and in which format to print them. */

import type { CookieAttributes } from "../browser/attributes.ts";
import { UsageError } from "../errors.ts";
import type { Gate, GateCookie } from "../gates/gate.ts";
import type { HashAlgorithm } from "../policy/policy.ts";
import { type EpochSeconds, parseDuration, parseInstant, type Seconds } from "../time.ts";
import { withAttachment } from "./attachment.ts";
import type { BadCase } from "./bad-cases.ts";
import { cookieScopeOf, refuseImpossible } from "./cookie-scopes.ts";
import type { MintRequest } from "./mint.ts";
import type { CookieFormat } from "./write.ts";

export interface MintFlags {
  readonly url?: string;
  readonly resource?: readonly string[];
  readonly ttl?: string;
  readonly expires?: string;
  readonly notBefore?: string;
  readonly ip?: string;
  readonly hash?: HashAlgorithm;
  readonly domain?: string;
  readonly path?: string;
  readonly sameSite?: CookieAttributes["sameSite"];
  readonly partitioned?: boolean;
  readonly cookieProfile?: string;
  readonly format?: CookieFormat;
  readonly bad?: BadCase;
  /** Save the response under this name; signed as part of the URL. */
  readonly attachment?: string;
  /** The command to name in hints; `mint` by default. */
  readonly command?: "mint" | "curl";
}

/** Everything in one set except the key's id, which may only be known once the key is read. */
export interface PlannedSet {
  readonly request: Omit<MintRequest, "keyPairId">;
  readonly attributes: CookieAttributes;
}
export interface MintPlan {
  readonly sets: readonly [PlannedSet, ...PlannedSet[]];
  readonly format: CookieFormat;
  /** The single URL for a signed URL or a curl command. */
  readonly url?: string;
  /** Sign something that the edge must deny. */
  readonly bad?: BadCase;
  /** The gate's maxTtl; nothing minted may live longer. */
  readonly maxTtl?: Seconds;
}

type GateSettings = Pick<Gate, "name" | "cookie" | "cookieProfiles" | "signer" | "signedUrls">;
type CookieSettings = Partial<GateCookie> & { readonly ip?: string };

/** Long enough to debug with, short enough to leave in terminal history. */
const DEFAULT_TTL: Seconds = 3600;

/** Reports mistakes that no gate could fix, before looking for a gate. Throws as planMint does. */
export function refuseMistyped({ url, ttl, expires, notBefore, command = "mint" }: MintFlags): void {
  if (url !== undefined && !/^https?:\/\/./i.test(url)) {
    throw new UsageError("ERR_USAGE", "the URL to allow is not http or https", [
      `keyturn ${command} https://HOST/PATH`,
    ]);
  }
  if (ttl !== undefined) parseDuration(ttl);
  for (const instant of [expires, notBefore]) if (instant !== undefined) parseInstant(instant);
}

/** Pure. Throws ERR_USAGE, ERR_DURATION, ERR_INSTANT, ERR_EPOCH_MILLISECONDS. */
export function planMint(given: MintFlags, gate: GateSettings | undefined, now: EpochSeconds): MintPlan {
  const flags = attached(given);
  const settings = cookieSettings(flags, gate);
  const { format = "header" } = flags;
  const common = {
    expires: expiryOf(flags, settings, now),
    notBefore: flags.notBefore === undefined ? undefined : Math.floor(parseInstant(flags.notBefore)),
    ip: flags.ip ?? settings.ip,
    hash: flags.hash ?? gate?.signer.hash ?? "SHA256",
  };
  const grants = grantsOf(flags, settings);
  const [first, ...others] = grants.map(
    (grant): PlannedSet => ({
      request: { ...grant, ...common },
      attributes: cookieScopeOf(grant, { ...flags, format, isOneOfMany: grants.length > 1 }, settings),
    }),
  );
  if (first === undefined) {
    throw new UsageError("ERR_USAGE", "no URL or Resource to allow", [
      "keyturn mint https://HOST/PATH",
      "keyturn mint --resource 'https://HOST/*'",
      "keyturn mint --gate NAME",
    ]);
  }
  const maxTtl = format === "url" ? (gate?.signedUrls?.maxTtl ?? gate?.cookie.maxTtl) : gate?.cookie.maxTtl;
  const url = flags.url === undefined ? urlIn(first.request) : asSent(flags.url);
  refuseImpossible(format, [first.attributes, ...others.map(({ attributes }) => attributes)], url);
  return {
    sets: [first, ...others],
    format,
    url,
    bad: flags.bad,
    maxTtl,
  };
}

function attached(flags: MintFlags): MintFlags {
  const { attachment, url } = flags;
  if (attachment === undefined) return flags;
  if (url === undefined) {
    throw new UsageError("ERR_USAGE", "--attachment needs a URL, and none was given", [
      `keyturn ${flags.command ?? "mint"} https://HOST/PATH --attachment NAME --format url`,
    ]);
  }
  return { ...flags, url: withAttachment(url, attachment) };
}

function cookieSettings({ cookieProfile }: MintFlags, gate: GateSettings | undefined): CookieSettings {
  if (cookieProfile === undefined) return gate?.cookie ?? {};
  const { cookieProfiles = {} } = gate ?? {};
  const profile = Object.hasOwn(cookieProfiles, cookieProfile) ? cookieProfiles[cookieProfile] : undefined;
  if (profile !== undefined) return { ...gate?.cookie, ...profile };
  const known = Object.keys(cookieProfiles);
  throw new UsageError(
    "ERR_USAGE",
    gate === undefined
      ? "--cookie-profile is a profile of a gate, but no gate was named"
      : `the gate ${gate.name} has no cookie profile "${cookieProfile}"`,
    gate === undefined ? ["add --gate NAME"] : known.map((name) => `--cookie-profile ${name}`),
  );
}

type Grant = Pick<MintRequest, "url" | "resource">;

/** Resources win over the URL, which then only says where the cookies are used; the gate's Resource comes last. */
function grantsOf(flags: MintFlags, settings: CookieSettings): readonly Grant[] {
  if (flags.resource !== undefined) return flags.resource.map((resource) => ({ resource }));
  if (flags.url !== undefined && flags.cookieProfile === undefined) return [{ url: asSent(flags.url) }];
  return settings.resource === undefined ? [] : [{ resource: settings.resource }];
}

function expiryOf({ ttl, expires }: MintFlags, settings: CookieSettings, now: EpochSeconds): EpochSeconds {
  if (ttl !== undefined && expires !== undefined) {
    throw new UsageError("ERR_USAGE", "--ttl and --expires both set the end; give only one", ["--ttl 15m"]);
  }
  if (expires !== undefined) return Math.floor(parseInstant(expires));
  const length = ttl === undefined ? (settings.ttl ?? DEFAULT_TTL) : parseDuration(ttl);
  return Math.floor(now + length);
}

/** A Resource without wildcards is also a URL. */
function urlIn({ url, resource }: Grant): string | undefined {
  return url ?? (resource !== undefined && !/[*?]/.test(resource) ? resource : undefined);
}

/** Clients drop the fragment, and request / if there is no path. */
function asSent(url: string): string {
  const [bare = ""] = url.split("#", 1);
  return bare.replace(/^(https?:\/\/[^/?]+)(?=\?|$)/i, "$1/");
}
