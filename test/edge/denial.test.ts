/** The five denials, byte for byte as observed, and told apart from similar answers. */
import { describe, expect, it } from "vitest";
import { codeOfLength, denialOf, parseDenial, WIRE_CODES } from "../../src/edge/denial.ts";

const SEEN = {
  MissingKey: ["Missing Key-Pair-Id query parameter or cookie value", 146],
  InvalidKey: ["Unknown Key", 106],
  AccessDenied: ["Access denied", 110],
  MalformedPolicy: ["Malformed Policy", 116],
  MalformedSignature: ["Could not unencode Signature", 131],
} as const;

describe.each(Object.entries(SEEN))("%s", (code, [message, bytes]) => {
  const denial = denialOf(code as keyof typeof SEEN);

  it("is one line of XML without a RequestId", () => {
    expect(denial.body).toBe(
      `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    );
  });
  it(`has ${bytes} bytes, by which access logs identify it`, () => {
    expect(Buffer.byteLength(denial.body)).toBe(bytes);
    expect(codeOfLength(bytes)).toBe(code);
    expect(denial.headers).toContainEqual(["content-length", String(bytes)]);
  });
  it("has status 403, type text/xml and CloudFront's headers", () => {
    expect(denial.status).toBe(403);
    expect(Object.fromEntries(denial.headers)).toMatchObject({
      "content-type": "text/xml",
      server: "CloudFront",
      "x-cache": "Error from cloudfront",
    });
  });
  it("can be parsed, even with line breaks added by a terminal", () => {
    expect(parseDenial(denial.body)).toBe(code);
    expect(
      parseDenial(`\n${denial.body.replace("?><", "?>\n<").replace("<Message>", "\n  <Message>")}\n`),
    ).toBe(code);
  });
});

it("there are five codes", () => expect([...WIRE_CODES].sort()).toEqual(Object.keys(SEEN).sort()));

it.each([
  [
    "S3's denial, with a capital D and a RequestId",
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>1</RequestId><HostId>2</HostId></Error>',
  ],
  ["a denial with just a capital D", denialOf("AccessDenied").body.replace("denied<", "Denied<")],
  ["another code's message", denialOf("AccessDenied").body.replace("AccessDenied", "InvalidKey")],
  ["HTML", "<html><title>403 Forbidden</title></html>"],
  ["an empty body", ""],
  ["a megabyte", `${denialOf("InvalidKey").body}${" ".repeat(1 << 20)}`],
  ["a body of another length", "<Error></Error>"],
])("%s is not recognized as a denial", (_, body) => expect(parseDenial(body)).toBeUndefined());

it("other lengths have no code", () => expect(codeOfLength(107)).toBeUndefined());
