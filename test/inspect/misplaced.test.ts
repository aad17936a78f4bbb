/** Credentials in the wrong place: if one is missing, the first cause is where it is instead. */
import { describe, expect, it } from "vitest";
import { signedFields } from "../edge/signed.ts";
import {
  cookies,
  encoded,
  fields,
  firstCause,
  PAGE,
  pairs,
  policyFor,
  query,
  runInspect,
} from "./run-inspect.ts";

const URL_FLAG = ["--url", PAGE];
const json = JSON.stringify(Object.fromEntries(pairs));
const bare = Object.entries(fields);
const setCookie = (attributes: string) =>
  pairs.map((pair) => `Set-Cookie: ${pair.join("=")}; ${attributes}`).join("\n");

const MISPLACED: readonly (readonly [title: string, id: string, input: string, flags?: readonly string[]])[] =
  [
    [
      "separate headers",
      "set-as-headers",
      `GET /v/a.mp4 HTTP/1.1\nHost: cdn.example.com\n${pairs.map((pair) => pair.join(": ")).join("\n")}\n`,
    ],
    [
      "separate headers, by curl",
      "set-as-headers",
      `curl ${PAGE} ${pairs.map((pair) => `-H '${pair.join(": ")}'`).join(" ")}`,
    ],
    [
      "headers with X-",
      "set-as-headers",
      `curl ${PAGE} ${pairs.map((pair) => `-H 'X-${pair.join(": ")}'`).join(" ")}`,
    ],
    [
      "headers with the parameters' names",
      "set-as-headers",
      `curl ${PAGE} ${bare.map((pair) => `-H '${pair.join(": ")}'`).join(" ")}`,
    ],
    [
      "headers in a player's map",
      "set-as-headers",
      `setDefaultRequestProperties(mapOf(${pairs.map(([name, value]) => `"${name}" to "${value}"`).join(", ")})) // ${PAGE}`,
    ],
    [
      "another cookie's value",
      "set-in-another-cookie",
      `Cookie: session=${pairs.map((pair) => pair.join("=")).join("|")}`,
      URL_FLAG,
    ],
    [
      "another cookie's encoded JSON",
      "set-in-another-cookie",
      `Cookie: cf=${encodeURIComponent(json)}`,
      URL_FLAG,
    ],
    [
      "another cookie's base64",
      "set-in-another-cookie",
      `Cookie: a=b; cf=${Buffer.from(json).toString("base64")}`,
      URL_FLAG,
    ],
    [
      "another cookie's quoted value",
      "set-in-another-cookie",
      `Cookie: cf="${pairs.map((pair) => pair.join(":")).join(",")}"`.replaceAll("Id:", "Id="),
      URL_FLAG,
    ],
    [
      "another cookie's encoded query",
      "set-in-another-cookie",
      `Cookie: signed=${encodeURIComponent(query)}`,
      URL_FLAG,
    ],
    [
      "a Set-Cookie line joined by commas",
      "set-cookie-joined",
      `Set-Cookie: ${pairs.map((pair) => pair.join("=")).join(", ")}; Path=/; Secure`,
      URL_FLAG,
    ],
    [
      "a Set-Cookie line joined by semicolons",
      "set-cookie-joined",
      `Set-Cookie: ${cookies}; Path=/; Secure`,
      URL_FLAG,
    ],
    [
      "whole Set-Cookie values joined",
      "set-cookie-joined",
      `Set-Cookie: ${pairs.map((pair) => `${pair.join("=")}; Path=/`).join(", ")}`,
      URL_FLAG,
    ],
    [
      "joined in a function's answer",
      "set-cookie-joined",
      JSON.stringify({
        statusCode: 200,
        headers: { "Set-Cookie": pairs.map((pair) => `${pair.join("=")}; Path=/`).join(",") },
      }),
      URL_FLAG,
    ],
    [
      "joined by semicolons in API Gateway's cookies",
      "set-cookie-joined",
      JSON.stringify({ statusCode: 200, cookies: [`${cookies}; Path=/`] }),
      URL_FLAG,
    ],
    ["the fragment", "set-in-fragment", `${PAGE}#${query}`],
    ["the fragment, with its own ?", "set-in-fragment", `${PAGE}#?${query}`],
    ["the fragment of a route", "set-in-fragment", `${PAGE}#/play?${query}`],
    ["the fragment in curl", "set-in-fragment", `curl '${PAGE}#${query}'`],
    ["the fragment in a player's command", "set-in-fragment", `ffmpeg -i '${PAGE}#${query}' a.mp4`],
    [
      "Authorization, as a bearer token",
      "set-in-authorization",
      `curl ${PAGE} -H 'Authorization: Bearer ${fields.Policy}'`,
    ],
    ["Authorization, with the names", "set-in-authorization", `curl ${PAGE} -H 'Authorization: ${cookies}'`],
    [
      "Authorization, as parameters",
      "set-in-authorization",
      `curl ${PAGE} -H 'authorization: CloudFront ${query}'`,
    ],
    [
      "Authorization, of a raw request",
      "set-in-authorization",
      `GET /v/a.mp4 HTTP/1.1\nHost: cdn.example.com\nAuthorization: ${query}\n`,
    ],
    [
      "Authorization, in a HAR's JSON",
      "set-in-authorization",
      JSON.stringify({ method: "GET", url: PAGE, headers: { authorization: `Bearer ${fields.Policy}` } }),
    ],
    ["the path, without a question mark", "set-in-path", `${PAGE}&${query}`],
    ["the path, with %3F", "set-in-path", `${PAGE}%3F${query}`],
    ["behind a second question mark", "second-question-mark", `${PAGE}?v=1?${query}`],
    [
      "cookies without the prefix",
      "name-spelling",
      `Cookie: ${bare.map((pair) => pair.join("=")).join("; ")}`,
      URL_FLAG,
    ],
    [
      "cookies with underscores",
      "name-spelling",
      `Cookie: ${cookies.replaceAll("CloudFront-", "CloudFront_")}`,
      URL_FLAG,
    ],
    [
      "cookies with __Host-",
      "name-spelling",
      `Cookie: ${cookies.replaceAll("CloudFront-", "__Host-CloudFront-")}`,
      URL_FLAG,
    ],
    ["parameters with the prefix", "name-spelling", `${PAGE}?${cookies.replaceAll("; ", "&")}`],
    [
      "S3's presigned parameters",
      "s3-presigned-url",
      `${PAGE}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A&X-Amz-Signature=ab`,
    ],
    [
      "S3's old presigned parameters",
      "s3-presigned-url",
      `${PAGE}?AWSAccessKeyId=AKIA&Signature=ab%3D&Expires=1900000000`,
    ],
    ["S3's parameters in curl", "s3-presigned-url", `curl '${PAGE}?X-Amz-Signature=ab&X-Amz-Credential=A'`],
    ["Google's signature", "foreign-signature", `${PAGE}?X-Goog-Signature=ab&X-Goog-Credential=x`],
    ["Azure's signature", "foreign-signature", `${PAGE}?sv=2020&se=2027&sig=ab`],
    ["a signed URL cut off at an unquoted &", "url-cut-off", `${PAGE}?Policy=${fields.Policy}`],
    ["an unquoted signed URL in curl", "url-cut-off", `curl -i ${PAGE}?${query}`],
    ["an unquoted signed URL in a player's command", "url-cut-off", `ffmpeg -i ${PAGE}?${query} a.mp4`],
    [
      "a signed URL without its signature",
      "url-cut-off",
      `${PAGE}?Policy=x&Key-Pair-Id=${fields["Key-Pair-Id"]}`,
    ],
    [
      "a signed URL without its policy",
      "url-cut-off",
      `${PAGE}?Signature=${fields.Signature}&Key-Pair-Id=${fields["Key-Pair-Id"]}`,
    ],
    ["cookies joined by commas", "cookies-joined", `Cookie: ${cookies.replaceAll("; ", ", ")}`, URL_FLAG],
    ["cookies joined by &", "cookies-joined", `Cookie: ${cookies.replaceAll("; ", "&")}`, URL_FLAG],
    ["the header's name twice", "cookies-joined", `curl ${PAGE} -H 'Cookie: Cookie: ${cookies}'`],
    ["Set-Cookie in a request", "set-as-headers", `curl ${PAGE} -H 'Set-Cookie: ${cookies}'`],
    ["a header called Cookies", "set-as-headers", `curl ${PAGE} -H 'Cookies: ${cookies}'`],
    ["a header called X-Cookie", "set-as-headers", `curl ${PAGE} -H 'X-Cookie: ${cookies}'`],
    [
      "another URL's parameter",
      "signed-url-in-parameter",
      `https://app.example.com/player?src=${encodeURIComponent(`${PAGE}?${query}`)}`,
    ],
    [
      "the page's URL, in Referer",
      "signed-url-not-inherited",
      `curl ${PAGE} -H 'Referer: https://cdn.example.com/v/index.html?${query}'`,
    ],
    [
      "a signature that was redacted",
      "input-redacted",
      `Cookie: ${cookies.replace(fields.Signature as string, "[REDACTED]")}`,
      URL_FLAG,
    ],
    [
      "a policy that was redacted",
      "input-redacted",
      `${PAGE}?${query.replace(fields.Policy as string, "***")}`,
    ],
    [
      "a signature that was shortened",
      "input-redacted",
      `Cookie: ${cookies.replace(fields.Signature as string, `${fields.Signature?.slice(0, 9)}...`)}`,
      URL_FLAG,
    ],
    [
      "a signature shortened with an ellipsis",
      "input-redacted",
      `${PAGE}?${query.replace(fields.Signature as string, "abc\u2026")}`,
    ],
    ["a key pair ID that was redacted", "input-redacted", `${PAGE}?${query.replace(/Id=\w+/, "Id=***")}`],
    [
      "only a bearer token",
      "no-cloudfront-cookies",
      `curl ${PAGE} -H 'Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.e30.x'`,
    ],
    ["document.cookie", "document-cookie-hides", `> document.cookie\n< '_ga=GA1; theme=dark'`, URL_FLAG],
    ["document.cookie, quoted", "document-cookie-hides", `"_ga=GA1; theme=dark"`, URL_FLAG],
    ["document.cookie, empty", "document-cookie-hides", `> document.cookie\n< ''`, URL_FLAG],
    ["document.cookie, with the name", "document-cookie-hides", `document.cookie\n'_ga=GA1'`, URL_FLAG],
    ["document.cookie of Firefox", "document-cookie-hides", `» document.cookie\n← "_ga=GA1; b=2"`, URL_FLAG],
  ];

describe("inspect recognizes a credential in the wrong place", () => {
  it.each(MISPLACED.map(([title, id, input, flags = []]) => [title, id, input, flags] as const))(
    "(%s)",
    async (_, id, input, flags) => {
      const report = await runInspect(input, flags);
      expect(report.verdict).toBe("deny");
      expect(firstCause(report)).toMatchObject({ id, basis: "observed" });
      expect(JSON.stringify(report.findings)).not.toContain(fields.Signature);
    },
  );
  it.each([
    "https://bucket.s3.eu-west-1.amazonaws.com/a.mp4",
    "https://bucket.s3.amazonaws.com/a.mp4",
    "https://s3.eu-west-1.amazonaws.com/bucket/a.mp4",
    "https://s3.amazonaws.com/bucket/a.mp4",
    "http://bucket.s3-website-eu-west-1.amazonaws.com/a.mp4",
    "https://bucket.s3-accelerate.amazonaws.com/a.mp4",
    "https://bucket.s3.dualstack.eu-west-1.amazonaws.com/a.mp4",
  ])("(CloudFront's on S3's host: %s)", async (page) => {
    const own = signedFields(policyFor("*"));
    const parameters = Object.entries(own).map((pair) => pair.join("="));
    const report = await runInspect(`${page}?${parameters.join("&")}`);
    expect(report.findings[0]).toMatchObject({ id: "host-is-s3", severity: "error" });
    expect(report.exitCode).toBe(1);
  });
});

describe("a second URL", () => {
  const other = "https://cdn.example.com/other.mp4";
  it("never replaces the one in a signed URL", async () => {
    const report = await runInspect(`${PAGE}?${query}`, ["--url", "https://other.example.org/x"]);
    expect(report.verdict).toBe("allow");
    expect(firstCause(report)).toMatchObject({ id: "url-contradiction" });
    expect(firstCause(report)?.evidence).toEqual([`judged ${PAGE}`, "--url https://other.example.org/x"]);
  });
  it.each([
    ["a curl command", `curl ${PAGE} -b '${cookies}'`],
    ["a raw request", `GET /v/a.mp4 HTTP/1.1\nHost: cdn.example.com\nCookie: ${cookies}\n`],
    ["a player's command", `mpv --http-header-fields='Cookie: ${cookies}' ${PAGE}`],
    [
      "an event",
      JSON.stringify({
        httpMethod: "GET",
        path: "/v/a.mp4",
        headers: { host: "cdn.example.com", cookie: cookies },
      }),
    ],
    ["code", `requests.get("${PAGE}", headers={"Cookie": "${cookies}"})`],
  ])("replaces the one in %s, with a note", async (_, input) => {
    const report = await runInspect(input, ["--url", other]);
    const found = report.findings.find(({ id }) => id === "url-contradiction");
    expect(found?.evidence).toEqual([`judged ${other}`, `in the input ${PAGE}`]);
  });
  it("is no contradiction if it is identical", async () => {
    expect((await runInspect(`${PAGE}?${query}`, ["--url", PAGE])).findings).toEqual([]);
    expect((await runInspect(`curl ${PAGE} -b '${cookies}'`, ["--url", `${PAGE}#t=1`])).findings).toEqual([]);
  });
});

describe("an IpAddress that no viewer can have", () => {
  it.each([
    "127.0.0.1/32",
    "10.1.2.3/32",
    "172.20.0.0/16",
    "192.168.1.1/32",
    "169.254.0.1/32",
    "192.0.2.1/32",
    "198.51.100.0/24",
    "203.0.113.7/32",
    "100.64.0.1/32",
    "240.0.0.1/32",
  ])("is reported for %s, whether the viewer's address is known or not", async (ip) => {
    const own = Object.entries(signedFields(policyFor("https://cdn.example.com/*", ip))).map((pair) =>
      pair.join("="),
    );
    const url = `${PAGE}?${own.join("&")}`;
    expect(firstCause(await runInspect(url))).toMatchObject({ id: "ip-no-viewer" });
    const denied = await runInspect(url, ["--ip", "8.8.8.8"]);
    expect([denied.findings[0]?.id, firstCause(denied)?.id]).toEqual(["ip-mismatch", "ip-no-viewer"]);
  });
  it.each(["0.0.0.0/0", "8.8.8.0/24", "172.32.0.1/32", "192.0.3.1/32", "11.0.0.0/8", "128.0.0.0/1"])(
    "is not reported for %s",
    async (ip) => {
      const own = Object.entries(signedFields(policyFor("https://cdn.example.com/*", ip))).map((pair) =>
        pair.join("="),
      );
      expect((await runInspect(`${PAGE}?${own.join("&")}`)).findings).toEqual([]);
    },
  );
});

describe("inspect explains", () => {
  it.each([
    [
      "a bucket policy",
      `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`,
      /bucket policy/,
    ],
    [
      "a bucket policy with a time condition",
      policyFor("arn:aws:s3:::b/*").replace(
        '"Resource"',
        '"Effect":"Allow","Action":"s3:GetObject","Resource"',
      ),
      /bucket policy or IAM/,
    ],
    [
      "a policy for CloudFront's service",
      `{"Statement":[{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`,
      /bucket policy/,
    ],
    [
      "an IAM policy",
      `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"cloudfront:*","Resource":"*"}]}`,
      /IAM policy/,
    ],
    [
      "an S3 POST policy",
      `{"expiration":"2027-01-01T00:00:00Z","conditions":[{"bucket":"b"}]}`,
      /POST policy/,
    ],
  ])("%s in place of CloudFront's policy", async (_, policy, says) => {
    const own = Object.entries(signedFields(policy)).map((pair) => pair.join("="));
    expect(firstCause(await runInspect(`${PAGE}?${own.join("&")}`))).toMatchObject({
      id: "other-policy",
      message: expect.stringMatching(says),
    });
    expect(
      firstCause(
        await runInspect(
          `Cookie: ${pairs[2]?.join("=")}; CloudFront-Policy=${encoded(policy)}; ${pairs[1]?.join("=")}`,
          URL_FLAG,
        ),
      )?.id,
    ).toBe("other-policy");
  });
  it.each([
    ["Domain=https://cdn.example.com; Path=/", /scheme/],
    ["Domain=http://example.com/; Path=/", /scheme/],
    ["Domain=cdn.example.com/v; Path=/", /path/],
    ["Domain=.example.com/; Path=/", /path/],
    ["Domain=cdn.example.com:443; Path=/", /port/],
    ["Domain=*.example.com; Path=/", /wildcard/],
  ])("what is wrong with %s", async (attributes, says) => {
    const report = await runInspect(setCookie(attributes), URL_FLAG);
    expect(firstCause(report)).toMatchObject({ id: "cookie-not-sent", message: expect.stringMatching(says) });
  });
});
