/** Minted sets as text: in the chosen format, and as descriptions without values. */
import { type EpochSeconds, formatDuration, formatInstant } from "../time.ts";
import { BAD_CASES, type BadCase } from "./bad-cases.ts";
import type { MintPlan } from "./mint-plan.ts";
import type { MintedSet } from "./mint-sets.ts";
import {
  type CookieFormat,
  cookiePairs,
  writeCookieHeader,
  writeCookieJson,
  writeEnv,
  writeFfmpeg,
  writeHeadersJson,
  writeHttpie,
  writeJar,
  writePlaywright,
  writeSetCookie,
  writeSignedUrl,
} from "./write.ts";

/** The text for stdout or the output file. A secret. */
export function formatMinted(plan: MintPlan, minted: readonly MintedSet[]): string {
  const each = (write: (one: MintedSet) => string) => minted.map(write).join("\n");
  const writers: Readonly<Record<Exclude<CookieFormat, "curl">, () => string>> = {
    header: () => each(({ set }) => writeCookieHeader(set)),
    jar: () => writeJar(minted),
    "set-cookie": () => each(writeSetCookie),
    json: () => (minted.length === 1 ? each(({ set }) => writeCookieJson(set)) : writeJsonList(minted)),
    env: () => each(({ set }) => writeEnv(set)),
    playwright: () => writePlaywright(minted),
    url: () => each(({ set }) => writeSignedUrl(plan.url as string, set)),
    "headers-json": () => each(({ set }) => writeHeadersJson(set)),
    ffmpeg: () => each(({ set }) => writeFfmpeg(plan.url as string, set)),
    httpie: () => each(({ set }) => writeHttpie(set)),
  };
  return writers[plan.format === "curl" ? "jar" : plan.format]();
}

/** Everything but the values: what `--json` shows for a set that went to a file. */
export function describeMinted({ request, attributes, set }: MintedSet) {
  return {
    ...(request.url !== undefined ? { url: request.url } : { resource: request.resource ?? null }),
    policy: set.kind,
    hash: request.hash,
    keyPairId: set.keyPairId,
    expires: formatInstant(request.expires),
    notBefore: request.notBefore === undefined ? undefined : formatInstant(request.notBefore),
    ip: request.ip,
    path: attributes.path,
  };
}

/** One line for a person, without values. */
export function mintedSummary({ request, set }: MintedSet, now: EpochSeconds, bad?: BadCase): string {
  const signed = `${set.kind} policy for ${request.url ?? request.resource ?? "everything"}, ${request.hash}`;
  if (bad !== undefined) return `deliberately bad (${BAD_CASES[bad].title}): ${signed}`;
  const left = formatDuration(Math.ceil(request.expires - now));
  return `${signed}, key ${set.keyPairId}, ends ${formatInstant(request.expires)} (in ${left})`;
}

function writeJsonList(minted: readonly MintedSet[]): string {
  const list = minted.map((one) => ({
    ...describeMinted(one),
    cookies: Object.fromEntries(cookiePairs(one.set)),
  }));
  return JSON.stringify(list, null, 2);
}
