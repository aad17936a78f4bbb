import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeOfLength, WIRE_CODES } from "../../src/edge/denial.ts";
import { classify, readableAcrossOrigins } from "../../src/probe/classify.ts";
import { parseTranscript } from "./transcript.ts";

const folder = fileURLToPath(new URL("transcripts/", import.meta.url));
const transcripts = readdirSync(folder).map((file) => parseTranscript(file, readFileSync(folder + file)));

describe("classify, on one transcript of each known answer", () => {
  it.each(transcripts)("$name: $title", ({ asked, raw, expected, mark }) => {
    const found = classify(raw, asked);
    expect({ ...found, evidence: undefined }).toMatchObject(expected);
    expect(found.code).toBe(expected.code);
    expect(found.evidence.length).toBeGreaterThan(0);
    expect(mark).toMatch(/^(documented|observed|made here)/);
  });

  it("has a transcript for every edge fault and every denial code", () => {
    const seen = transcripts.map(({ expected }) => expected.code ?? expected.layer);
    expect(seen).toEqual(
      expect.arrayContaining([
        ...WIRE_CODES,
        "s3",
        "api-gateway",
        "lambda-url",
        "load-balancer",
        "edge-waf",
        "edge-geo",
        "edge-method",
        "edge-refusal",
        "edge-function",
        "edge-redirect",
        "error-page",
        "origin-verification",
        "application",
        "redirect",
        "cache",
      ]),
    );
  });

  it("knows the body length of every denial code", () => {
    for (const { raw, expected } of transcripts) {
      if (expected.code === undefined || raw.body.length === 0) continue;
      expect(codeOfLength(raw.body.length)).toBe(expected.code);
    }
  });
});

describe("classify, on unexpected responses", () => {
  const denial = transcripts.find(({ name }) => name === "denial-missing-key");
  if (denial === undefined) throw new Error("no transcript");
  const asked = denial.asked;
  const without = (name: string) => ({
    ...denial.raw,
    headers: denial.raw.headers.filter(([each]) => each.toLowerCase() !== name),
  });

  it.each(["server", "content-type"])("is not sure of a denial without its %s header", (name) => {
    expect(classify(without(name), asked).edge).not.toBe("denied");
  });
  it.each([200, 401, 404, 502])("is not sure of a denial's text with status %i", (status) => {
    expect(classify({ ...denial.raw, status }, asked).layer).not.toBe("edge-signature");
  });
  it("is not sure of a denial without a body, other than to HEAD", () => {
    const bodiless = { ...without("content-length"), body: new Uint8Array() };
    expect(classify(bodiless, { ...asked, method: "HEAD" }).edge).toBe("denied");
    expect(classify(bodiless, { ...asked, method: "GET" }).edge).not.toBe("denied");
  });
  it("attributes a denial's text with a RequestId to S3, not the edge", () => {
    const body = Buffer.from(
      "<Error><Code>AccessDenied</Code><Message>Access denied</Message><RequestId>A</RequestId><HostId>B</HostId></Error>",
    );
    expect(classify({ ...denial.raw, body }, asked).layer).toBe("s3");
  });
  it("never throws, and names a layer, for any bytes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 999 }),
        fc.array(
          fc.tuple(
            fc.constantFrom(
              "server",
              "content-type",
              "x-cache",
              "via",
              "location",
              "age",
              "x-amzn-errortype",
            ),
            fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("CloudFront", "text/xml", "7")),
          ),
        ),
        fc.uint8Array({ maxLength: 300 }),
        (status, headers, body) => {
          const found = classify({ status, headers, body, truncated: false }, asked);
          expect(found.evidence.every((line) => !/[\r\n\0]/.test(line))).toBe(true);
          if (found.edge === "denied") expect(status).toBe(403);
        },
      ),
    );
  });
  it.each([
    ["unclosed tags", "<Error>".repeat(9362)],
    ["spaces", " ".repeat(65_536)],
    ["an unclosed heading", `</H2>${" <HR ".repeat(13_000)}`],
    ["an unclosed declaration", `<?xml${">".repeat(65_000)}`],
  ])("takes under a second of CPU for 64 KiB of %s", (_, text) => {
    const headers = denial.raw.headers;
    const before = process.cpuUsage().user;
    for (const status of [403, 500])
      classify({ status, headers, body: Buffer.from(text), truncated: true }, asked);
    expect(process.cpuUsage(undefined).user - before).toBeLessThan(1_000_000);
  });
  it("reports whether a browser on another site could read the response", () => {
    expect(readableAcrossOrigins(denial.raw)).toBe(false);
    expect(
      readableAcrossOrigins({
        ...denial.raw,
        headers: [["Access-Control-Allow-Origin", "https://a.example"]],
      }),
    ).toBe(true);
  });
});
