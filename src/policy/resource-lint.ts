/** Checks the URL or Resource pattern of a policy. */
import type { Finding } from "../finding.ts";

export type ResourceFault = Pick<Finding, "id" | "severity" | "message" | "remedy"> & {
  readonly evidence?: readonly string[];
};
interface Named {
  readonly url?: string;
  readonly resource?: string;
  readonly notBefore?: number;
  readonly ip?: string;
}

/** Longer URLs get 414 (DG:cloudfront-limits). */
const LONGEST_URL = 8192;
const SIGNING_NAMES = /[?&](Expires|Policy|Signature|Key-Pair-Id|Hash-Algorithm)(?==|&|$)/;
/** Browsers, curl and URL libraries encode these differently; the edge compares the received bytes. */
const REWRITTEN = /[^\x21-\x7e]|["'<>[\]^`{|}\\]/g;

/** Pure. */
export function resourceFaults(policy: Named): ResourceFault[] {
  const { url, resource } = policy;
  const text = url ?? resource;
  if (text === undefined || text === "*") return [openToEverything(text)];
  const scheme = schemeFault(text);
  if (scheme?.severity === "error") return [scheme];
  return [
    scheme,
    text.length > LONGEST_URL ? tooLong(text) : undefined,
    portFault(text),
    /^[^/]*:\/\/[^/?#]*@/.test(text) ? userInfo : undefined,
    isPathless(text) && isCanned(policy) ? pathless : undefined,
    /^[^/]*:\/\/[^/?#]*[A-Z]/.test(text) ? hostInCapitals : undefined,
    text.includes("#") ? fragmentFault : undefined,
    DOT_SEGMENT.test(text.split("?", 1)[0] as string) ? dotSegments : undefined,
    / /.test(text) ? spaceFault : rewrittenFault(text),
    reservedName(text),
    url === undefined && text.includes("?") ? questionMark : undefined,
    url?.includes("*") ? starInUrl : undefined,
  ].filter((fault) => fault !== undefined);
}

/** Only in the path: in a query dots are ordinary. Browsers treat %2e as a dot too. */
const DOT_SEGMENT = /\/(?:\.|%2[eE]){1,2}(?=[/#]|$)/;

const isPathless = (text: string): boolean => /^[^/]*:\/\/[^/*]+$/.test(text.split("?", 1)[0] as string);

/** A custom policy's Resource is matched, a canned one's compared byte for byte. */
const isCanned = ({ notBefore, ip }: Named): boolean => notBefore === undefined && ip === undefined;

function openToEverything(text: string | undefined): ResourceFault {
  return {
    id: text === undefined ? "resource-absent" : "resource-lone-star",
    severity: "warning",
    message: "It opens every file of every distribution whose key groups hold this key.",
    evidence: [text === undefined ? "the policy names no Resource" : 'the Resource is "*"'],
    remedy: "--resource 'https://HOST/*'",
  };
}

function schemeFault(text: string): ResourceFault | undefined {
  if (/^(?:https?|\*):\/\/[^/]/.test(text)) return undefined;
  if (/^http\*:\/\/[^/]/.test(text)) {
    return {
      id: "resource-scheme-wildcard",
      severity: "warning",
      message: "http*:// is widely used but undocumented: the edge may refuse it.",
      remedy: "write https://, or *:// for both schemes",
    };
  }
  if (text.startsWith("*")) {
    return {
      id: "resource-without-scheme",
      severity: "warning",
      message: "A Resource without a scheme is documented for signed URLs, not for signed cookies.",
      remedy: "write *:// in front",
    };
  }
  return {
    id: "resource-not-a-url",
    severity: "error",
    message: "It starts with neither http://, https:// nor *://, so it matches no request.",
    remedy: "--resource 'https://HOST/PATH'",
  };
}

function tooLong(text: string): ResourceFault {
  return {
    id: "url-too-long",
    severity: "error",
    message: `It has ${text.length} characters; the edge answers 414 to a URL over ${LONGEST_URL} bytes.`,
  };
}

function portFault(text: string): ResourceFault | undefined {
  const [, host = "", port] = /^[^/]*:\/\/([^/?#]*?):(\d+)(?=[/?#]|$)/.exec(text) ?? [];
  // A sandbox on this machine listens on any free port.
  if (port === undefined || /(?:^|\.)localhost$|^127\./.test(host)) return undefined;
  return {
    id: "resource-port",
    // A note: CloudFront only listens on 80 and 443, where clients leave the port out.
    severity: "note",
    message: "Whether the edge compares a port is undocumented.",
    evidence: [`it names port ${port}`],
    remedy: "leave out the port that the scheme implies",
  };
}

const fragmentFault: ResourceFault = {
  id: "resource-fragment",
  severity: "error",
  message: "A fragment (#) never reaches the edge, so a policy signed with one matches no request.",
  remedy: "remove # and everything after it",
};

const userInfo: ResourceFault = {
  id: "resource-user-info",
  severity: "error",
  message: "A user name or password in the URL travels in a header: the edge sees the URL without it.",
  remedy: "remove @ and everything before it",
};

const pathless: ResourceFault = {
  id: "resource-without-path",
  severity: "error",
  message: "Every request has a path, at least /, so a canned policy without one matches no request.",
  remedy: "end the host with /, or with /* for everything below it",
};

const hostInCapitals: ResourceFault = {
  id: "resource-host-case",
  severity: "warning",
  message: "Browsers send the host in lower case; whether the edge ignores case is undocumented.",
  remedy: "write the host in lower case",
};

const dotSegments: ResourceFault = {
  id: "resource-dot-segments",
  severity: "warning",
  message:
    "Browsers and curl resolve . and .. before sending, so the edge sees a different URL from the signed one.",
  remedy: "sign the resolved URL, or send it with curl --path-as-is",
};

const spaceFault: ResourceFault = {
  id: "resource-space",
  severity: "error",
  message:
    "A request cannot contain a space: clients send %20 or +, and the signature must cover those bytes.",
  remedy: "write it as the client sends it, usually %20",
};

function rewrittenFault(text: string): ResourceFault | undefined {
  const found = [...new Set(text.match(REWRITTEN) ?? [])];
  if (found.length === 0) return undefined;
  return {
    id: "resource-rewritten",
    severity: "warning",
    message: "Some clients percent-encode some of its characters; the edge compares the bytes it receives.",
    evidence: [`characters: ${found.slice(0, 8).map(nameOf).join(" ")}`],
    remedy: "sign exactly what the client sends (curl -v shows it)",
  };
}

/** A visible character as it is, otherwise its code point: `U+00A0`. */
function nameOf(character: string): string {
  if (/[\x21-\x7e]/.test(character)) return character;
  return `U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")}`;
}

function reservedName(text: string): ResourceFault | undefined {
  const name = SIGNING_NAMES.exec(text)?.[1];
  if (name === undefined) return undefined;
  return {
    id: "query-name-reserved",
    severity: "error",
    message: `A query parameter named ${name} makes CloudFront treat the request as a signed URL and ignore the cookies.`,
    evidence: ["DG:private-content-choosing-signed-urls-cookies"],
    remedy: `rename the application's parameter ${name}`,
  };
}

const questionMark: ResourceFault = {
  id: "resource-question-mark",
  severity: "note",
  message: "In a Resource, ? matches any one character, including the start of a query.",
  remedy: "for one exact URL, pass it as the argument without --resource",
};

const starInUrl: ResourceFault = {
  id: "url-with-star",
  severity: "note",
  message: "A * is a wildcard, so keyturn signs a custom policy, which allows more than this one URL.",
};
