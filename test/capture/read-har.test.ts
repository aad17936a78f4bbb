/** A HAR is read as a stream, with any chunks and any bodies, and never held in memory as a whole. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CapturedRequest } from "../../src/capture/capture.ts";
import { HarScanner, looksLikeHar } from "../../src/capture/har-scanner.ts";
import { readHar } from "../../src/capture/read-har.ts";
import { isError } from "../../src/errors.ts";

interface Wish {
  readonly url: string;
  readonly cookie?: string;
  readonly body?: string;
  readonly status?: number;
}
const entry = ({ url, cookie, body = "", status = 200 }: Wish) => ({
  startedDateTime: "2027-01-15T08:00:00.500Z",
  request: {
    method: "GET",
    url,
    headers: [
      { name: "Accept", value: '"{[}]\\' },
      ...(cookie === undefined ? [] : [{ name: "Cookie", value: cookie }]),
    ],
    cookies: [{ name: "listed", value: "1" }],
  },
  response: { status, headers: [{ name: "Server", value: "CloudFront" }], content: { text: body } },
});
const har = (wishes: readonly Wish[], indent?: number) =>
  JSON.stringify(
    {
      log: {
        version: "1.2",
        creator: { entries: ["{"], name: 'a "log"' },
        entries: wishes.map(entry),
        pages: [{}],
      },
    },
    null,
    indent,
  );

async function* chunked(text: string | Buffer, sizes: readonly number[]): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    // Reuses the buffer, as streams may.
    const lent = Buffer.from(bytes.subarray(at, at + size));
    yield lent;
    lent.fill(0);
    at += size;
  }
}
async function read(text: string | Buffer, sizes: readonly number[] = [65_536]): Promise<CapturedRequest[]> {
  const requests: CapturedRequest[] = [];
  for await (const request of readHar(chunked(text, sizes))) requests.push(request);
  return requests;
}

const WISHES: Wish[] = [
  { url: "https://app.example.com/", body: '<html>é🍪\\"{[' },
  { url: "https://cdn.example.com/a#top", cookie: "a=b; c=d", status: 403, body: "<Error/>" },
];

it("readHar returns method, URL, cookies, time and response", async () => {
  expect(await read(har(WISHES))).toEqual([
    {
      form: "har",
      source: "HAR entry 1",
      method: "GET",
      url: "https://app.example.com/",
      cookies: [{ name: "listed", value: "1" }],
      headers: [["accept", '"{[}]\\']],
      sentAt: 1_800_000_000.5,
      response: { status: 200, headers: [["server", "CloudFront"]], body: '<html>é🍪\\"{[' },
      remarks: [],
    },
    {
      form: "har",
      source: "HAR entry 2",
      method: "GET",
      url: "https://cdn.example.com/a",
      cookies: [
        { name: "a", value: "b" },
        { name: "c", value: "d" },
      ],
      headers: [["accept", '"{[}]\\']],
      sentAt: 1_800_000_000.5,
      response: { status: 403, headers: [["server", "CloudFront"]], body: "<Error/>" },
      remarks: [],
    },
  ]);
});

it("readHar reads the same from any chunks", async () => {
  const expected = await read(har(WISHES));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 9 }),
      fc.boolean(),
      async (sizes, isPretty) => {
        expect(await read(har(WISHES, isPretty ? 2 : undefined), sizes)).toEqual(expected);
      },
    ),
    { numRuns: 100 },
  );
});

it("readHar reads bodies of any text, and drops only long ones", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.string({ unit: "binary" }), fc.constantFrom(1, 1, 1, 30_000)), { maxLength: 5 }),
      fc.integer({ min: 1, max: 70_000 }),
      async (bodies, size) => {
        const texts = bodies.map(([text, times]) => text.repeat(times));
        const requests = await read(har(texts.map((body) => ({ url: "https://h/", body }))), [size]);
        expect(requests).toHaveLength(texts.length);
        requests.forEach(({ response }, index) => {
          const text = Buffer.from(texts[index] as string).toString("utf8");
          // The limit is on bytes in the file.
          const written = Buffer.byteLength(JSON.stringify(texts[index]));
          if (written < 60_000) expect(response?.body).toBe(text);
          else expect([text, ""]).toContain(response?.body);
        });
      },
    ),
    { numRuns: 30 },
  );
});

it("readHar decodes a body that DevTools stored as base64", async () => {
  const text = har([{ url: "https://h/", body: Buffer.from("<Error/>").toString("base64") }]).replace(
    '"content":{',
    '"content":{"encoding":"base64",',
  );
  expect((await read(text))[0]?.response?.body).toBe("<Error/>");
});

describe("an incomplete HAR", () => {
  it.each([
    ["cut off in the second entry", har(WISHES).slice(0, -120), /cut off after 1 complete/],
    ["without entries", '{"log":{"version":"1.2"}}', /no log.entries/],
    ["with entries only elsewhere", '{"log":{"creator":{"entries":[{}]}}}', /no log.entries/],
    ["with a broken entry", '{"log":{"entries":[{nonsense}]}}', /entry 1 .* not JSON/],
  ])("is reported if it is %s", async (_, text, reason) => {
    const thrown = await read(text).catch((error: unknown) => error);
    expect(isError(thrown, "ERR_CAPTURE_UNREADABLE") && thrown.message).toMatch(reason);
  });
  it("is read without the entries that have no request", async () => {
    expect(await read('{"log":{"entries":[{},1,"{",[{}],{"request":{}}]}}')).toHaveLength(1);
  });
});

it("HarScanner never holds more than one entry", () => {
  const scanner = new HarScanner();
  const before = '{"log":{"entries":[';
  scanner.push(Buffer.from(before));
  const body = Buffer.from(
    `{"request":{"url":"https://h/"},"response":{"content":{"text":"${"x".repeat(1 << 20)}"}}},`,
  );
  let longest = 0;
  for (let count = 0; count < 100; count += 1) {
    for (const text of scanner.push(body)) longest = Math.max(longest, text.length);
  }
  expect(scanner.count).toBe(100);
  expect(longest).toBeLessThan(200);
});

it("HarScanner skips an entry that is too long to hold", () => {
  const scanner = new HarScanner();
  scanner.push(Buffer.from('{"log":{"entries":[{"a":['));
  for (let count = 0; count < 20; count += 1)
    scanner.push(Buffer.from(`"${"y".repeat(60_000)}",`.repeat(20)));
  expect(scanner.push(Buffer.from('1]},{"b":1}]}}'))).toEqual(['{"b":1}']);
  expect(scanner.skipped).toBe(1);
  expect(scanner.end()).toBe("whole");
});

it.each([
  ['{"log":{', true],
  [' {\n "log" : {', true],
  ['{"comment": "one",\n"creator":"two", "log":{', true],
  ['{"comment": {"log":{', false],
  ['{"logs":{', false],
  ["[", false],
])("looksLikeHar decides whether %j looks like a HAR: %s", (text, expected) =>
  expect(looksLikeHar(text)).toBe(expected),
);
