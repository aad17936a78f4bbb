/** What is wrong with a policy before it is signed: `error` where no request could ever pass, else what will surprise. */
import type { Finding } from "../finding.ts";
import { type EpochSeconds, formatDuration, formatInstant, type Seconds } from "../time.ts";
import { parseIpRange } from "./ip-range.ts";
import { type ResourceFault, resourceFaults } from "./resource-lint.ts";

export interface LintedPolicy {
  /** Exactly one URL, or else a pattern; neither: no Resource at all. */
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

/** From thirteen digits on an epoch is in milliseconds. */
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
      remedy: "for a cookie that must be refused, use --bad expired",
    });
  }
  if (notBefore !== undefined && notBefore >= expires) {
    faults.push({
      id: "start-after-end",
      severity: "error",
      message: "The policy starts when it has ended, or later: no request could pass.",
      evidence: [`starts after ${formatInstant(notBefore)}, ends ${formatInstant(expires)}`],
      remedy: "give an earlier --not-before or a later end",
    });
  } else if (notBefore !== undefined && notBefore >= now) {
    faults.push({
      id: "not-yet-valid",
      severity: "note",
      message: `The edge refuses it until ${formatInstant(notBefore)} has passed.`,
      remedy: "leave --not-before out, or some minutes in the past: the edge's clock is not yours",
    });
  }
  if (maxTtl !== undefined && expires - now > maxTtl) {
    faults.push({
      id: "over-max-ttl",
      severity: "error",
      message: `It would live ${formatDuration(expires - now)}; the gate allows ${formatDuration(maxTtl)}, and a rotation waits no longer than that.`,
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
        message: `What the edge makes of an address without mask is undocumented: it is signed as ${range.text}.`,
        remedy: `--ip ${range.text}`,
      },
    ];
  }
  if (range.problem === "ipv6") {
    return [
      {
        id: "ip-is-ipv6",
        severity: "error",
        message: "IpAddress takes one IPv4 address or CIDR; a viewer that comes over IPv6 is always refused.",
        remedy: "leave --ip out, or switch IPv6 off for the distribution and give the IPv4 address",
      },
    ];
  }
  return [
    {
      id: "ip-malformed",
      severity: "error",
      message: `The ${range.problem === "mask" ? "mask" : "address"} is not that of an IPv4 CIDR.`,
      remedy: "--ip 192.0.2.10/32",
    },
  ];
}
