/** IPv4 ranges that no viewer on the internet has, according to IANA's special-purpose registry (RFC 6890). */
import { type IpRange, parseIpRange } from "./ip-range.ts";

const SPECIAL: readonly (readonly [range: string, is: string])[] = [
  ["127.0.0.0/8", "a loopback address"],
  ["10.0.0.0/8", "a private address"],
  ["172.16.0.0/12", "a private address"],
  ["192.168.0.0/16", "a private address"],
  ["100.64.0.0/10", "a carrier's shared address"],
  ["169.254.0.0/16", "a link-local address"],
  ["192.0.2.0/24", "an address for documentation"],
  ["198.51.100.0/24", "an address for documentation"],
  ["203.0.113.0/24", "an address for documentation"],
  ["198.18.0.0/15", "an address for benchmarks"],
  ["192.0.0.0/24", "an address for protocols"],
  ["0.0.0.0/8", "this network's address"],
  ["224.0.0.0/4", "a multicast address"],
  ["240.0.0.0/4", "a reserved address"],
];
let ranges: readonly { readonly range: IpRange; readonly is: string }[] | undefined;

/** What the range is for, if no viewer can have an address in it. 0.0.0.0/0 covers everything and is fine. */
function noViewerHas({ network, prefix }: IpRange): string | undefined {
  // Parsed on first use: most commands never ask.
  ranges ??= SPECIAL.map(([text, is]) => ({ range: parseIpRange(text) as IpRange, is }));
  const found = ranges.find(
    ({ range }) =>
      prefix >= range.prefix &&
      Math.floor(network / 2 ** (32 - range.prefix)) === Math.floor(range.network / 2 ** (32 - range.prefix)),
  );
  return found?.is;
}

/** As `noViewerHas`, for text; undefined if it is not a range. */
export function describeSpecialRange(text: string): string | undefined {
  const range = parseIpRange(text);
  return "problem" in range ? undefined : noViewerHas(range);
}
