/** The reader of responses, against Node's own client on the same bytes. */
import http from "node:http";
import { Duplex } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResponseReader } from "../../src/adapters/response-reader.ts";

type Read =
  | {
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: string;
      readonly truncated: boolean;
    }
  | "no answer";

/** `pieces` are what arrives at a time; then the connection ends. */
function ours(method: string, pieces: readonly Buffer[]): Read {
  const reader = new ResponseReader(method);
  try {
    for (const piece of pieces) reader.push(piece);
  } catch {
    return "no answer";
  }
  reader.end();
  if (!reader.isDone) return "no answer";
  const { status, headers, body, truncated } = reader.response;
  return { status, headers, body: Buffer.from(body).toString("latin1"), truncated };
}

/** Node's client, on a connection that is made of the same pieces. */
function nodes(method: string, pieces: readonly Buffer[]): Promise<Read> {
  return new Promise((resolve) => {
    const connection = new Duplex({
      read() {},
      write(_, __, written) {
        written();
        if (pieces.length > 0) for (const piece of pieces) connection.push(piece);
        connection.push(null);
      },
    });
    const request = http.request({ method, createConnection: () => connection as never, path: "/" });
    request.on("error", () => resolve("no answer"));
    request.on("response", (response) => {
      const body: Buffer[] = [];
      const done = (truncated: boolean) => {
        const headers: [string, string][] = [];
        for (let at = 0; at + 1 < response.rawHeaders.length; at += 2) {
          headers.push([
            (response.rawHeaders[at] as string).toLowerCase(),
            response.rawHeaders[at + 1] as string,
          ]);
        }
        resolve({
          status: response.statusCode as number,
          headers,
          body: Buffer.concat(body).toString("latin1"),
          truncated,
        });
      };
      response.on("data", (bytes) => body.push(bytes));
      response.on("end", () => done(false));
      response.on("error", () => done(true));
    });
    request.end();
  });
}

/** The text cut at any places, as a network cuts it. */
function cut(text: string, at: readonly number[]): Buffer[] {
  const places = [...new Set(at.map((each) => each % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places]
    .map((from, index) => Buffer.from(text.slice(from, places[index] ?? text.length), "latin1"))
    .filter((piece) => piece.length > 0);
}

const name = fc
  .stringMatching(/^[A-Za-z][\w-]{0,12}$/)
  .filter(
    (each) =>
      !/^(content-length|transfer-encoding|connection|upgrade|trailer|keep-alive|proxy-connection)$/i.test(
        each,
      ),
  );
const value = fc.stringMatching(/^[\t -~\x80-\xff]{0,20}$/);
const header = fc.tuple(name, value).map(([key, text]) => `${key}:${text}\r\n`);
const body = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
const status = fc.constantFrom(200, 200, 204, 301, 304, 400, 403, 403, 404, 503);
const chunked = (text: string, sizes: readonly number[]): string => {
  const chunks: string[] = [];
  let rest = text;
  for (const size of sizes) {
    if (rest === "") break;
    const part = rest.slice(0, size);
    rest = rest.slice(size);
    chunks.push(`${part.length.toString(16)}${size % 2 ? ";a=b" : ""}\r\n${part}\r\n`);
  }
  if (rest !== "") chunks.push(`${rest.length.toString(16).toUpperCase()}\r\n${rest}\r\n`);
  return `${chunks.join("")}0\r\n${sizes.length % 2 ? "X-Trailer: t\r\n" : ""}\r\n`;
};
const framed = fc.oneof(
  body.map((text) => `Content-Length: ${text.length}\r\n\r\n${text}`),
  fc
    .tuple(body, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 }))
    .map(([text, sizes]) => `Transfer-Encoding: chunked\r\n\r\n${chunked(text, sizes)}`),
  body.map((text) => `Connection: close\r\n\r\n${text}`),
  // Fewer bytes than were promised.
  body.map((text) => `Content-Length: ${text.length + 7}\r\n\r\n${text}`),
);
const response = fc
  .tuple(fc.constantFrom("1.0", "1.1"), status, fc.array(header, { maxLength: 6 }), framed)
  .map(
    ([version, code, headers, rest]) => `HTTP/${version} ${code} Some Reason\r\n${headers.join("")}${rest}`,
  );
/** What has no body by its status or its method: there Node makes an error of the bytes that a server sends all the same. */
const withoutBody = (text: string): string => text.slice(0, text.indexOf("\r\n\r\n") + 4);
const answerTo = (method: string, text: string): string =>
  method === "HEAD" || / (?:204|304) /.test(text) ? withoutBody(text) : text;
const interim = fc.constantFrom(
  "",
  "",
  "HTTP/1.1 100 Continue\r\n\r\n",
  "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
);
const cuts = fc.array(fc.nat(500), { maxLength: 12 });

describe("a response", () => {
  it("is read as Node reads it, wherever the network cuts it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("GET", "HEAD", "POST"),
        interim,
        response,
        cuts,
        async (method, before, text, at) => {
          const pieces = cut(before + answerTo(method, text), at);
          expect(ours(method, pieces)).toEqual(await nodes(method, pieces));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("that breaks off anywhere is an answer exactly where it is one for Node", async () => {
    await fc.assert(
      fc.asyncProperty(response, fc.nat(400), cuts, async (text, length, at) => {
        const whole = answerTo("GET", text);
        const pieces = cut(whole.slice(0, length % (whole.length + 1)), at);
        expect(ours("GET", pieces)).toEqual(await nodes("GET", pieces));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n"],
    ["another version", "HTTP/3.0 200 OK\r\n\r\n"],
    ["no status", "HTTP/1.1 OK\r\n\r\n"],
    ["a header without a colon", "HTTP/1.1 200 OK\r\nnothing\r\n\r\n"],
    ["a header without a name", "HTTP/1.1 200 OK\r\n: x\r\n\r\n"],
    ["a blank before the colon", "HTTP/1.1 200 OK\r\nA : x\r\n\r\n"],
    ["a control character in a value", "HTTP/1.1 200 OK\r\nA: \u001b[31m\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    ["a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\na"],
    ["a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\na"],
    ["nothing at all", ""],
  ])("is refused as Node refuses it: %s", async (_, text) => {
    const pieces = cut(text, []);
    expect(await nodes("GET", pieces)).toBe("no answer");
    expect(ours("GET", pieces)).toBe("no answer");
  });

  it.each([
    ["lines that end in a line feed alone", "HTTP/1.1 200 OK\nA: b\nContent-Length: 2\n\nok", "ok", false],
    [
      "a value that is continued",
      "HTTP/1.1 200 OK\r\nA: b\r\n  c\r\nContent-Length: 2\r\n\r\nok",
      "ok",
      false,
    ],
    [
      "a chunk whose size is no number",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n",
      "ok",
      true,
    ],
    [
      "a chunk that is longer than its size",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n",
      "ok",
      true,
    ],
    [
      "another coding, which ends with the connection",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
      "ok",
      false,
    ],
  ])("is read with %s", (_, text, kept, truncated) => {
    expect(ours("GET", cut(text, [3, 30, 60]))).toMatchObject({ status: 200, body: kept, truncated });
  });

  it("is bounded: 16 KiB of header, 64 KiB of body, in as many chunks as there are", () => {
    const flood = (count: number) => Buffer.from(`HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(count)}\r\n`);
    expect(ours("GET", [flood(2000)])).toMatchObject({ status: 200 });
    expect(ours("GET", [flood(3000)])).toBe("no answer");
    expect(ours("GET", [Buffer.from(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(20_000)}`)])).toBe("no answer");
    const chunks = (count: number) =>
      Buffer.from(
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"1\r\nx\r\n".repeat(count)}0\r\n\r\n`,
      );
    expect(ours("GET", [chunks(65_536)])).toMatchObject({ truncated: false, body: "x".repeat(65_536) });
    expect(ours("GET", [chunks(65_537)])).toMatchObject({ truncated: true, body: "x".repeat(65_536) });
  });
});

describe("whether the connection can be used again", () => {
  const keeps = (text: string, method = "GET") => {
    const reader = new ResponseReader(method);
    reader.push(Buffer.from(text));
    return reader.keepsConnection;
  };
  it.each([
    ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true],
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", true],
    ["no body", "HTTP/1.1 204 No Content\r\n\r\n", true],
    ["HTTP/1.0 that says so", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n", true],
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false],
    ["close", "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n", false],
    ["a body that has not come yet", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", false],
    ["a body until the end", "HTTP/1.1 200 OK\r\n\r\nok", false],
    ["more than the response", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK", false],
    [
      "a length beside a coding",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      false,
    ],
    ["other protocols", "HTTP/1.1 101 Switching Protocols\r\n\r\n", false],
  ])("after %s", (_, text, expected) => {
    expect(keeps(text)).toBe(expected);
  });
});
