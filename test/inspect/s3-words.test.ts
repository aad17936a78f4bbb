/** S3's error messages: the first finding explains each message, and CloudFront's parameters at S3 are an error. */
import { describe, expect, it } from "vitest";
import { denialOf } from "../../src/edge/denial.ts";
import { cannedFields, inQuery, NOW } from "../edge/signed.ts";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";
import { cookies, PAGE, query, runInspect } from "./run-inspect.ts";

const xml = (code: string, message: string, more = "") =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}<RequestId>A</RequestId><HostId>b=</HostId></Error>`;
const THROUGH = "via: 1.1 abc.cloudfront.net (CloudFront)\r\nx-cache: Error from cloudfront\r\n";
const answer = (status: number, body: string, headers = THROUGH) =>
  `HTTP/1.1 ${status} X\r\nserver: AmazonS3\r\nx-amz-request-id: A\r\nx-amz-id-2: B\r\ncontent-type: application/xml\r\n${headers}\r\n${body}`;
const NEEDS_V2 = "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters";
const ONE =
  "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified";

describe("a response from S3", () => {
  it.each([
    ["error", "s3-got-signing-parameters", 403, "AccessDenied", NEEDS_V2],
    ["error", "s3-two-credentials", 400, "InvalidArgument", ONE],
    ["error", "s3-authorization-forwarded", 400, "InvalidArgument", "Unsupported Authorization Type"],
    [
      "error",
      "s3-authorization-forwarded",
      400,
      "InvalidRequest",
      "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    ],
    [
      "note",
      "s3-unknown-access-key",
      403,
      "InvalidAccessKeyId",
      "The AWS Access Key Id you provided does not exist in our records.",
    ],
    [
      "note",
      "s3-region-wrong",
      400,
      "AuthorizationHeaderMalformed",
      "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'",
    ],
    [
      "note",
      "s3-region-wrong",
      400,
      "AuthorizationQueryParametersError",
      "Error parsing the X-Amz-Credential parameter; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
    ],
    [
      "note",
      "s3-region-wrong",
      301,
      "PermanentRedirect",
      "The bucket you are attempting to access must be addressed using the specified endpoint.",
    ],
    ["note", "s3-presign-expired", 403, "AccessDenied", "Request has expired"],
    ["note", "s3-presign-expired", 400, "ExpiredToken", "The provided token has expired."],
    [
      "note",
      "s3-signature-mismatch",
      403,
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided.",
    ],
    [
      "note",
      "s3-parameters-lost",
      400,
      "AuthorizationQueryParametersError",
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature parameters",
    ],
    [
      "note",
      "s3-kms",
      400,
      "InvalidArgument",
      "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
    ],
    [
      "error",
      "s3-got-signing-parameters",
      403,
      "AccessDenied",
      "Invalid date (should be seconds since epoch): 1795973400~",
    ],
    [
      "note",
      "s3-session-token",
      400,
      "InvalidToken",
      "The provided token is malformed or otherwise invalid.",
    ],
    [
      "note",
      "s3-archived",
      403,
      "InvalidObjectState",
      "The operation is not valid for the object's storage class",
    ],
    [
      "note",
      "s3-anonymous-response-headers",
      400,
      "InvalidRequest",
      "Request specific response headers cannot be used for anonymous GET requests.",
    ],
    ["note", "s3-too-many-requests", 503, "SlowDown", "Please reduce your request rate."],
    ["note", "s3-bad-path", 400, "InvalidURI", "Couldn't parse the specified URI."],
    ["note", "s3-no-object", 404, "NoSuchKey", "The specified key does not exist."],
    ["note", "s3-no-bucket", 404, "NoSuchBucket", "The specified bucket does not exist"],
    ["note", "s3-access-denied", 403, "AccessDenied", "Access Denied"],
    [
      "note",
      "s3-clock",
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
    ],
  ] as const)("has the %s %s for %i %s, %s", async (severity, id, status, code, message) => {
    const report = await runInspect(`${PAGE}?${query}`, ["--response", "a"], {
      a: answer(status, xml(code, message)),
    });
    expect(report.findings[0]).toMatchObject({ id, severity, basis: "observed" });
    expect(report.exitCode).toBe(severity === "error" ? 1 : 0);
  });
  it.each(["eu-central-1", "eu-west-1", "ap-southeast-2", "us-gov-west-1", "me-south-1"])(
    "shows that the bucket is in %s",
    async (region) => {
      const body = xml(
        "AuthorizationHeaderMalformed",
        `the region &apos;us-east-1&apos; is wrong; expecting &apos;${region}&apos;`,
      );
      const report = await runInspect(`${PAGE}?${query}`, ["--response", "a"], { a: answer(400, body) });
      expect(report.findings[0]?.message).toContain(`the bucket is in ${region}`);
    },
  );
});

describe("an error from S3 behind OAC", () => {
  const mismatch = xml("SignatureDoesNotMatch", "The request signature we calculated does not match");
  it("means that the viewer's Host was forwarded if CloudFront's own signature does not match", async () => {
    const report = await runInspect(`${PAGE}?${query}`, ["--response", "a"], { a: answer(403, mismatch) });
    expect(report.findings[0]?.message).toContain("Host header is forwarded");
    expect(report.findings[0]?.remedy).toContain("AllViewerExceptHostHeader");
  });
  it("means that another Host was sent if a presigned URL does not match", async () => {
    const presigned = `${PAGE}?X-Amz-Signature=ab&X-Amz-Credential=A&X-Amz-Date=20261129T000000Z`;
    const report = await runInspect(presigned, ["--response", "a"], { a: answer(403, mismatch) });
    const found = report.findings.find(({ id }) => id === "s3-signature-mismatch");
    expect(found?.message).toContain("presigned for S3's host");
  });
  it.each(["Bearer eyJhbGciOi", "Basic dXNlcg==", "Token abc"])(
    "means that the viewer's %s was forwarded if there are two credentials",
    async (value) => {
      const more = `<ArgumentName>Authorization</ArgumentName><ArgumentValue>${value}</ArgumentValue>`;
      const report = await runInspect(`${PAGE}?${query}`, ["--response", "a"], {
        a: answer(400, xml("InvalidArgument", ONE, more)),
      });
      expect(report.findings[0]?.message).toContain("the viewer's Authorization header was forwarded");
      expect(JSON.stringify(report)).not.toContain(value.split(" ")[1]);
    },
  );
  it("has a remedy with the URL, without its signature", async () => {
    const report = await runInspect(`${PAGE}?${query}`, ["--response", "a"], {
      a: answer(403, xml("AccessDenied", NEEDS_V2)),
    });
    expect(report.findings[0]?.remedy).toBe(`keyturn doctor ${PAGE}`);
  });
});

describe("S3's complaint about CloudFront's parameters", () => {
  const first = async (files: string, input = `${PAGE}?${query}`) =>
    (await runInspect(input, ["--response", "a"], { a: files })).findings[0];
  it("through CloudFront means an open behavior", async () => {
    expect((await first(answer(403, xml("AccessDenied", NEEDS_V2))))?.message).toMatch(
      /the matching behavior is open/,
    );
    expect((await first(answer(400, xml("InvalidArgument", ONE))))?.message).toMatch(
      /the matching behavior is open/,
    );
  });
  it("without CloudFront's headers may also mean a direct request to S3", async () => {
    for (const body of [
      answer(403, xml("AccessDenied", NEEDS_V2), ""),
      xml("AccessDenied", NEEDS_V2),
      NEEDS_V2,
    ]) {
      const found = await first(body);
      expect(found).toMatchObject({ id: "s3-got-signing-parameters", severity: "error" });
      expect(found?.message).toMatch(
        /either the matching behavior is open .* or the request went directly to S3/,
      );
    }
  });
  it("mentions the Authorization header if that is the second credential", async () => {
    const found = await first(
      answer(400, xml("InvalidArgument", ONE)),
      `curl ${PAGE} -H 'Authorization: Bearer x' -b '${cookies}'`,
    );
    expect(found).toMatchObject({
      id: "s3-two-credentials",
      severity: "error",
      message: expect.stringContaining("viewer's Authorization header was forwarded"),
    });
  });
  it("is reported for a response alone", async () => {
    const world = memoryWorld({ files: { a: answer(403, xml("AccessDenied", NEEDS_V2)) } });
    const { stdout, exitCode } = await runCommand(["inspect", "--response", "a", "--json"], world);
    expect([JSON.parse(stdout).findings[0].id, exitCode]).toEqual(["s3-got-signing-parameters", 1]);
  });
  it("is not recognized in another service's XML", async () => {
    const report = await runInspect(`${PAGE}?${query}`, ["--response", "a"], {
      a: `HTTP/1.1 403 X\r\nserver: nginx\r\ncontent-type: application/xml\r\n${THROUGH}\r\n<Error><Code>AccessDenied</Code><Message>no</Message></Error>`,
    });
    expect(report.findings.map(({ id }) => id)).not.toContain("s3-access-denied");
  });
});

describe("the time of a request", () => {
  const denied = (date: string) =>
    `HTTP/2 403\r\ncontent-type: text/xml\r\nserver: CloudFront\r\ndate: ${date}\r\n\r\n<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>`;
  it.each([
    ["Fri, 15 Jan 2027 08:59:59 GMT", "allow"],
    ["Fri, 15 Jan 2027 09:00:00 GMT", "deny"],
    ["Fri, 15 Jan 2027 09:00:01 GMT", "deny"],
    ["Sat, 16 Jan 2027 09:00:00 GMT", "deny"],
    ["not a date", "allow"],
  ])("is the response's Date, %s", async (date, verdict) => {
    expect((await runInspect(`${PAGE}?${query}`, ["--response", "a"], { a: denied(date) })).verdict).toBe(
      verdict,
    );
  });
  it("may also come from a response in the input, and --at overrides both", async () => {
    const input = `GET /v/a.mp4 HTTP/1.1\nHost: cdn.example.com\nCookie: ${cookies}\n\n${denied("Sat, 16 Jan 2027 09:00:00 GMT")}`;
    expect((await runInspect(input)).verdict).toBe("deny");
    expect((await runInspect(input, ["--at", "2027-01-15T08:30:00Z"])).verdict).toBe("allow");
  });
});

describe("a denial without a key to verify it", () => {
  it.each([
    ["an escape", "/a%20b.mp4", "signed-other-url"],
    ["several parameters", "/a.mp4?x=1&y=2", "signed-other-url"],
    ["a plus", "/a.mp4?n=x+y", "signed-other-url"],
    ["an apostrophe", "/it's.mp4", "signed-other-url"],
    ["nothing to respell", "/a.mp4", "other-private-key"],
  ])("is blamed on spelling or key, whichever is likelier for a URL with %s", async (_, path, id) => {
    const { stdout } = await runCommand(
      ["inspect", "-", "--response", "a", "--json"],
      memoryWorld({
        now: NOW,
        stdin: inQuery(cannedFields(`https://cdn.example.com${path}`, NOW + 60), {
          url: `https://cdn.example.com${path}`,
        }).url,
        files: { a: denialOf("AccessDenied").body },
      }),
    );
    expect(JSON.parse(stdout).findings[0]).toMatchObject({ id, basis: "inferred" });
  });
});
