import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../src/policy/json.ts";
import { parsePolicy } from "../../src/policy/parse.ts";

const parse = (text: string) => parsePolicy(Buffer.from(text));
const END = '"DateLessThan":{"AWS:EpochTime":1767290400}';
const withCondition = (condition: string) =>
  `{"Statement":[{"Resource":"https://h/*","Condition":{${condition}}}]}`;
const withEpoch = (epoch: string) => withCondition(`"DateLessThan":{"AWS:EpochTime":${epoch}}`);

describe("reading a policy", () => {
  it("returns its content", () => {
    expect(
      parse(
        withCondition(
          `"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"},"DateGreaterThan":{"AWS:EpochTime":1767200000},${END}`,
        ),
      ),
    ).toEqual({
      ok: true,
      policy: {
        resource: "https://h/*",
        dateLessThan: 1767290400,
        dateGreaterThan: 1767200000,
        ipAddress: "192.0.2.0/24",
      },
      oddities: [],
    });
  });

  it("accepts white space between tokens, and escapes in strings", () => {
    const pretty = JSON.stringify(JSON.parse(withEpoch("1767290400")), null, 4).replace("h/*", "h/\\u002a");
    expect(parse(`\r\n${pretty}\t`)).toMatchObject({ ok: true, policy: { resource: "https://h/*" } });
  });

  it("reads the Developer Guide's sample, which has CRLF line endings", () => {
    const sample =
      "eyAKICAgIlN0YXRlbWVudCI6IFt7IAogICAgICAiUmVzb3VyY2UiOiJodHRwOi8vZDExMTExMWFiY2RlZjguY2xvdWRmcm9udC5uZXQvZ2FtZV9kb3dubG9hZC56aXAiLCAKICAgICAgIkNvbmRpdGlvbiI6eyAKICAgICAgICAgIklwQWRkcmVzcyI6eyJBV1M6U291cmNlSXAiOiIxOTIuMC4yLjAvMjQifSwgCiAgICAgICAgICJEYXRlTGVzc1RoYW4iOnsiQVdTOkVwb2NoVGltZSI6MTQyNjUwMDAwMH0gICAgICAKICAgICAgfSAKICAgfV0gCn0K";
    expect(parsePolicy(Buffer.from(sample, "base64"))).toMatchObject({
      ok: true,
      policy: {
        resource: "http://d111111abcdef8.cloudfront.net/game_download.zip",
        ipAddress: "192.0.2.0/24",
        dateLessThan: 1426500000,
      },
    });
  });

  it.each([
    ["no JSON", "not-json", "<?xml?>"],
    ["nothing", "not-json", ""],
    ["a trailing comma", "not-json", withEpoch("1767290400").replace("]}", ",]}")],
    ["something after the end", "not-json", `${withEpoch("1767290400")}x`],
    ["a byte order mark", "not-json", `\ufeff${withEpoch("1767290400")}`],
    ["an array", "not-an-object", "[]"],
    ["no Statement", "statement-missing", "{}"],
    [
      "statement in lower case",
      "statement-missing",
      withEpoch("1767290400").replace("Statement", "statement"),
    ],
    ["a Statement that is an object", "statement-not-array", `{"Statement":{"Condition":{${END}}}}`],
    ["no statement in the array", "statement-count", '{"Statement":[]}'],
    ["two statements", "statement-count", `{"Statement":[{"Condition":{${END}}},{"Condition":{${END}}}]}`],
    ["a statement that is not an object", "statement-not-object", '{"Statement":["x"]}'],
    [
      "a Resource that is a list",
      "resource-not-string",
      `{"Statement":[{"Resource":["a"],"Condition":{${END}}}]}`,
    ],
    ["no Condition", "condition-missing", '{"Statement":[{"Resource":"a"}]}'],
    ["no DateLessThan", "date-less-than-missing", withCondition('"IpAddress":{"AWS:SourceIp":"1.2.3.4/32"}')],
    ["an empty DateLessThan", "condition-malformed", withCondition('"DateLessThan":{}')],
    [
      "a second key beside the time",
      "condition-malformed",
      withCondition('"DateLessThan":{"AWS:EpochTime":1,"x":1}'),
    ],
    ["a Condition that is a string", "condition-malformed", '{"Statement":[{"Condition":"x"}]}'],
    ["a quoted time", "epoch-not-integer", withEpoch('"1767290400"')],
    ["a fraction", "epoch-not-integer", withEpoch("1767290400.5")],
    ["a whole fraction", "epoch-not-integer", withEpoch("1767290400.0")],
    ["an exponent", "epoch-not-integer", withEpoch("1e9")],
    ["null as time", "epoch-not-integer", withEpoch("null")],
    ["milliseconds", "epoch-milliseconds", withEpoch("1767290400000")],
    ["the time zero", "epoch-out-of-range", withEpoch("0")],
    ["a negative time", "epoch-out-of-range", withEpoch("-1")],
    ["more than 64 bits", "epoch-out-of-range", withEpoch("9223372036854775808")],
    ["very many digits", "epoch-out-of-range", withEpoch("9".repeat(10_000))],
    [
      "an address that is none",
      "source-ip-malformed",
      withCondition(`${END},"IpAddress":{"AWS:SourceIp":"x"}`),
    ],
    [
      "an IPv6 address",
      "source-ip-malformed",
      withCondition(`${END},"IpAddress":{"AWS:SourceIp":"::1/128"}`),
    ],
    [
      "an operator CloudFront does not know",
      "condition-unknown",
      withCondition(`${END},"StringLike":{"a":"b"}`),
    ],
    ["a date repeated", "member-repeated", withCondition(`${END},${END}`)],
    [
      "a Resource repeated",
      "member-repeated",
      `{"Statement":[{"Resource":"a","Resource":"b","Condition":{${END}}}]}`,
    ],
    ["more than a request can hold", "too-large", withEpoch("1767290400").padEnd(32_769)],
    ["very deep nesting", "not-json", `${'{"a":['.repeat(3000)}${"]}".repeat(3000)}`],
  ])("refuses %s as %s", (_, problem, text) => {
    expect(parse(text)).toMatchObject({ ok: false, problem });
  });

  it.each([
    ["quotes", `'${withEpoch("1767290400")}'`, /in quotes/],
    ["a JSON string", JSON.stringify(withEpoch("1767290400")), /serialized twice/],
    ["Python's repr", withEpoch("1767290400").replaceAll('"', "'"), /single quotes/],
    ["escaped quotes", withEpoch("1767290400").replaceAll('"', '\\"'), /escaped/],
    ["a comma too many", withEpoch("1767290400").replace("]}", "],}"), /comma/],
    ["percent-encoding", encodeURIComponent(withEpoch("1767290400")), /percent-encoded/],
    ["base64 of itself", Buffer.from(withEpoch("1767290400")).toString("base64"), /encoded twice/],
    ["statement", withEpoch("1767290400").replace("Statement", "statement"), /differs in case/],
    ["condition", withEpoch("1767290400").replace("Condition", "condition"), /differs in case/],
    ["dateLessThan", withEpoch("1767290400").replace("DateLessThan", "dateLessThan"), /must be DateLessThan/],
    ["Aws:epochTime", withEpoch("1767290400").replace("AWS:EpochTime", "Aws:epochTime"), /differs in case/],
    ["IPv6", withCondition(`${END},"IpAddress":{"AWS:SourceIp":"2001:db8::/32"}`), /IPv6/],
    ["two addresses", withCondition(`${END},"IpAddress":{"AWS:SourceIp":"1.2.3.4, 5.6.7.8"}`), /a list/],
  ])("explains what is wrong with a policy in %s", (_, text, says) => {
    const parsed = parse(text);
    expect(parsed.ok ? "" : parsed.sentence).toMatch(says);
  });

  it("accepts the largest documented time, and the last value below milliseconds", () => {
    expect(parse(withEpoch("9223372036854775807"))).toMatchObject({ ok: true });
    expect(parse(withEpoch("999999999999"))).toMatchObject({
      ok: true,
      policy: { dateLessThan: 999_999_999_999 },
    });
    expect(parse(withEpoch("100000000000000"))).toMatchObject({ ok: true });
  });

  it("reports bytes that are not UTF-8", () => {
    expect(parsePolicy(Uint8Array.of(0x7b, 0xff))).toMatchObject({ ok: false, problem: "not-utf8" });
  });

  it("accepts what is merely unusual, and lists it", () => {
    expect(parse(`{"Version":"1","Statement":[{"Condition":{${END}}}]}`)).toMatchObject({
      ok: true,
      oddities: ["member-unknown"],
    });
    expect(parse(withCondition(`${END},"IpAddress":{"AWS:SourceIp":"192.0.2.7"}`))).toMatchObject({
      ok: true,
      policy: { ipAddress: "192.0.2.7/32" },
      oddities: ["ip-without-mask"],
    });
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parsePolicy(bytes)));
    fc.assert(fc.property(fc.json(), (text) => void parse(`{"Statement":[${text}]}`)));
    fc.assert(fc.property(fc.json(), (text) => void parse(withEpoch(text))));
  });
});

describe("the JSON reader", () => {
  it("accepts and refuses the same texts as JSON.parse", () => {
    const mutilated = fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2 })).map(([text, at, other]) => {
      const index = at % (text.length + 1);
      return text.slice(0, index) + other + text.slice(index + 1);
    });
    fc.assert(
      fc.property(fc.oneof(fc.json(), mutilated, fc.string()), (text) => {
        expect(parseJson(text) !== undefined).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps repeated members, and numbers as written", () => {
    expect(parseJson('{"a":1,"a":1.0}')).toEqual({
      kind: "object",
      members: [
        ["a", { kind: "number", text: "1" }],
        ["a", { kind: "number", text: "1.0" }],
      ],
    });
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
