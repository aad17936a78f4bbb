/** Judges each condition of a signed policy on its own: time, address, Resource. Ignores the signature. */
import { ipRangeHolds, parseIpRange } from "../policy/ip-range.ts";
import type { Policy } from "../policy/policy.ts";
import { hasWildcard, matchResource } from "../policy/resource-pattern.ts";
import type { EpochSeconds } from "../time.ts";
import type { UndocumentedRules } from "./credential.ts";
import { alternatives, type EdgeRules, type RuleName } from "./rules.ts";
import type { Carrier } from "./verdict.ts";

/** AWS:EpochTime counts whole seconds. Refused on or before DateGreaterThan, and from DateLessThan on. */
export function evaluateTime(
  policy: Policy,
  now: EpochSeconds,
  rules: EdgeRules,
  doubts: UndocumentedRules,
): "met" | "expired" | "not-yet-valid" {
  const second = Math.floor(now);
  if (policy.dateGreaterThan !== undefined && second <= policy.dateGreaterThan) return "not-yet-valid";
  if (second === policy.dateLessThan) {
    doubts.add("expiry-second");
    return rules["expiry-second"] === "allowed" ? "met" : "expired";
  }
  return second > policy.dateLessThan ? "expired" : "met";
}

/** An IPv6 viewer matches no range (DG:cloudfront-enable-ipv6). */
export function evaluateIp(policy: Policy, viewer: string): boolean {
  if (policy.ipAddress === undefined) return true;
  const range = parseIpRange(policy.ipAddress);
  return !("problem" in range) && ipRangeHolds(range, viewer);
}

/** `url` is the viewer's own URL, raw: CloudFront compares it without decoding or normalizing. */
export function evaluateResource(
  policy: Policy,
  url: string,
  carrier: Carrier,
  rules: EdgeRules,
  doubts: UndocumentedRules,
): boolean {
  const { resource } = policy;
  if (resource === undefined) return true;
  const isMatch = matches(resource, url, carrier, rules);
  for (const name of rulesOn(resource, url, carrier)) {
    const isCertain = alternatives(rules, name).every(
      (other) => matches(resource, url, carrier, other) === isMatch,
    );
    if (!isCertain) doubts.add(name);
  }
  return isMatch;
}

function matches(resource: string, url: string, carrier: Carrier, rules: EdgeRules): boolean {
  if (resource.startsWith("http*://") && rules["http-star"] === "never") return false;
  const isCookie = carrier === "cookies";
  if (isCookie && resource.startsWith("*") && rules["scheme-wildcard-in-cookies"] === "never") return false;
  return matchResource(spellHost(resource, rules), spellHost(url, rules), {
    reading: isCookie ? rules["wildcards-in-cookies"] : "sectioned",
    hostCase: rules["resource-host-case"],
  });
}

/** The rules that could matter to this pattern and URL: usually one or none. */
function rulesOn(resource: string, url: string, carrier: Carrier): RuleName[] {
  const names: RuleName[] = [];
  if (resource.startsWith("http*://")) names.push("http-star");
  if (carrier === "cookies" && resource.startsWith("*")) names.push("scheme-wildcard-in-cookies");
  if (carrier === "cookies" && couldReadTwoWays(resource)) names.push("wildcards-in-cookies");
  // The same scheme and host in both stay the same, however they are compared.
  const origin = url.slice(0, hostIn(url)[1]);
  if (origin === resource.slice(0, hostIn(resource)[1]) && !hasWildcard(origin)) return names;
  const hosts = [resource, url].map((text) => text.slice(...hostIn(text)));
  if (hosts.some((host) => /[A-Z]/.test(host))) names.push("resource-host-case");
  if (hosts.some((host) => PORT.test(host))) names.push("resource-port");
  if (hosts.some((host) => host.replace(PORT, "").endsWith("."))) names.push("host-trailing-dot");
  return names;
}

/** A single star at the very end of a path, as most policies have, means the same in both readings. */
function couldReadTwoWays(resource: string): boolean {
  if (!hasWildcard(resource)) return false;
  const [, hostEnd] = hostIn(resource);
  return (
    resource.includes("?") || resource.indexOf("*") !== resource.length - 1 || hostEnd === resource.length
  );
}

const PORT = /:\d{1,5}$/;

function hostIn(text: string): [start: number, end: number] {
  const scheme = text.indexOf("://");
  const start = scheme < 0 ? 0 : scheme + 3;
  const slash = text.indexOf("/", start);
  return [start, slash < 0 ? text.length : slash];
}

/** The host of a URL or pattern as the rules compare it; the matcher handles case. */
function spellHost(text: string, rules: EdgeRules): string {
  const isPortIgnored = rules["resource-port"] === "ignored";
  const isDotDropped = rules["host-trailing-dot"] === "dropped";
  if (!isPortIgnored && !isDotDropped) return text;
  const [start, end] = hostIn(text);
  const host = text.slice(start, end);
  const port = PORT.exec(host)?.[0] ?? "";
  const name = host.slice(0, host.length - port.length);
  const spelled = isDotDropped && name.endsWith(".") ? name.slice(0, -1) : name;
  return text.slice(0, start) + spelled + (isPortIgnored ? "" : port) + text.slice(end);
}
