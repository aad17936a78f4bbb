import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cannedPolicy, customPolicy } from "../../src/policy/build.ts";
import { parsePolicy } from "../../src/policy/parse.ts";

const code = (expected: string) => expect.objectContaining({ code: expected });

describe("a canned policy", () => {
  it("has the documented bytes", () => {
    expect(cannedPolicy("https://d111111abcdef8.cloudfront.net/a?b=c", 1767290400)).toBe(
      '{"Statement":[{"Resource":"https://d111111abcdef8.cloudfront.net/a?b=c","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}}]}',
    );
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuses to end at %s", (end) => {
    expect(() => cannedPolicy("https://h/", end)).toThrow(code("ERR_POLICY_INVALID"));
  });
  it("refuses times in milliseconds, starting at the smallest possible one", () => {
    expect(cannedPolicy("https://h/", 999_999_999_999)).toContain(":999999999999}");
    expect(() => cannedPolicy("https://h/", 1_000_000_000_000)).toThrow(code("ERR_EPOCH_MILLISECONDS"));
    expect(() => cannedPolicy("https://h/", 1_767_290_400_000)).toThrow(code("ERR_EPOCH_MILLISECONDS"));
  });
});

describe("a custom policy", () => {
  const end = 1767290400;

  it.each([
    [
      { resource: "https://h/*" },
      '"Resource":"https://h/*","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}',
    ],
    [{}, '"Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}'],
    [
      { resource: "https://h/*", dateGreaterThan: 1767200000, ipAddress: "192.0.2.0/24" },
      '"Resource":"https://h/*","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400},"DateGreaterThan":{"AWS:EpochTime":1767200000},"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"}}',
    ],
    [
      { ipAddress: "192.0.2.7" },
      '"Condition":{"DateLessThan":{"AWS:EpochTime":1767290400},"IpAddress":{"AWS:SourceIp":"192.0.2.7/32"}}',
    ],
  ])("with %j has exactly these bytes", (conditions, inside) => {
    expect(customPolicy({ ...conditions, dateLessThan: end })).toBe(`{"Statement":[{${inside}}]}`);
  });

  it.each([
    [end - 1, true],
    [end, false],
    [end + 1, false],
  ])("that ends at 1767290400 and starts at %s is accepted: %s", (start, isSigned) => {
    const build = () => customPolicy({ resource: "https://h/*", dateLessThan: end, dateGreaterThan: start });
    if (isSigned) expect(build()).toContain(`${start}`);
    else expect(build).toThrow(code("ERR_POLICY_INVALID"));
  });

  it.each(["::1", "2001:db8::/32", "10.0.0.0/33", "10.0.0.256", "10.0.0", "10.0.0.1/", "01.2.3.4", "x"])(
    "refuses the address %s",
    (ipAddress) => {
      expect(() => customPolicy({ dateLessThan: end, ipAddress })).toThrow(code("ERR_POLICY_INVALID"));
    },
  );

  it("refuses every character that could change what is signed, and names it", () => {
    const unsafe = ['"', "\\", "\u0000", "\n", "\u001f", "\u007f", "\u0085", "\ud800"];
    for (const character of unsafe) {
      expect(() => customPolicy({ resource: `https://h/a${character}b`, dateLessThan: end })).toThrow(
        code("ERR_POLICY_UNSAFE"),
      );
    }
    expect(() => cannedPolicy('https://h/"', end)).toThrow(/U\+0022/);
  });

  it("is JSON with the requested values, whatever the Resource", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.integer({ min: 1, max: 999_999_999_999 }),
        (resource, dateLessThan) => {
          let text: string;
          try {
            text = customPolicy({ resource, dateLessThan });
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: "ERR_POLICY_UNSAFE" });
            return;
          }
          expect(JSON.parse(text).Statement[0].Resource).toBe(resource);
          expect(parsePolicy(Buffer.from(text))).toEqual({
            ok: true,
            policy: { resource, dateLessThan },
            oddities: [],
          });
        },
      ),
    );
  });
});
