/** Builds policies as the bytes to sign. Refuses anything that could change their meaning; never escapes. */
import { InputError, UsageError } from "../errors.ts";
import type { EpochSeconds } from "../time.ts";
import { parseIpRange } from "./ip-range.ts";
import type { Policy } from "./policy.ts";

/**
 * Characters that JSON escapes or that could end the string early: a policy is rebuilt from the URL by the edge, byte
 * for byte, so an escape would not match; and an injected quote would sign a different policy from the requested one.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point.
const UNSAFE = /["\\\u0000-\u001f\u007f-\u009f]/;
/** Thirteen digits are an epoch in milliseconds (from 2001 on), which the edge rejects as malformed. */
const FIRST_MILLISECONDS = 1e12;

/**
 * The canned form, byte-exact: no whitespace, this order (DG:private-content-setting-signed-cookie-canned-policy). The
 * edge rebuilds it from the request. `url` is the viewer's, with its own query and without CloudFront's parameters.
 * Throws ERR_POLICY_UNSAFE, ERR_POLICY_INVALID.
 */
export function cannedPolicy(url: string, expires: EpochSeconds): string {
  return `{"Statement":[{"Resource":"${safe(url, "the URL")}","Condition":{"DateLessThan":{"AWS:EpochTime":${epoch(expires, "the end")}}}}]}`;
}

/** Leaves out undefined members. */
type CustomPolicy = Pick<Policy, "dateLessThan"> & {
  readonly [Member in keyof Policy]: Policy[Member] | undefined;
};

/**
 * The custom form, without whitespace; conditions in the order that AWS's own signers write. A bare address becomes
 * `/32`. Not checked: that the Resource can match anything (lint.ts does). Throws ERR_POLICY_UNSAFE,
 * ERR_POLICY_INVALID.
 */
export function customPolicy(policy: CustomPolicy): string {
  const { resource, dateLessThan, dateGreaterThan, ipAddress } = policy;
  const named = resource === undefined ? "" : `"Resource":"${safe(resource, "the Resource")}",`;
  const end = `"DateLessThan":{"AWS:EpochTime":${epoch(dateLessThan, "the end")}}`;
  const start =
    dateGreaterThan === undefined
      ? ""
      : `,"DateGreaterThan":{"AWS:EpochTime":${epoch(dateGreaterThan, "the start")}}`;
  if (dateGreaterThan !== undefined && dateGreaterThan >= dateLessThan) {
    throw new InputError("ERR_POLICY_INVALID", "the start is not before the end, so no request could pass", [
      "set an earlier --not-before, or a later --expires",
    ]);
  }
  const address = ipAddress === undefined ? "" : `,"IpAddress":{"AWS:SourceIp":"${sourceIp(ipAddress)}"}`;
  return `{"Statement":[{${named}"Condition":{${end}${start}${address}}}]}`;
}

function safe(text: string, what: string): string {
  const found = UNSAFE.exec(text);
  if (found !== null) {
    const code = (found[0].codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
    throw new InputError("ERR_POLICY_UNSAFE", `${what} holds U+${code}, which is not safe in a policy`, [
      "percent-encode it as the viewer sends it, such as %22 for a quote and %5C for a backslash",
    ]);
  }
  if (!text.isWellFormed()) {
    throw new InputError(
      "ERR_POLICY_UNSAFE",
      `${what} holds half a surrogate pair, which has no UTF-8 form`,
      ["percent-encode the character as the viewer sends it"],
    );
  }
  return text;
}

function epoch(at: EpochSeconds, what: string): number {
  if (!Number.isSafeInteger(at) || at <= 0) {
    throw new InputError("ERR_POLICY_INVALID", `${what} is not a positive whole number of epoch seconds`, [
      "--expires 2030-01-01T00:00:00Z",
    ]);
  }
  if (at >= FIRST_MILLISECONDS) {
    throw new UsageError(
      "ERR_EPOCH_MILLISECONDS",
      `${what} is in milliseconds; AWS:EpochTime is in seconds, and the edge would reject the policy as malformed`,
      [`write ${Math.floor(at / 1000)}`],
    );
  }
  return at;
}

function sourceIp(text: string): string {
  const range = parseIpRange(text);
  if (!("problem" in range)) return range.text;
  throw new InputError(
    "ERR_POLICY_INVALID",
    range.problem === "ipv6"
      ? `"${text}" is IPv6; IpAddress takes one IPv4 address or CIDR`
      : `"${text}" is not an IPv4 address or CIDR such as 192.0.2.0/24`,
    ["--ip 192.0.2.0/24"],
  );
}
