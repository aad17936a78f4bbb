/** Hosts that did not answer: one finding each, with what the system said and what to check. */
import type { Finding } from "../finding.ts";
import { shellWord } from "../text/shell-word.ts";
import { CHECK_THE_WAY } from "./faults.ts";
import type { JudgedOutcome } from "./judge.ts";
import { urlParts } from "./target.ts";

export function unreachableFindings(run: readonly JudgedOutcome[]): Finding[] {
  const hosts = new Map<string, JudgedOutcome[]>();
  for (const each of run) {
    const host = hostOf(each);
    hosts.set(host, [...(hosts.get(host) ?? []), each]);
  }
  return [...hosts].flatMap(([host, requests]) => {
    const silent = requests.filter(({ judgement }) => judgement.verdict === "not-asked");
    const [first] = silent;
    if (first === undefined) return [];
    const isDead = silent.length === requests.length;
    return [
      {
        id: "unreachable",
        severity: "error",
        basis: "observed",
        message: isDead
          ? `${host} does not answer, so nothing about it is proven`
          : `${host} did not answer ${silent.length} of ${requests.length} requests`,
        evidence: [
          (first.unreachable ?? "no answer").replace(/^not sent: /, ""),
          ...(isDead
            ? [`after the first failures, the rest of the ${requests.length} requests were not sent`]
            : []),
        ],
        remedy: remedyFor(first),
        where: labelsOf(silent),
      },
    ];
  });
}

const NO_NAME = /^(?:ENOTFOUND|EAI_AGAIN)$/;

/**
 * Each of several addresses counts as a separate host; a name that does not resolve counts once for http and https.
 */
function hostOf({ request: { url, target }, failure = "" }: JudgedOutcome): string {
  const { base } = urlParts(url);
  if (NO_NAME.test(failure)) return new URL(base).hostname;
  return target.address === undefined ? base : `${base} at ${target.address}`;
}

function remedyFor({ failure = "", request }: JudgedOutcome): string {
  const { base } = urlParts(request.url);
  if (failure === "ECONNREFUSED")
    return `nothing listens on that port: check it, then \`curl -v ${shellWord(base)}/\``;
  if (NO_NAME.test(failure))
    return `check the name, and its DNS record: \`dig +short ${shellWord(new URL(base).hostname)}\``;
  if (/CERT|UNABLE_TO|ALTNAME|SSL|TLS|EPROTO/.test(failure))
    return `check its certificate (\`curl -v ${shellWord(base)}/\`), or trust its CA with --ca`;
  return `${CHECK_THE_WAY}; then \`curl -v ${shellWord(base)}/\``;
}

function labelsOf(requests: readonly JudgedOutcome[]): string {
  const labels = [...new Set(requests.map(({ request }) => request.target.label))];
  return labels.length > 3 ? `${labels.length} routes` : labels.join(", ");
}
