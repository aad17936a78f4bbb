/**
 * `POST /edge/session`, the mint endpoint: a session in, signed cookies out. It authenticates by the application's own
 * session (never by edge cookies), limits the rate, signs with the signer's key, and logs every outcome.
 */
import { type CookieAttributes, defaultAttributes, setCookieValue } from "../../browser/attributes.ts";
import { clearingSetCookies } from "../../browser/clear.ts";
import { KeyturnError } from "../../errors.ts";
import type { GateCookie } from "../../gates/gate.ts";
import { mintCookies } from "../../mint/mint.ts";
import { cookiePairs } from "../../mint/write.ts";
import { COOKIE_NAMES } from "../../policy/cookie-set.ts";
import type { HashAlgorithm } from "../../policy/policy.ts";
import type { Clock } from "../../seams/world.ts";
import type { Switches } from "../switches.ts";
import type { WireRequest, WireResponse } from "../wire.ts";
import { json, refusal } from "./answer.ts";
import type { ApplicationFaultId } from "./faults.ts";
import type { OriginLog } from "./log.ts";
import type { RateLimiter } from "./rate-limit.ts";
import type { Sessions } from "./sessions.ts";
import type { Signer } from "./signer.ts";

export interface EdgeSessionOptions {
  readonly clock: Pick<Clock, "now">;
  readonly sessions: Sessions;
  readonly limiter: RateLimiter;
  readonly log: OriginLog;
  readonly switches: Pick<Switches<ApplicationFaultId>, "has">;
  /** The instance that answers this request: a fleet has several, each with its own cache. */
  readonly signer: () => Pick<Signer, "key">;
  readonly cookie: () => GateCookie;
  readonly hash: HashAlgorithm;
  /** The distribution's own domain name, for cookies minted for the wrong host. */
  readonly distributionHost: () => string;
}

export async function mintEdgeSession(
  request: WireRequest,
  options: EdgeSessionOptions,
): Promise<WireResponse> {
  const { sessions, switches, log, limiter, clock } = options;
  const session = sessions.of(request);
  if (!session && !switches.has("mint-without-session")) {
    log.event({ event: "mint.failed", reason: "unauthenticated" });
    return refusal(401, "unauthenticated", "log in before requesting edge cookies");
  }
  const who = { user: session?.user.name, session: session?.id };
  const wait = switches.has("mint-rate-limited") ? 60 : limiter.take(session?.id ?? request.remoteAddress);
  if (wait > 0) {
    log.event({ event: "mint.failed", reason: "rate-limited", ...who });
    const retryAfter = String(Math.ceil(wait));
    return refusal(429, "rate_limited", "too many mints", [["retry-after", retryAfter]]);
  }
  try {
    const { keyPairId, privateKey } = await options.signer().key();
    const { resource, ttl } = options.cookie();
    const lifetime = ttl * (switches.has("cookie-ttl-doubled") ? 2 : 1);
    const expires = Math.floor(clock.now() + lifetime);
    const set = mintCookies(
      { resource: resourceFor(resource, options), expires, hash: options.hash, keyPairId },
      privateKey,
    );
    log.event({ event: "mint.succeeded", keyPairId, expires, ...who });
    const attributes = mintAttributes(request, lifetime, options);
    return json(200, { expiresIn: expires - Math.floor(clock.now()), expiresAt: expires }, [
      ...cookiePairs(set).map(
        ([name, value]) => ["set-cookie", setCookieValue(name, value, attributes)] as const,
      ),
    ]);
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    // The reason is for the operator's log; it is no use to a viewer.
    log.event({ event: "mint.failed", reason: error.code, message: error.message, ...who });
    return refusal(503, "mint_failed", "edge cookies cannot be minted now");
  }
}

/** `POST /logout`: ends the session and clears every name, both Expires and Policy. Copies of the cookies stay valid. */
export function logout(request: WireRequest, options: EdgeSessionOptions): WireResponse {
  const { sessions, switches } = options;
  sessions.close(request);
  const { domain, ...hostOnly } = gateAttributes(request, options.cookie());
  const attributes: CookieAttributes = {
    ...hostOnly,
    domain: switches.has("logout-other-domain") ? undefined : domain,
    path: switches.has("logout-other-path") ? "/account" : hostOnly.path,
  };
  const cleared = clearingSetCookies(attributes).filter(
    (line) => !(switches.has("logout-forgets-signature") && line.startsWith(`${COOKIE_NAMES.signature}=`)),
  );
  return json(200, { loggedOut: true }, [...cleared.map((line) => ["set-cookie", line] as const)]);
}

function mintAttributes(
  request: WireRequest,
  lifetime: number,
  { switches, cookie }: EdgeSessionOptions,
): CookieAttributes {
  const { domain, ...declared } = gateAttributes(request, cookie());
  return {
    ...declared,
    domain: switches.has("cookie-no-domain") ? undefined : domain,
    secure: declared.secure && !switches.has("cookie-not-secure"),
    httpOnly: declared.httpOnly && !switches.has("cookie-not-http-only"),
    sameSite: switches.has("cookie-same-site-none") ? "None" : declared.sameSite,
    path: switches.has("cookie-other-path") ? "/edge" : declared.path,
    maxAge: lifetime * (switches.has("cookie-outlives-policy") ? 24 : 1),
  };
}

function gateAttributes(
  request: WireRequest,
  { domain, path, sameSite, partitioned }: GateCookie,
): CookieAttributes {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  return {
    ...defaultAttributes(host, path),
    sameSite,
    partitioned,
    domain,
  };
}

const resourceFor = (resource: string, { switches, distributionHost }: EdgeSessionOptions) =>
  switches.has("mint-other-host")
    ? resource.replace(/^(\w+:\/\/)[^/:]+/, `$1${distributionHost()}`)
    : resource;
