/** The flags of `keyturn rotate amend` as settings of a rotation. */
import type { GlobalFlags } from "../../cli/bind.ts";
import { UsageError } from "../../errors.ts";
import type { AmendGiven } from "../../rotation/amend.ts";
import { parseDuration } from "../../time.ts";
import type { MutationFlags } from "../confirm.ts";

export interface AmendFlags extends GlobalFlags, MutationFlags {
  readonly canary?: readonly string[];
  readonly mintEndpoint?: string;
  readonly cacheTtl?: string;
  readonly longestLife?: string;
  readonly settle?: string;
}

/** Throws ERR_USAGE for a canary that is not `DISTRIBUTION=URL`, and ERR_DURATION. */
export function parseAmendFlags({
  canary,
  mintEndpoint,
  cacheTtl,
  longestLife,
  settle,
}: AmendFlags): AmendGiven {
  return {
    ...(canary === undefined ? {} : { canaries: Object.fromEntries(canary.map(canaryOf)) }),
    ...(mintEndpoint === undefined ? {} : { mintEndpoint: url("--mint-endpoint", mintEndpoint) }),
    ...(cacheTtl === undefined
      ? {}
      : { cacheTtl: cacheTtl === "until-restart" ? cacheTtl : parseDuration(cacheTtl) }),
    ...(longestLife === undefined ? {} : { longestLife: parseDuration(longestLife) }),
    ...(settle === undefined ? {} : { settle: parseDuration(settle) }),
  };
}

function canaryOf(text: string): readonly [string, string] {
  const [, distribution, address] = /^([A-Z0-9]+)=(.+)$/.exec(text) ?? [];
  if (distribution === undefined || address === undefined) {
    throw new UsageError("ERR_USAGE", `--canary "${text}" is not DISTRIBUTION=URL`, [
      "--canary E2EXAMPLE1234=https://app.example.com/protected/canary",
    ]);
  }
  return [distribution, url("--canary", address)];
}

function url(flag: string, text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError("ERR_USAGE", `${flag}: "${text}" is not an http or https URL`, [
    `${flag === "--canary" ? "--canary E2EXAMPLE1234=" : "--mint-endpoint "}https://app.example.com/...`,
  ]);
}
