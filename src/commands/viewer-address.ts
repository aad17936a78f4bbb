/** `--ip`: the viewer's address as the edge sees it. */
import { UsageError } from "../errors.ts";
import { parseIpRange } from "../policy/ip-range.ts";

/** Throws ERR_USAGE for anything but an IPv4 or IPv6 address: no policy condition could be checked against it. */
export function parseViewerAddress(given: string): string {
  const isIpv4 = !given.includes("/") && !("problem" in parseIpRange(given));
  if (isIpv4 || (given.includes(":") && URL.canParse(`http://[${given}]/`))) return given;
  throw new UsageError("ERR_USAGE", `--ip takes one IPv4 or IPv6 address, not "${given}"`, [
    "--ip 192.0.2.10",
  ]);
}
