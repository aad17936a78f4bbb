/** Checks a policy before signing: `error` if no request could ever pass, otherwise warnings about surprises. */
import type { Finding } from "../finding.ts";
import { type EpochSeconds, formatDuration, formatInstant, type Seconds } from "../time.ts";
import { parseIpRange } from "./ip-range.ts";
import { type ResourceFault, resourceFaults } from "./resource-lint.ts";

export interface LintedPolicy {
  /** One exact URL or a pattern; neither means no Resource. */
  readonly url?: string;
  readonly resource?: string;
  readonly expires: EpochSeconds;
  readonly notBefore?: EpochSeconds;
  readonly ip?: string;
}

/** Pure. `maxTtl` is the gate's longest life. */
export function lintPolicy(policy: LintedPolicy, now: EpochSeconds, maxTtl?: Seconds): Finding[] {
  return [...timeFaults(policy, now, maxTtl), ...addressFaults(policy.ip), ...resourceFaults(policy)].map(
    ({ evidence = [], ...fault }) => ({ basis: "observed", evidence, ...fault }),
  );
}

/** Epochs with thirteen or more digits are in milliseconds. */
const FIRST_MILLISECONDS = 1e12;

function timeFaults(
  { expires, notBefore }: LintedPolicy,
  now: EpochSeconds,
  maxTtl: Seconds | undefined,
): ResourceFault[] {
  const faults: ResourceFault[] = [];
  if (expires >= FIRST_MILLISECONDS || (notBefore ?? 0) >= FIRST_MILLISECONDS) {
    faults.push({
      id: "time-in-milliseconds",
      severity: "error",
      message:
        "A time is in milliseconds; AWS:EpochTime is in seconds, and the edge answers MalformedPolicy.",
      remedy: "divide it by 1000",
    });
    return faults;
  }
  if (expires <= now) {
    faults.push({
      id: "already-expired",
      severity: "error",
      message: `The policy ended ${formatDuration(now - expires)} ago.`,
      evidence: [`ends ${formatInstant(expires)}, now ${formatInstant(now)}`],
      remedy: "to test a cookie that must be refused, use --bad expired",
    });
  }
  if (notBefore !== undefined && notBefore >= expires) {
    faults.push({
      id: "start-after-end",
      severity: "error",
      message: "The policy does not start before it ends, so no request could pass.",
      evidence: [`starts after ${formatInstant(notBefore)}, ends ${formatInstant(expires)}`],
      remedy: "set an earlier --not-before or a later end",
    });
  } else if (notBefore !== undefined && notBefore >= now) {
    faults.push({
      id: "not-yet-valid",
      severity: "note",
      message: `The edge refuses it until ${formatInstant(notBefore)} has passed.`,
      remedy:
        "leave --not-before out, or set it a few minutes in the past: the edge's clock may differ from yours",
    });
  }
  if (maxTtl !== undefined && expires - now > maxTtl) {
    faults.push({
      id: "over-max-ttl",
      severity: "error",
      message: `It lives ${formatDuration(expires - now)}; the gate allows ${formatDuration(maxTtl)}, and a rotation waits no longer than that.`,
      remedy: `--ttl ${Math.floor(maxTtl)}s`,
    });
  }
  return faults;
}

function addressFaults(ip: string | undefined): ResourceFault[] {
  if (ip === undefined) return [];
  const range = parseIpRange(ip);
  if (!("problem" in range)) {
    if (range.hasMask) return [];
    return [
      {
        id: "ip-without-mask",
        severity: "note",
        message: `An address without a mask is undocumented, so it is signed as ${range.text}.`,
        remedy: `--ip ${range.text}`,
      },
    ];
  }
  if (range.problem === "ipv6") {
    return [
      {
        id: "ip-is-ipv6",
        severity: "error",
        message: "IpAddress takes one IPv4 address or CIDR; viewers on IPv6 are always denied.",
        remedy: "leave --ip out, or disable IPv6 on the distribution and use the IPv4 address",
      },
    ];
  }
  return [
    {
      id: "ip-malformed",
      severity: "error",
      message: `The ${range.problem === "mask" ? "mask" : "address"} is not valid in an IPv4 CIDR.`,
      remedy: "--ip 192.0.2.10/32",
    },
  ];
}
