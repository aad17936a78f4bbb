/** What a browser will do with a cookie's attributes: shared by `mint`, which sets them, and `probe --flow`, which sees them. */
import type { Finding } from "../finding.ts";
import { type EpochSeconds, formatDuration, type Seconds } from "../time.ts";
import { foreignPart } from "./domain-part.ts";

/** As set or as seen; what a Set-Cookie line does not say is absent. */
interface LintedAttributes {
  /** The host that sets the cookie, without port. */
  readonly host: string;
  readonly domain?: string;
  readonly path?: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite?: "Strict" | "Lax" | "None";
  readonly partitioned: boolean;
  /** Counted from now; absent is a session cookie. */
  readonly maxAge?: Seconds;
}
export interface LintedCookies {
  readonly attributes: LintedAttributes;
  /** Characters of name and value, one entry per cookie. */
  readonly sizes: readonly number[];
  /** The host that the cookies are for, where it is not the one that sets them. */
  readonly sentTo?: string;
  /** The path that they must be sent to, where one is known. */
  readonly usedAt?: string;
  readonly policyEnds?: EpochSeconds;
}

/** Of one cookie: name, value and attributes (RFC 6265bis; browsers drop a larger one whole). */
const LARGEST_COOKIE = 4096;

type Fault = Pick<Finding, "id" | "severity" | "message"> & Partial<Pick<Finding, "remedy" | "evidence">>;

/** Loads the public suffix list only where a Domain must be held against it. */
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
        message: `Without Domain the cookie stays with ${host}: ${target} never gets it.`,
        remedy: "set Domain to a parent that both share, or set the cookies through the distribution itself",
      },
    ];
  }
  const bare = domain.replace(/^\./, "").toLowerCase();
  if (!/^[a-z0-9.-]+$/.test(bare)) {
    return [
      {
        id: "cookie-domain-malformed",
        severity: "error",
        message: `Domain ${foreignPart(bare) ?? "is no host name"}: browsers ignore the cookie, or the attribute.`,
        remedy: "letters, digits, - and . alone; other letters in Punycode (xn--)",
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
        remedy:
          "leave Domain out, or use a domain of your own with an alternate domain name on the distribution",
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
        ? `${host} is not under Domain=${bare}: browsers refuse the cookie from it.`
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
        message: "Without Path the cookie is sent only under the folder of the URL that set it.",
        remedy: "set Path explicitly",
      },
    ];
  }
  if (!path.startsWith("/")) {
    return [
      {
        id: "cookie-path-relative",
        severity: "error",
        message: "A Path that does not begin with / is ignored by browsers.",
        remedy: "begin it with /",
      },
    ];
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a cookie cannot carry them.
  if (/[;\u0000-\u001f\u007f]/.test(path)) {
    return [
      {
        id: "cookie-path-malformed",
        severity: "error",
        message: "Path holds a ; or a control character, which would end it.",
        remedy: "set Path to the folder above",
      },
    ];
  }
  if (path.includes("*")) {
    return [
      {
        id: "cookie-path-wildcard",
        severity: "error",
        message: "Path is a prefix, never a pattern: browsers compare the * literally.",
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
      remedy: "set Path to the request's path or a folder above it",
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
      message: "Without Secure the cookie travels over plain HTTP too, where anybody on the way can copy it.",
      remedy: "add Secure",
    });
  }
  if (!httpOnly) {
    faults.push({
      id: "cookie-not-http-only",
      severity: "warning",
      message: "Without HttpOnly any script of the page can read the cookie.",
      remedy: "add HttpOnly",
    });
  }
  if (sameSite === undefined) {
    faults.push({
      id: "cookie-same-site-absent",
      severity: "warning",
      message: "Without SameSite each browser applies its own default.",
      remedy: "set SameSite=Lax, or None with Secure for a player on another site",
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
      message: `The browser keeps the cookie ${formatDuration(beyond)} longer than its policy allows requests: they are refused with 403.`,
      remedy: "set Max-Age to what is left of the policy, or leave it out",
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
      message: `A cookie has ${largest} bytes; browsers drop it whole above ${LARGEST_COOKIE}.`,
      remedy: "shorten the Resource",
    },
  ];
}
