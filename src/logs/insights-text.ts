/**
 * The questions as CloudWatch Logs Insights queries, for v2 logs delivered to CloudWatch Logs. Its language has no
 * views or joins, so questions that need a join are refused.
 */
import { denialOf, WIRE_CODES } from "../edge/denial.ts";
import type { QuestionName, QuestionOptions } from "./question.ts";
import { patternExpression } from "./sql-text.ts";
import type { LogRoute, ViewSettings } from "./view.ts";

const CODE = WIRE_CODES.map((code) => [code, String(denialOf(code).body.length)] as const);
const BIN: Readonly<Record<QuestionOptions["bucket"], string>> = { minute: "1m", hour: "1h", day: "1d" };
const KEY = "/(?:^|[;&] ?|%20)(?:CloudFront-)?Key-Pair-Id=(?<key_pair_id>[A-Za-z0-9_-]+)/";

/** Undefined: Insights cannot answer it. */
export function insightsText(
  question: QuestionName,
  { bucket, requestId = "" }: QuestionOptions,
  { routes, mint }: Pick<ViewSettings, "routes" | "mint">,
): string | undefined {
  const isDenied = 'filter `sc-status` in ["401", "403"]';
  const ofPaths = [
    protectedPaths(routes) ?? [],
    mint === undefined ? [] : `\`cs-uri-stem\` != ${JSON.stringify(mint.path)}`,
  ].flat();
  switch (question) {
    case "denials":
      return `fields @timestamp
| ${isDenied}
| fields ${CODE.map(([code, bytes]) => `(\`sc-content-type\` like /^text\\/xml/ and \`sc-content-len\` = "${bytes}") as is_${code}`).join(", ")}
| stats count(*) as requests, ${CODE.map(([code]) => `sum(is_${code}) as ${code}`).join(", ")} by bin(${BIN[bucket]}) as bucket
| sort bucket asc`;
    case "old-key":
      return `fields @timestamp, \`sc-status\`, \`cs(Cookie)\` as cookie, \`cs-uri-query\` as query
| fields concat(query, "; ", cookie) as credential
| parse credential ${KEY}
| filter ispresent(key_pair_id)
| stats sum(\`sc-status\` != "403") as accepted, sum(\`sc-status\` = "403") as denied, min(@timestamp) as first_seen, max(@timestamp) as last_seen by key_pair_id`;
    case "ungated":
      return `fields @timestamp
${ofPaths.length === 0 ? "" : `| filter ${ofPaths.join(" and ")}\n`}| filter \`sc-status\` like /^[23]/ and \`x-edge-result-type\` not in ["Error", "Redirect"]
| filter \`cs-uri-query\` not like /(^|&)(Key-Pair-Id|Signature|Policy|Expires)=/ and \`cs(Cookie)\` not like /CloudFront-(Key-Pair-Id|Signature|Policy|Expires)=/
| stats count(*) as requests, min(@timestamp) as first_seen, max(@timestamp) as last_seen by \`x-host-header\`, \`cs-uri-stem\`
| sort requests desc`;
    case "who":
      return `fields @timestamp
| ${isDenied}
| stats count(*) as requests by \`x-host-header\`, \`x-edge-location\`, \`cs-method\`
| sort requests desc`;
    case "request":
      return `fields @timestamp, \`x-edge-location\`, \`cs-method\`, \`x-host-header\`, \`cs-uri-stem\`, \`sc-status\`, \`x-edge-result-type\`, \`x-edge-detailed-result-type\`, \`sc-content-type\`, \`sc-content-len\`
| filter \`x-edge-request-id\` = ${JSON.stringify(requestId)}`;
    default:
      return undefined;
  }
}

/** The first route that matches counts. Undefined: none is protected, so every path is of interest. */
function protectedPaths(routes: readonly LogRoute[]): string | undefined {
  return routes.reduceRight<string | undefined>((later, { pattern, isProtected }) => {
    const expression = `/${patternExpression(pattern).replaceAll("/", "\\/")}/`;
    if (!isProtected)
      return later === undefined ? undefined : `(\`cs-uri-stem\` not like ${expression} and ${later})`;
    const here = `\`cs-uri-stem\` like ${expression}`;
    return later === undefined ? here : `(${here} or ${later})`;
  }, undefined);
}
