/** Netscape cookie files, as curl, wget and browser extensions write them: seven fields per line. */
import type { CapturedCookie, CapturedRequest } from "./capture.ts";

const HTTP_ONLY = "#HttpOnly_";
const FIELDS = 7;

export function looksLikeJar(text: string): boolean {
  if (/^# (?:Netscape )?HTTP Cookie File/i.test(text)) return true;
  return text.split("\n", 50).some((line) => fieldsOf(line) !== undefined);
}

/** Undefined if no line has the seven fields. */
export function readJar(text: string): CapturedRequest | undefined {
  const cookies: CapturedCookie[] = [];
  const odd: number[] = [];
  text.split("\n").forEach((line, index) => {
    const fields = fieldsOf(line);
    if (fields !== undefined) cookies.push(cookieOf(fields));
    else if (line.trim() !== "" && !line.startsWith("#")) odd.push(index + 1);
  });
  if (cookies.length === 0) return undefined;
  const remarks =
    odd.length === 0
      ? []
      : [`line ${odd[0]} of the jar does not have seven fields and was skipped (${odd.length} such lines)`];
  return { form: "cookie-jar", source: `cookie jar, ${cookies.length} cookies`, cookies, remarks };
}

/** Separated by tabs, which terminals and chats turn into spaces. */
function fieldsOf(line: string): string[] | undefined {
  const text = line.replace(/\r$/, "");
  if (text.startsWith("#") && !text.startsWith(HTTP_ONLY)) return undefined;
  const byTab = text.split("\t");
  const fields = byTab.length === FIELDS ? byTab : text.trim().split(/ +/);
  const [, subdomains = "", path = "", secure = "", expires = ""] = fields;
  const isJarLine =
    fields.length === FIELDS &&
    /^(?:TRUE|FALSE)$/i.test(subdomains) &&
    path.startsWith("/") &&
    /^(?:TRUE|FALSE)$/i.test(secure) &&
    /^-?\d+(?:\.\d+)?$/.test(expires);
  return isJarLine ? fields : undefined;
}

function cookieOf([
  domain = "",
  subdomains,
  path = "/",
  secure,
  expires,
  name = "",
  value = "",
]: string[]): CapturedCookie {
  const isTrue = (field: string | undefined) => field?.toUpperCase() === "TRUE";
  return {
    name,
    value,
    stored: {
      domain: domain.replace(HTTP_ONLY, "").replace(/^\./, "").toLowerCase(),
      hostOnly: !isTrue(subdomains),
      path,
      secure: isTrue(secure),
      // 0: until the browser closes.
      expires: Number(expires) > 0 ? Number(expires) : undefined,
    },
  };
}
