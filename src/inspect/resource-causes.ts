/** Why a policy's Resource does not cover a URL: the first component in which they differ. */
import { originAt } from "../cloudfront/origin-hosts.ts";
import type { Finding } from "../finding.ts";
import { globMatches } from "../policy/glob.ts";
import { shellWord } from "../text/shell-word.ts";
import { causeFinding, type InspectionInput, mintFor } from "./inspection-input.ts";

interface Sections {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

export function resourceCauses(input: InspectionInput): Finding[] {
  const { explanation, gate } = input;
  const { url } = explanation.credential;
  const resource = explanation.policy?.resource ?? "";
  const note: Note = (id, message, remedy) =>
    causeFinding(id, "observed", message, remedy, [`Resource ${resource}`, `URL ${url}`]);
  const mint = mintFor(gate === undefined ? shellWord(url) : "", input);
  const wanted = sectionsOf(resource);
  const requested = sectionsOf(url);
  if (
    wanted === undefined ||
    requested === undefined ||
    !/^(?:https?|[*?hHtTpPsS]*[*?][*?hHtTpPsS]*)$/i.test(wanted.scheme)
  ) {
    return [note("resource-is-no-url", noUrlMessage(resource), mint)];
  }
  if (!globMatches(wanted.scheme, requested.scheme)) {
    return [
      note(
        "other-scheme",
        `Resource is for ${wanted.scheme}, but the request came over ${requested.scheme}`,
        mint,
      ),
    ];
  }
  if (!globMatches(wanted.host.toLowerCase(), requested.host.toLowerCase()))
    return [otherHost(wanted, requested, note, mint)];
  if (!globMatches(wanted.path, requested.path)) {
    return [
      globMatches(wanted.path.toLowerCase(), requested.path.toLowerCase())
        ? note(
            "path-case",
            "the paths differ only in upper and lower case; CloudFront compares exactly",
            mint,
          )
        : note("other-path", pathMessage(wanted, requested), mint),
    ];
  }
  if (isReordered(wanted.query, requested.query)) {
    return [
      note(
        "query-order",
        "the query has the Resource's parameters in a different order, and CloudFront compares the exact text",
        mint,
      ),
    ];
  }
  return [
    note(
      "other-query",
      `the path matches but the query does not: without a trailing *, a Resource covers only its own query`,
      mint,
    ),
  ];
}

function noUrlMessage(resource: string): string {
  const must = "Resource must begin with http:// or https:// and name the host that the viewer requests";
  if (/^arn:/.test(resource)) return `Resource is an ARN, as in a bucket or IAM policy; CloudFront's ${must}`;
  if (/^s3:\/\//i.test(resource)) return `Resource is the bucket's s3:// address; ${must}`;
  if (resource.startsWith("/")) return `Resource is only a path; ${must}`;
  return must;
}

/** The same parameters in a different order. */
function isReordered(query: string, other: string): boolean {
  return query !== other && inOrder(query) === inOrder(other);
}

const inOrder = (query: string): string => query.split("&").toSorted().join("&");

type Note = (id: string, message: string, remedy?: string) => Finding;

function otherHost(wanted: Sections, requested: Sections, note: Note, mint: string): Finding {
  const origin = originAt(`https://${wanted.host}/`);
  if (origin !== undefined && originAt(`https://${requested.host}/`) === undefined) {
    return note(
      "resource-names-origin",
      `Resource is for ${wanted.host}, which belongs to ${origin}: it must name the host that the viewer requests, ${requested.host}, not the origin`,
      mint,
    );
  }
  const isOwnName = (host: string) => host.toLowerCase().endsWith(".cloudfront.net");
  if (isOwnName(wanted.host) !== isOwnName(requested.host)) {
    return note(
      "alternate-domain-name",
      "one is the distribution's own name, the other an alternate domain name; Resource must name the host that the viewer requests",
      mint,
    );
  }
  const isPort = wanted.host.replace(/:\d+$/, "") === requested.host.replace(/:\d+$/, "");
  return isPort
    ? note("port", "the hosts differ only in the port; leave ports out of Resource", mint)
    : note("other-host", `Resource is for ${wanted.host}, but the viewer requests ${requested.host}`, mint);
}

function pathMessage(wanted: Sections, requested: Sections): string {
  if (wanted.path === "" || wanted.path === "/")
    return "Resource covers only the root: it lacks a trailing *";
  if (requested.path.includes("%") || wanted.path.includes("%") || /[^!-~]/.test(wanted.path)) {
    return "the paths differ, perhaps in percent-encoding: CloudFront compares raw bytes without decoding";
  }
  if (requested.path.includes("//") || requested.path.includes("/.")) {
    return "the path contains // or dot segments, which CloudFront does not remove before comparing";
  }
  return `Resource covers ${wanted.path}, but the viewer requests ${requested.path}`;
}

function sectionsOf(text: string): Sections | undefined {
  const spelled = text.startsWith("*") && !text.includes("://") ? `*://${text}` : text;
  const colon = spelled.indexOf("://");
  if (colon < 0) return undefined;
  const slash = spelled.indexOf("/", colon + 3);
  const end = slash < 0 ? spelled.length : slash;
  const rest = spelled.slice(end);
  const mark = rest.indexOf("?");
  return {
    scheme: spelled.slice(0, colon),
    host: spelled.slice(colon + 3, end),
    path: mark < 0 ? rest : rest.slice(0, mark),
    query: mark < 0 ? "" : rest.slice(mark + 1),
  };
}
