import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "../../src/policy/base64.ts";

describe("CloudFront's base64", () => {
  it.each([
    [[], ""],
    [[0], "AA__"],
    [[0xfb, 0xff], "-~8_"],
    [[0xfb, 0xff, 0xbf], "-~-~"],
  ])("writes %j as %s", (bytes, text) => {
    expect(encodeBase64(Uint8Array.from(bytes))).toBe(text);
    expect([...(decodeBase64(text) as Uint8Array)]).toEqual(bytes);
  });

  it("differs from ordinary base64 in three characters", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const ordinary = Buffer.from(bytes).toString("base64");
        expect(encodeBase64(bytes)).toBe(
          ordinary.replaceAll("+", "-").replaceAll("=", "_").replaceAll("/", "~"),
        );
        expect(decodeBase64(encodeBase64(bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it("encodes a view of a larger buffer, not the buffer", () => {
    expect(encodeBase64(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))).toBe(encodeBase64(Uint8Array.of(2, 3)));
  });

  it.each([
    ["ordinary base64", "-+8="],
    ["base64url without padding", "-_8"],
    ["base64url's own character", "-__8"],
    ["percent-encoding", "-%7E8_"],
    ["padding in the middle", "AA__AAAA"],
    ["a character too few", "-~8"],
    ["only padding", "____"],
    ["a space", "AA A"],
    ["quotes", '"AA"'],
    ["a line break", "AAAA\n"],
    ["bits that no encoder sets", "AB__"],
    ["bits that no encoder sets, one pad", "AAB_"],
  ])("refuses %s", (_, text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });

  it("never decodes an altered text to the same bytes", () => {
    const alphabet = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-~_"];
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 70 }),
        fc.nat(),
        fc.constantFrom(...alphabet),
        (bytes, at, other) => {
          const text = encodeBase64(bytes);
          const index = at % text.length;
          const altered = text.slice(0, index) + other + text.slice(index + 1);
          fc.pre(altered !== text);
          const decoded = decodeBase64(altered);
          expect(decoded === undefined || !Buffer.from(bytes).equals(decoded)).toBe(true);
        },
      ),
    );
  });
});
