/** Traps around a request that no single condition shows; reported whatever the verdict. */
import type { Finding } from "../finding.ts";
import { describeSpecialRange } from "../policy/special-addresses.ts";
import { causeFinding, type InspectionInput, withGate } from "./inspection-input.ts";

export function trapsOf(input: InspectionInput): Finding[] {
  return [
    ...contradiction(input),
    ...unprotected(input),
    ...ignoredCookies(input),
    ...withheldCookies(input),
    ...duplicates(input),
    ...cannedCookies(input),
    ...wideOpen(input),
    ...unreachableRange(input),
    ...large(input),
    ...input.capture.remarks.map((remark) => causeFinding("input", "observed", remark)),
  ];
}

/** Two URLs for one request: neither silently wins. */
function contradiction({ otherUrl, url = "" }: InspectionInput): Finding[] {
  if (otherUrl === undefined) return [];
  const message =
    otherUrl.from === "flag"
      ? "the input is a signed URL, but --url names another: the input's URL was checked, with its own query"
      : "the input requests a different URL than --url: the one from --url was checked";
  return [
    causeFinding("url-contradiction", "observed", message, "give only one of the two", [
      `judged ${url}`,
      `${otherUrl.from === "flag" ? "--url" : "in the input"} ${otherUrl.url}`,
    ]),
  ];
}

function unprotected({ explanation, source }: InspectionInput): Finding[] {
  if (explanation.verdict !== "allow" || explanation.conditions.length > 0) return [];
  return [
    causeFinding(
      "no-signature-asked",
      "observed",
      `${source?.where ?? "the behavior"} trusts no key group: everybody gets in, whatever cookies they send`,
    ),
  ];
}

const carriesSet = ({ capture }: InspectionInput): boolean =>
  capture.cookies.some(({ name }) => name.startsWith("CloudFront-"));

/** DG:private-content-choosing-signed-urls-cookies. */
function ignoredCookies(input: InspectionInput): Finding[] {
  const { carrier, credential } = input.explanation;
  if (carrier !== "query" || !carriesSet(input)) return [];
  const names = [...new Set(credential.signingNames)].join(", ");
  return [
    causeFinding(
      "query-overrides-cookies",
      "observed",
      `the query holds ${names}, so CloudFront treats the request as a signed URL and ignores its cookies; application parameters must not use CloudFront's names`,
      "rename the application's parameter",
    ),
  ];
}

/** A policy that no viewer's address can meet. */
export function ipNoViewer(range: string, is: string): Finding {
  return causeFinding(
    "ip-no-viewer",
    "observed",
    `IpAddress ${range} is ${is}: no viewer reaches CloudFront from there; the mint endpoint saw the address of a proxy, a load balancer or itself instead of the viewer's`,
    "take the viewer's address from CloudFront-Viewer-Address or X-Forwarded-For, or leave IpAddress out",
  );
}

/** One finding per reason, with the cookies that it holds back. */
function withheldCookies(input: InspectionInput): Finding[] {
  const namesBySentence = new Map<string, Set<string>>();
  for (const { name, sentence } of input.withheld) {
    const names = namesBySentence.get(sentence) ?? new Set();
    namesBySentence.set(sentence, names.add(name));
  }
  return [...namesBySentence].map(([sentence, names]) =>
    causeFinding(
      "cookie-not-sent",
      "observed",
      `a browser would not send these cookies there: ${sentence}`,
      withGate("keyturn mint --format set-cookie", input),
      [[...names].join(", ")],
    ),
  );
}

function duplicates({ explanation }: InspectionInput): Finding[] {
  const { duplicated, carrier } = explanation.credential;
  if (duplicated.length === 0) return [];
  const what = carrier === "query" ? "parameter" : "cookie";
  return [
    causeFinding(
      "duplicated-name",
      "observed",
      `a ${what} occurs twice with different values; which one CloudFront uses is undocumented. Often a host-only cookie and one with Domain, or two Paths: an old login shadows the new one`,
      "clear both: Set-Cookie with the same Domain and Path, Max-Age=0",
      [duplicated.join(", ")],
    ),
  ];
}

function cannedCookies({ explanation }: InspectionInput): Finding[] {
  if (explanation.carrier !== "cookies" || explanation.signed?.kind !== "canned") return [];
  const message =
    "canned cookies allow one exact URL including its query; for more than one, use a custom policy";
  return [causeFinding("canned-cookies", "observed", message)];
}

function wideOpen({ explanation, capture }: InspectionInput): Finding[] {
  const { policy, signed } = explanation;
  if (policy === undefined || signed?.kind !== "custom" || capture.form === "har") return [];
  const { resource } = policy;
  if (resource !== undefined && resource !== "*" && !/^(?:https?|http\*|\*):\/\/\*$/.test(resource))
    return [];
  return [
    causeFinding(
      "opens-everything",
      "observed",
      "the policy covers every file of every distribution that trusts the key, not one host",
    ),
  ];
}

/** Next to another cause, or if the viewer's address is unknown. */
function unreachableRange({ explanation }: InspectionInput): Finding[] {
  const { ipAddress = "" } = explanation.policy ?? {};
  const special = describeSpecialRange(ipAddress);
  return special === undefined || explanation.reason === "ip-mismatch"
    ? []
    : [ipNoViewer(ipAddress, special)];
}

/** Requests of more than 20 KB are not logged, and of more than 32 KB refused (DG:cloudfront-limits). */
const LARGE_HEADER = 20_480;

function large({ capture }: InspectionInput): Finding[] {
  const bytes = capture.cookies.reduce((sum, { name, value }) => sum + name.length + value.length + 3, 0);
  if (bytes <= LARGE_HEADER || capture.cookies.some(({ stored }) => stored !== undefined)) return [];
  return [
    causeFinding(
      "large-cookies",
      "observed",
      `the cookies have ${bytes} bytes; CloudFront refuses requests of 32768 bytes or more, and does not log those of 20480 or more`,
    ),
  ];
}
