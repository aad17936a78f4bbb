/** Why a request names no key, or one that the behavior does not trust. */
import type { CapturedCookie } from "../capture/capture.ts";
import { DOCUMENT_COOKIE } from "../capture/read-cookie-header.ts";
import type { Finding } from "../finding.ts";
import { describeNoKeyPairId } from "../keys/no-key-pair-id.ts";
import { nearest } from "../text/nearest.ts";
import { causeFinding, commandForUrl, type InspectionInput, withGate } from "./inspection-input.ts";
import { misplacedCredentials } from "./misplaced.ts";

export function missingKey(input: InspectionInput): Finding[] {
  const { capture, explanation, method, withheld } = input;
  const causes: Finding[] = [];
  const ours = capture.cookies.filter(({ name }) => name.startsWith("CloudFront-"));
  if (method === "OPTIONS") {
    causes.push(
      causeFinding(
        "preflight",
        "observed",
        "this is a CORS preflight: browsers send it without cookies, so it can never pass with signed cookies; avoid the preflight (same site, simple requests) or use signed URLs",
      ),
    );
  }
  // Cookies that are ignored or held back have their own finding (traps.ts).
  if (withheld.length > 0 || (explanation.carrier === "query" && ours.length > 0)) return causes;
  const misplaced = misplacedCredentials(input);
  if (misplaced.length > 0) return [...causes, ...misplaced];
  if (explanation.credential.fields.keyPairId === "") causes.push(noKeyPairId("", input));
  const isCut = explanation.carrier === "query";
  causes.push(isCut ? truncatedUrl(input) : ours.length === 0 ? nothingSent(input) : incomplete(ours));
  return causes;
}

/** Some of a signed URL's parameters, and no cookies of CloudFront's. */
export function truncatedUrl({ explanation, capture, url }: InspectionInput): Finding {
  const { signingNames } = explanation.credential;
  const has = (...names: string[]) => names.some((name) => signingNames.includes(name));
  const missing = [
    ...(has("Policy", "Expires") ? [] : ["Policy or Expires"]),
    ...(has("Signature") ? [] : ["Signature"]),
    ...(has("Key-Pair-Id") ? [] : ["Key-Pair-Id"]),
  ];
  const bare = url?.split("?", 1)[0];
  return causeFinding(
    "url-cut-off",
    "observed",
    `the query holds ${[...new Set(signingNames)].join(", ")} without ${missing.join(" and ")}: the URL was cut off, for example by a shell at an unquoted &; or the application's own parameter has that name`,
    bare === undefined ? undefined : `put the whole URL in quotes: '${bare}?...&...'`,
    [`found in ${capture.source}`],
  );
}

function incomplete(ours: readonly CapturedCookie[]): Finding {
  return causeFinding(
    "set-incomplete",
    "observed",
    `the set is incomplete: ${[...new Set(ours.map(({ name }) => name))].join(", ")} without CloudFront-Key-Pair-Id; a proxy or a cookie limit may have dropped it`,
  );
}

/** No CloudFront fields: explains what is there instead. */
function nothingSent(input: InspectionInput): Finding {
  const { capture, url } = input;
  const { cookies, headers = [] } = capture;
  if (capture.source === DOCUMENT_COOKIE) {
    return causeFinding(
      "document-cookie-hides",
      "observed",
      "document.cookie never shows HttpOnly cookies, and signed cookies should be HttpOnly: their absence here proves nothing",
      "DevTools, Application (or Storage), Cookies: copy the rows; or Network, the request, Copy as cURL",
      cookies.length === 0 ? [] : [`it shows ${namesOf(cookies)}`],
    );
  }
  const value = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const login = headers.filter(([name]) =>
    /^(?:authorization|x-api-key|x-access-token|x-auth-token)$/i.test(name),
  );
  const isCrossSite = /^(?:cross-site|same-site)$/.test(value("sec-fetch-site") ?? "");
  const isFetch = value("sec-fetch-mode") === "cors" || (value("origin") !== undefined && isCrossSite);
  const message =
    cookies.length > 0
      ? `${cookies.length === 1 ? "its one cookie is not" : `none of its ${cookies.length} cookies is`} CloudFront's: the viewer logged in before cookies were minted, or they are bound to another host or path`
      : login.length > 0
        ? `the request carries ${login[0]?.[0]} and no cookies: the edge ignores tokens and API keys, and reads only CloudFront's cookies or parameters`
        : isFetch
          ? "the request carries no cookies at all, and code on another origin made it: fetch needs credentials: include, and the responses need Access-Control-Allow-Credentials"
          : "the request carries no cookies at all: the viewer is not logged in, cleared them, or fetch lacks credentials: include";
  return causeFinding(
    "no-cloudfront-cookies",
    "observed",
    message,
    url === undefined ? undefined : commandForUrl("keyturn curl", input),
    [
      ...(cookies.length === 0 ? [] : [`cookies: ${namesOf(cookies)}`]),
      ...(login.length === 0 ? [] : [`headers: ${login.map(([name]) => name).join(", ")}`]),
    ],
  );
}

const MOST_NAMES = 12;
function namesOf(cookies: readonly CapturedCookie[]): string {
  const names = [...new Set(cookies.map(({ name }) => name))];
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : "";
  return `${names.slice(0, MOST_NAMES).join(", ")}${more}`;
}

/** `text` was sent as the key pair ID; the account may know it as something else. */
export function noKeyPairId(text: string, input: InspectionInput): Finding {
  const other = input.source?.untrusted?.is;
  const described = describeNoKeyPairId(text);
  const is = other ?? described?.is ?? "not an id that CloudFront assigns to public keys";
  return causeFinding(
    "key-pair-id-is-no-id",
    other !== undefined || described?.isDoubtful !== true ? "observed" : "inferred",
    `the key pair ID is ${is}`,
    "keyturn keys list",
  );
}

const almost = (id: string): Finding =>
  causeFinding(
    "key-pair-id-is-no-id",
    "inferred",
    `the key pair ID is almost ${id}, but ids are compared exactly: it was mistyped or cut off`,
    "keyturn keys list",
  );

export function untrustedKey(input: InspectionInput): Finding[] {
  const { explanation, source } = input;
  const id = explanation.keyPairId ?? "the key pair ID";
  const known = source?.untrusted;
  const alike =
    known?.name === undefined && id.length >= 10 ? nearest(id, [...(source?.keys.keys() ?? [])]) : undefined;
  const isLowerCase = alike === id.toUpperCase();
  if (alike !== undefined && !isLowerCase && known?.is === undefined) return [almost(alike)];
  const described = describeNoKeyPairId(id);
  const isNone = known?.is !== undefined || (known?.name === undefined && described !== undefined);
  if (isNone && (known?.is !== undefined || described?.isDoubtful !== true)) return [noKeyPairId(id, input)];
  const causes: Finding[] = isNone ? [noKeyPairId(id, input)] : [];
  if (known?.name !== undefined) {
    causes.push(
      causeFinding(
        "key-removed-from-group",
        "observed",
        `${id} is a public key of the account ("${known.name}"), but no key group that this behavior trusts has it: it was removed, was never added, or the credential is for another distribution`,
        withGate("keyturn rotate status", input),
      ),
    );
  } else if (known !== undefined) {
    causes.push(
      causeFinding(
        "key-deleted",
        "observed",
        `the account has no public key ${id}: it was deleted, belongs to another account, or is mistyped`,
        "keyturn keys list",
      ),
    );
  } else {
    causes.push(
      causeFinding(
        "key-not-given",
        "observed",
        `${id} is not among the given keys (${source?.where ?? "none"}): the credential names a different key, or you gave the wrong file`,
        "add --account to the same command to look the id up in the account",
      ),
    );
  }
  if (known?.name !== undefined) {
    causes.push(
      causeFinding(
        "key-not-settled",
        "inferred",
        "or the key was added minutes ago and some edge locations do not know it yet",
        commandForUrl("keyturn probe", input),
      ),
    );
  }
  return causes;
}
