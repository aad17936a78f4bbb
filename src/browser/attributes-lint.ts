/** What a browser will do with a cookie's attributes: used by `mint`, which sets them, and `probe --flow`, which sees them. */
import type { Finding } from "../finding.ts";
import { type EpochSeconds, formatDuration, type Seconds } from "../time.ts";
import { invalidDomainPart } from "./domain-part.ts";

/** As set or as seen; absent if the Set-Cookie line does not have it. */
interface LintedAttributes {
  /** The host that sets the cookie, without port. */
  readonly host: string;
  readonly domain?: string;
  readonly path?: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite?: "Strict" | "Lax" | "None";
  readonly partitioned: boolean;
  /** From now; absent: a session cookie. */
  readonly maxAge?: Seconds;
}
export interface LintedCookies {
  readonly attributes: LintedAttributes;
  /** Characters of name and value, one entry per cookie. */
  readonly sizes: readonly number[];
  /** The host that the cookies are for, if another host sets them. */
  readonly sentTo?: string;
  /** The path that they must be sent to, if known. */
  readonly usedAt?: string;
  readonly policyEnds?: EpochSeconds;
}

/** Name, value and attributes of one cookie (RFC 6265bis); browsers drop a larger one entirely. */
const LARGEST_COOKIE = 4096;

type Fault = Pick<Finding, "id" | "severity" | "message"> & Partial<Pick<Finding, "remedy" | "evidence">>;

/** Loads the public suffix list only if there is a Domain to check. */
export async function lintAttributes(cookies: LintedCookies, now: EpochSeconds): Promise<Finding[]> {
  const faults = [
    ...(await domainFaults(cookies)),
    ...pathFaults(cookies),
    ...flagFaults(cookies.attributes),
    ...lifetimeFaults(cookies, now),
    ...sizeFaults(cookies.sizes),
  ];
  return faults.map((fault) => ({ basis: "observed", evidence: [], ...fault }));
}

async function domainFaults({ attributes, sentTo }: LintedCookies): Promise<Fault[]> {
  const { host, domain } = attributes;
  const target = sentTo ?? host;
  if (domain === undefined) {
    if (target === host) return [];
    return [
      {
        id: "cookie-host-only",
        severity: "error",
        message: `Without Domain the cookie goes back to ${host} only: ${target} never gets it.`,
        remedy: "set Domain to a parent domain of both, or set the cookies through the distribution itself",
      },
    ];
  }
  const bare = domain.replace(/^\./, "").toLowerCase();
  if (!/^[a-z0-9.-]+$/.test(bare)) {
    return [
      {
        id: "cookie-domain-malformed",
        severity: "error",
        message: `Domain ${invalidDomainPart(bare) ?? "is not a host name"}: browsers ignore the cookie, or the attribute.`,
        remedy: "use only letters, digits, - and .; write other letters in Punycode (xn--)",
      },
    ];
  }
  const { isPublicSuffix } = await import("./public-suffix.ts");
  if (isPublicSuffix(bare) && bare !== host) {
    return [
      {
        id: "cookie-domain-public-suffix",
        severity: "error",
        message: `${bare} is a public suffix: browsers refuse a cookie for it.`,
        remedy: "leave Domain out, or use your own domain as an alternate domain name of the distribution",
      },
    ];
  }
  const uncovered = [...new Set([host, target])].filter(
    (each) => each !== "" && each !== bare && !each.endsWith(`.${bare}`),
  );
  return uncovered.map((each) => ({
    id: "cookie-domain-mismatch",
    severity: "error",
    message:
      each === host
        ? `${host} is not inside Domain=${bare}: browsers refuse the cookie.`
        : `Domain=${bare} does not cover ${each}: browsers never send the cookie there.`,
    remedy: "set Domain to the host or a parent of it",
  }));
}

function pathFaults({ attributes: { path }, usedAt }: LintedCookies): Fault[] {
  if (path === undefined) {
    return [
      {
        id: "cookie-path-absent",
        severity: "warning",
        message: "Without Path the cookie is sent only to the folder of the URL that set it.",
        remedy: "set Path explicitly",
      },
    ];
  }
  if (!path.startsWith("/")) {
    return [
      {
        id: "cookie-path-relative",
        severity: "error",
        message: "Browsers ignore a Path that does not begin with /.",
        remedy: "begin Path with /",
      },
    ];
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a cookie cannot carry them.
  if (/[;\u0000-\u001f\u007f]/.test(path)) {
    return [
      {
        id: "cookie-path-malformed",
        severity: "error",
        message: "Path contains a ; or a control character, which would end the attribute.",
        remedy: "set Path to the folder above",
      },
    ];
  }
  if (path.includes("*")) {
    return [
      {
        id: "cookie-path-wildcard",
        severity: "error",
        message: "Path is a prefix, not a pattern: browsers take the * literally.",
        remedy: `Path=${path.slice(0, path.indexOf("*"))}`,
      },
    ];
  }
  if (usedAt === undefined || pathCovers(path, usedAt)) return [];
  return [
    {
      id: "cookie-path-mismatch",
      severity: "error",
      message: `Path=${path} does not cover ${usedAt}: browsers never send the cookie there.`,
      remedy: "set Path to a folder above every path that needs the cookie; / covers all",
    },
  ];
}

/** RFC 6265, 5.1.4. */
export function pathCovers(cookiePath: string, requestPath: string): boolean {
  if (!requestPath.startsWith(cookiePath)) return false;
  return (
    cookiePath.endsWith("/") ||
    requestPath.length === cookiePath.length ||
    requestPath[cookiePath.length] === "/"
  );
}

function flagFaults({ secure, httpOnly, sameSite, partitioned }: LintedAttributes): Fault[] {
  const faults: Fault[] = [];
  if (!secure && (sameSite === "None" || partitioned)) {
    faults.push({
      id: "cookie-none-without-secure",
      severity: "error",
      message: `Browsers refuse ${partitioned ? "Partitioned" : "SameSite=None"} without Secure.`,
      remedy: "add Secure",
    });
  } else if (!secure) {
    faults.push({
      id: "cookie-not-secure",
      severity: "warning",
      message:
        "Without Secure the cookie also travels over plain HTTP, where anybody in between can copy it.",
      remedy: "add Secure",
    });
  }
  if (!httpOnly) {
    faults.push({
      id: "cookie-not-http-only",
      severity: "warning",
      message: "Without HttpOnly any script on the page can read the cookie.",
      remedy: "add HttpOnly",
    });
  }
  if (sameSite === undefined) {
    faults.push({
      id: "cookie-same-site-absent",
      severity: "warning",
      message: "Without SameSite each browser applies its own default.",
      remedy: "set SameSite=Lax, or None with Secure for a player embedded in another site",
    });
  }
  return faults;
}

function lifetimeFaults({ attributes: { maxAge }, policyEnds }: LintedCookies, now: EpochSeconds): Fault[] {
  if (maxAge === undefined || policyEnds === undefined) return [];
  const beyond = now + maxAge - policyEnds;
  // A second or two pass between signing and setting.
  if (beyond <= 2) return [];
  return [
    {
      id: "cookie-outlives-policy",
      severity: "warning",
      message: `The browser keeps the cookie ${formatDuration(beyond)} longer than its policy is valid: from then on requests get 403.`,
      remedy: "set Max-Age to the policy's remaining time, or leave it out",
    },
  ];
}

function sizeFaults(sizes: readonly number[]): Fault[] {
  const largest = Math.max(0, ...sizes);
  if (largest <= LARGEST_COOKIE) return [];
  return [
    {
      id: "cookie-too-large",
      severity: "error",
      message: `A cookie is ${largest} bytes long; browsers drop cookies over ${LARGEST_COOKIE} bytes.`,
      remedy: "shorten the Resource",
    },
  ];
}
