/** What `keyturn mint` tells: the cookies in the form asked for on stdout, everything else beside them. */
import type { Finding } from "../finding.ts";
import { outcomeOf, type Report } from "../report/report.ts";
import { formatInstant } from "../time.ts";
import type { MintPlan, PlannedSet } from "./mint-plan.ts";
import {
  type CookieFormat,
  cookiePairs,
  type PlacedSet,
  writeCookieHeader,
  writeEnv,
  writeJar,
  writeJson,
  writePlaywright,
  writeSetCookie,
  writeSignedUrl,
} from "./write.ts";

export interface MintedSet extends PlannedSet, PlacedSet {}

/** The text for stdout or the output file. A secret. */
export function formatMinted(plan: MintPlan, minted: readonly MintedSet[]): string {
  const each = (write: (one: MintedSet) => string) => minted.map(write).join("\n");
  const writers: Readonly<Record<Exclude<CookieFormat, "curl">, () => string>> = {
    header: () => each(({ set }) => writeCookieHeader(set)),
    jar: () => writeJar(minted),
    "set-cookie": () => each(writeSetCookie),
    json: () => (minted.length === 1 ? each(({ set }) => writeJson(set)) : writeJsonList(minted)),
    env: () => each(({ set }) => writeEnv(set)),
    playwright: () => writePlaywright(minted),
    url: () => each(({ set }) => writeSignedUrl(plan.url as string, set)),
  };
  return writers[plan.format === "curl" ? "jar" : plan.format]();
}

export function mintReport(
  plan: MintPlan,
  minted: readonly MintedSet[],
  findings: readonly Finding[],
): Report {
  return {
    outcome: outcomeOf(findings),
    result: { sets: minted.map(resultOf) },
    findings,
    findingsOn: "stderr",
    text: () => formatMinted(plan, minted),
  };
}

function resultOf({ request, attributes, set }: MintedSet) {
  return {
    ...(request.url !== undefined ? { url: request.url } : { resource: request.resource ?? null }),
    policy: set.kind,
    hash: request.hash,
    keyPairId: set.keyPairId,
    expires: formatInstant(request.expires),
    ...(request.notBefore !== undefined && { notBefore: formatInstant(request.notBefore) }),
    ...(request.ip !== undefined && { ip: request.ip }),
    path: attributes.path,
    cookies: Object.fromEntries(cookiePairs(set)),
  };
}

function writeJsonList(minted: readonly MintedSet[]): string {
  const list = minted.map(({ request, attributes, set }) => ({
    resource: request.url ?? request.resource,
    path: attributes.path,
    cookies: Object.fromEntries(cookiePairs(set)),
  }));
  return JSON.stringify(list, null, 2);
}
