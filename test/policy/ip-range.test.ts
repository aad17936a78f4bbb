import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { type IpRange, ipRangeHolds, parseIpRange } from "../../src/policy/ip-range.ts";

describe("an address range", () => {
  it.each([
    ["192.0.2.10/32", "192.0.2.9", false],
    ["192.0.2.10/32", "192.0.2.10", true],
    ["192.0.2.10/32", "192.0.2.11", false],
    ["192.0.2.0/24", "192.0.1.255", false],
    ["192.0.2.0/24", "192.0.2.0", true],
    ["192.0.2.0/24", "192.0.2.255", true],
    ["192.0.2.0/24", "192.0.3.0", false],
    // Host bits in the network are ignored, as usual.
    ["192.0.2.77/24", "192.0.2.1", true],
    ["0.0.0.0/0", "255.255.255.255", true],
    ["128.0.0.0/1", "200.1.2.3", true],
    ["128.0.0.0/1", "127.255.255.255", false],
    ["255.255.255.255/32", "255.255.255.255", true],
    ["192.0.2.0/24", "::ffff:192.0.2.9", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["0.0.0.0/0", "nonsense", false],
  ])("%s contains %s: %s", (text, viewer, isInside) => {
    expect(ipRangeHolds(parseIpRange(text) as IpRange, viewer)).toBe(isInside);
  });

  it.each([
    ["192.0.2.7", { text: "192.0.2.7/32", hasMask: false }],
    ["192.0.2.0/24", { text: "192.0.2.0/24", hasMask: true }],
    ["::1", { problem: "ipv6" }],
    ["192.0.2.0/33", { problem: "mask" }],
    ["192.0.2.0/", { problem: "mask" }],
    ["192.0.2.0/024", { problem: "mask" }],
    ["192.0.2.0/-1", { problem: "mask" }],
    ["192.0.2", { problem: "address" }],
    ["192.0.2.1.1", { problem: "address" }],
    ["192.0.2.010", { problem: "address" }],
    ["256.0.2.1", { problem: "address" }],
    ["", { problem: "address" }],
    [" 192.0.2.1", { problem: "address" }],
  ])("reads %s as %j", (text, expected) => {
    expect(parseIpRange(text)).toMatchObject(expected);
  });

  it("agrees with ipaddr.js at the boundaries and everywhere else", () => {
    const bits = fc.oneof(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.constantFrom(0, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1),
    );
    const near = fc.constantFrom(-1, 0, 1);
    const quad = (number: number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
    fc.assert(
      fc.property(
        bits,
        fc.integer({ min: 0, max: 32 }),
        bits,
        near,
        fc.boolean(),
        (network, prefix, other, step, isNear) => {
          const size = 2 ** (32 - prefix);
          const first = Math.floor(network / size) * size;
          const asked = isNear ? first + (step === 1 ? size : step) : other;
          const viewer = quad(Math.min(Math.max(asked, 0), 2 ** 32 - 1));
          const range = `${quad(network)}/${prefix}`;
          expect(ipRangeHolds(parseIpRange(range) as IpRange, viewer)).toBe(
            ipaddr.IPv4.parse(viewer).match(ipaddr.IPv4.parseCIDR(range)),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });
});
