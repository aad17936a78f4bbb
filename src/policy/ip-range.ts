/** The one IPv4 address or CIDR that IpAddress may name. IPv6 is not supported there (DG:private-content-setting-signed-cookie-custom-policy). */

export interface IpRange {
  /** Canonical: `192.0.2.0/24` as written, a bare address as `/32`. */
  readonly text: string;
  readonly network: number;
  /** 0 to 32. */
  readonly prefix: number;
  /** CloudFront's examples always include it; bare addresses are undocumented. */
  readonly hasMask: boolean;
}

export type IpRangeProblem = "ipv6" | "address" | "mask";

const OCTET = /^(?:0|[1-9]\d{0,2})$/;

/** The 32 bits of a dotted quad, or undefined. Leading zeros are refused: some readers take them as octal. */
function parseIpv4(text: string): number | undefined {
  const octets = text.split(".", 5);
  if (octets.length !== 4) return undefined;
  let bits = 0;
  for (const octet of octets) {
    const value = OCTET.test(octet) ? Number(octet) : 256;
    if (value > 255) return undefined;
    bits = bits * 256 + value;
  }
  return bits;
}

export function parseIpRange(text: string): IpRange | { readonly problem: IpRangeProblem } {
  const slash = text.indexOf("/");
  const address = slash === -1 ? text : text.slice(0, slash);
  const mask = slash === -1 ? undefined : text.slice(slash + 1);
  const bits = parseIpv4(address);
  if (bits === undefined) return { problem: address.includes(":") ? "ipv6" : "address" };
  if (mask !== undefined && !(OCTET.test(mask) && Number(mask) <= 32)) return { problem: "mask" };
  const prefix = mask === undefined ? 32 : Number(mask);
  return { text: `${address}/${prefix}`, network: masked(bits, prefix), prefix, hasMask: mask !== undefined };
}

/** Whether the viewer is inside. An IPv6 viewer never is; an IPv4-mapped IPv6 address counts as IPv4. */
export function ipRangeHolds(range: IpRange, viewer: string): boolean {
  const bits = parseIpv4(/^::ffff:/i.test(viewer) ? viewer.slice(7) : viewer);
  return bits !== undefined && masked(bits, range.prefix) === range.network;
}

/** Arithmetic, not shifts: JavaScript's are signed and take their count modulo 32. */
function masked(bits: number, prefix: number): number {
  const size = 2 ** (32 - prefix);
  return Math.floor(bits / size) * size;
}
