/** Another URL in the same request is signed, but this one is not. */
import type { Finding } from "../finding.ts";
import { isSignedUrl } from "../policy/cookie-set.ts";
import { shellWord } from "../text/shell-word.ts";
import { causeFinding, type InspectionInput } from "./inspection-input.ts";

export function signedElsewhere(input: InspectionInput): Finding[] {
  return [...inParameter(input), ...inReferer(input)];
}

/** `/player?src=https%3A%2F%2F...`: the page is requested, and its player requests the signed URL. */
function inParameter({ url = "" }: InspectionInput): Finding[] {
  for (const parameter of url.slice(url.indexOf("?") + 1).split("&")) {
    const [name = "", value = ""] = parameter.split("=", 2);
    if (!/^https?(?::|%3A)/i.test(value) || !isSignedUrl(decoded(value))) continue;
    const inner = decoded(value).split(/[?#]/, 1)[0] as string;
    return [
      causeFinding(
        "signed-url-in-parameter",
        "observed",
        `the signed URL is the value of the parameter ${name}: the URL that was checked is the page's, which is not signed`,
        "decode that parameter, and inspect its URL separately",
        [`signed ${inner}`],
      ),
    ];
  }
  return [];
}

/** Whatever a page or playlist loads is a request of its own. */
function inReferer({ capture, url = "" }: InspectionInput): Finding[] {
  const referer = (capture.headers ?? []).find(([name]) => name.toLowerCase() === "referer")?.[1] ?? "";
  if (!isSignedUrl(referer) || isSignedUrl(url)) return [];
  const folder = /^https?:\/\/[^/?#]*[^?#]*\//i.exec(url)?.[0];
  return [
    causeFinding(
      "signed-url-not-inherited",
      "observed",
      "the page or playlist was requested with a signed URL, but what it loads does not inherit the signature",
      folder === undefined ? undefined : `keyturn mint --resource ${shellWord(`${folder}*`)}`,
      [`Referer ${referer.split(/[?#]/, 1)[0]}`],
    ),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
