/** Flags that describe a request. With a mistake in them, keyturn would check a request that nobody sent. */
import { UsageError } from "../errors.ts";
import { parseIpRange } from "../policy/ip-range.ts";
import { shellWord } from "../text/shell-word.ts";
import { redactCredentials } from "./redact-url.ts";

/** `flag` includes its dashes. Throws ERR_USAGE unless the value is an http or https URL with a host. */
export function requireWebUrl(flag: string, text: string): string {
  if (/^https?:\/\/[^/?#\s]/i.test(text) && URL.canParse(text)) return text;
  const isBare = /^[\w.-]+\.[\w-]+(?::\d+)?(?:[/?#]|$)/.test(text);
  throw new UsageError("ERR_USAGE", `${flag} is not a URL that begins with http:// or https://`, [
    isBare ? `${flag} ${shellWord(redactCredentials(`https://${text}`))}` : `${flag} https://HOST/PATH`,
  ]);
}

/** Throws ERR_USAGE unless the value is an IPv4 or IPv6 address. */
export function requireAddress(text: string): string {
  const isIpv4 = !text.includes("/") && !("problem" in parseIpRange(text));
  const isIpv6 = /^[\da-f:.]*:[\da-f:.]*$/i.test(text) && URL.canParse(`http://[${text}]/`);
  if (isIpv4 || isIpv6) return text;
  throw new UsageError("ERR_USAGE", "--ip takes one viewer address, IPv4 or IPv6", ["--ip 192.0.2.10"]);
}
