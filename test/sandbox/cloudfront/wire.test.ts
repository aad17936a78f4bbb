/** CloudFront's HTTP API by hand: the forms of XML it reads, refusals and their codes, paths, IDs, credentials. */
import { describe, expect, it } from "vitest";
import { inProcessAws } from "../../fakes/in-process-aws.ts";
import { TEST_PEM, testKey } from "../test-key.ts";
import { rawCloudFrontClient } from "./raw.ts";

const NAMESPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/";
const keyXml = (encodedKey: string, root = `<PublicKeyConfig xmlns="${NAMESPACE}">`) =>
  `${root}<CallerReference>r</CallerReference><Name>n</Name><EncodedKey>${encodedKey}</EncodedKey></PublicKeyConfig>`;

function prepared() {
  const { account, clock } = inProcessAws();
  return { account, clock, ask: rawCloudFrontClient(account.handler) };
}

describe("a body", () => {
  it.each([
    ["raw line breaks", keyXml(TEST_PEM)],
    ["&#xA;", keyXml(TEST_PEM.replaceAll("\n", "&#xA;"))],
    ["&#x0A;", keyXml(TEST_PEM.replaceAll("\n", "&#x0A;"))],
    ["&#10; and &#0010;", keyXml(TEST_PEM.replace("\n", "&#0010;").replaceAll("\n", "&#10;"))],
    [
      "every character as a reference",
      keyXml(TEST_PEM.replace(/./gs, (each) => `&#x${each.charCodeAt(0).toString(16)};`)),
    ],
    ["CRLF", keyXml(TEST_PEM.replaceAll("\n", "\r\n"))],
    ["CDATA", keyXml(`<![CDATA[${TEST_PEM}]]>`)],
    ["a comment inside", keyXml(TEST_PEM.replace("\n", "<!-- no part of it -->\n"))],
    ["an XML declaration", `<?xml version="1.0" encoding="UTF-8"?>\n${keyXml(TEST_PEM)}`],
    ["no namespace", keyXml(TEST_PEM, "<PublicKeyConfig>")],
  ])("is read with %s", async (_how, body) => {
    const { account, ask } = prepared();
    expect(await ask("POST", "/public-key", body)).toMatchObject({ status: 201 });
    const [key] = account.cloudFront.state.publicKeys.values();
    expect(key?.config.encodedKey).toBe(TEST_PEM);
  });

  it("is read in any order, pretty-printed, with entities in its text", async () => {
    const { account, ask } = prepared();
    const key = account.cloudFront.publicKeys.create(testKey("one"));
    const body = `<KeyGroupConfig>
      <Comment>a &amp; b &lt; &quot;c&quot; &apos;d&apos; &#x1F511; &amp;lt;</Comment>
      <Items>
        <PublicKey>${key.id}</PublicKey>
      </Items>
      <Name>viewers</Name>
    </KeyGroupConfig>`;
    const answer = await ask("POST", "/key-group", body);
    expect(answer.status).toBe(201);
    const [group] = account.cloudFront.state.keyGroups.values();
    expect(group?.config.comment).toBe("a & b < \"c\" 'd' \u{1F511} &lt;");
    expect(answer.text).toContain("<Comment>a &amp; b &lt; &quot;c&quot; 'd' \u{1F511} &amp;lt;</Comment>");
  });

  const group = (inside: string) => `<KeyGroupConfig>${inside}</KeyGroupConfig>`;
  const named = "<Name>n</Name>";
  const items = "<Items><PublicKey>K</PublicKey></Items>";
  it.each([
    ["nothing", "", "MissingBody"],
    ["no XML", "{}", "MalformedXML"],
    ["an open element", "<KeyGroupConfig><Name>n</Name>", "MalformedXML"],
    ["another root", "<PublicKeyConfig/>", "MalformedXML"],
    [
      "another namespace",
      `<KeyGroupConfig xmlns="http://example.com/">${named}${items}</KeyGroupConfig>`,
      "MalformedXML",
    ],
    ["two roots", `${group(named + items)}<More/>`, "MalformedXML"],
    ["a document type", `<!DOCTYPE x [<!ENTITY e "e">]>${group(named + items)}`, "MalformedXML"],
    ["an unknown entity", group(`<Name>&nbsp;</Name>${items}`), "MalformedXML"],
    ["a bare ampersand", group(`<Name>a & b</Name>${items}`), "MalformedXML"],
    ["a forbidden character", group(`<Name>&#0;</Name>${items}`), "MalformedXML"],
    ["a surrogate", group(`<Name>&#xD800;</Name>${items}`), "MalformedXML"],
    ["more levels than anybody needs", `${"<a>".repeat(5000)}${"</a>".repeat(5000)}`, "MalformedXML"],
    ["a name that JavaScript keeps for itself", group(`<__proto__>x</__proto__>${items}`), "MalformedXML"],
    ["text between elements", group(`loose${named}${items}`), "MalformedXML"],
    ["a missing member", group(named), "MalformedXML"],
    ["an unknown member", group(`${named}${items}<Colour/>`), "MalformedInput"],
    ["a member twice", group(`${named}${named}${items}`), "MalformedInput"],
    ["an unknown list element", group(`${named}<Items><Key>K</Key></Items>`), "MalformedInput"],
  ])("is refused for %s", async (_what, body, code) => {
    const { ask } = prepared();
    expect(await ask("POST", "/key-group", body)).toMatchObject({ code });
  });

  it("is refused for bytes that are not UTF-8", async () => {
    const { ask } = prepared();
    expect(await ask("POST", "/key-group", Buffer.from([0x3c, 0xff, 0x3e]))).toMatchObject({
      code: "MalformedXML",
    });
  });

  it("names the missing member as AWS does", async () => {
    const { ask } = prepared();
    const { message } = await ask("POST", "/key-group", group(named));
    expect(message).toBe(
      "1 validation error detected: Value null at 'keyGroupConfig.items' failed to satisfy constraint: Member must not be null",
    );
  });
});

describe("a request", () => {
  it.each([
    ["GET", "/functions"],
    ["PATCH", "/key-group"],
    ["PUT", "/key-group/ID/config"],
    ["GET", "/public-key/ID/config/more"],
    ["POST", "/tagging?Operation=Paint"],
  ])("for %s %s is refused as an unknown operation", async (method, path) => {
    const { ask } = prepared();
    expect(await ask(method, path)).toMatchObject({ status: 404, code: "UnknownOperationException" });
  });

  it.each([
    ["none", ""],
    [
      "another service's",
      "AWS4-HMAC-SHA256 Credential=A/20261122/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00",
    ],
    ["an old signature", "AWS AKIDEXAMPLE:00"],
  ])("is refused with %s credentials", async (_which, authorization) => {
    const { ask } = prepared();
    const answer = await ask("GET", "/key-group", "", undefined, { authorization });
    expect(answer).toMatchObject({ status: 403, code: "MissingAuthenticationToken" });
  });

  it("gets the same request ID in header and body, and an error of type Sender", async () => {
    const { ask } = prepared();
    const { headers, text } = await ask("GET", "/key-group/unknown");
    expect(headers["content-type"]).toBe("text/xml");
    expect(text).toContain(`<RequestId>${headers["x-amzn-requestid"]}</RequestId>`);
    expect(text).toContain(`<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type>`);
  });

  it.each(["0", "-1", "1.5", "many", ""])("is refused with MaxItems=%s", async (maxItems) => {
    const { ask } = prepared();
    expect(await ask("GET", `/key-group?MaxItems=${maxItems}`)).toMatchObject({ code: "InvalidArgument" });
  });

  it("returns at most a hundred items", async () => {
    const { ask } = prepared();
    expect((await ask("GET", "/key-group?MaxItems=1000")).text).toContain("<MaxItems>100</MaxItems>");
  });
});

describe("a bug of the sandbox", () => {
  it.each(["cloudfront", "secretsmanager"])("answers 500 on %s, and is reported", async (service) => {
    const bugs: unknown[] = [];
    const { account } = inProcessAws({ onBug: (thrown) => bugs.push(thrown) });
    const bug = new Error("a bug");
    const broken = () => {
      throw bug;
    };
    Object.defineProperty(account.cloudFront, "keyGroups", { get: broken });
    Object.defineProperty(account.secrets.registry, "list", { value: broken });
    const answer = await account.handler({
      method: service === "cloudfront" ? "GET" : "POST",
      scheme: "http",
      target: service === "cloudfront" ? "/2020-05-31/key-group" : "/",
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=A/20261122/eu-west-1/${service}/aws4_request`,
        ...(service === "cloudfront" ? {} : { "x-amz-target": "secretsmanager.ListSecrets" }),
      },
      body: Buffer.from("{}"),
      remoteAddress: "127.0.0.1",
    });
    expect(answer.status).toBe(500);
    expect(String(answer.body)).toMatch(/InternalError|InternalServiceError/);
    expect(bugs).toEqual([bug]);
  });
});
