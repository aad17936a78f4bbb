/** curl with hand-written requests that SDKs would not send, or whose answers they would hide. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ManualClock } from "../../fakes/manual-clock.ts";
import { needs } from "../../fakes/needs.ts";
import { DEPLOY_TIME } from "./conformance.ts";
import { type Served, serveAccount } from "./served.ts";

let served: Served;
let clock: ManualClock;
beforeEach(async () => {
  clock = new ManualClock();
  served = await serveAccount({ clock, deployTime: DEPLOY_TIME });
});
afterEach(async () => {
  expect(served.bugs).toEqual([]);
  await served.close();
});

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function curl(
  service: "cloudfront" | "secretsmanager",
  path: string,
  ...flags: string[]
): Promise<Reply> {
  // The sandbox checks the scope of a signature, and nothing else in it.
  const credential = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261129/eu-west-1/${service}/aws4_request`;
  const args = [
    "-sS",
    "-i",
    "-H",
    `Authorization: ${credential}, SignedHeaders=host, Signature=00`,
    ...flags,
  ];
  const { stdout } = await promisify(execFile)("curl", [...args, `${served.url}${path}`]);
  const [head = "", body = ""] = stdout.split(/\r\n\r\n(.*)/s);
  const [line = "", ...fields] = head.split("\r\n");
  const headers = fields.map((field) => field.split(/:\s*(.*)/s, 2) as [string, string]);
  return {
    status: Number(line.split(" ")[1]),
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body,
  };
}
const secrets = async (operation: string, input: object) => {
  const target = [
    "-H",
    `X-Amz-Target: secretsmanager.${operation}`,
    "-H",
    "Content-Type: application/x-amz-json-1.1",
  ];
  const { status, body } = await curl("secretsmanager", "/", ...target, "-d", JSON.stringify(input));
  return { status, body: JSON.parse(body) };
};
const cloudFront = (method: string, path: string, xml = "", etag = "") =>
  curl(
    "cloudfront",
    `/2020-05-31${path}`,
    "-X",
    method,
    ...(xml && ["-d", xml]),
    ...(etag && ["-H", `If-Match: ${etag}`]),
  );
const part = ({ body }: Reply, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];

const POLICY = "<CachePolicyId>4135ea2d-6df8-44a3-9df3-4b5a84be39ad</CachePolicyId>";
const CUSTOM =
  "<CustomOriginConfig><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>https-only</OriginProtocolPolicy></CustomOriginConfig>";
const config = ({ reference = "one", origin = CUSTOM, caching = POLICY, more = "", enabled = true } = {}) =>
  `<DistributionConfig><CallerReference>${reference}</CallerReference><Comment></Comment><Enabled>${enabled}</Enabled>
<Origins><Quantity>1</Quantity><Items><Origin><Id>o</Id><DomainName>origin.example.com</DomainName>${origin}</Origin></Items></Origins>
<DefaultCacheBehavior><TargetOriginId>o</TargetOriginId><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy>${caching}</DefaultCacheBehavior>${more}</DistributionConfig>`;

needs("curl")("curl", () => {
  it("sees a distribution InProgress until it is deployed, and can delete it only then", async () => {
    const made = await cloudFront("POST", "/distribution", config());
    const path = `/distribution/${part(made, "Id")}`;
    expect([made.status, part(made, "Status"), part(made, "IsIPV6Enabled")]).toEqual([
      201,
      "InProgress",
      "true",
    ]);
    const disabled = await cloudFront("PUT", `${path}/config`, config({ enabled: false }), made.headers.etag);
    expect([disabled.status, part(disabled, "Status")]).toEqual([200, "InProgress"]);
    const early = await cloudFront("DELETE", path, "", disabled.headers.etag);
    expect([early.status, part(early, "Code"), part(early, "Message")]).toEqual([
      409,
      "DistributionNotDisabled",
      "The distribution you are trying to delete has not been disabled.",
    ]);
    await clock.advance(DEPLOY_TIME);
    expect(part(await cloudFront("GET", path), "Status")).toBe("Deployed");
    expect((await cloudFront("DELETE", path, "", disabled.headers.etag)).status).toBe(204);
  });

  it.each([
    ["no origin config", { origin: "" }, 400, "InvalidOrigin"],
    [
      "no bucket",
      { origin: "<S3OriginConfig><OriginAccessIdentity/></S3OriginConfig>" },
      400,
      "InvalidArgument",
    ],
    ["no caching", { caching: "" }, 400, "InvalidArgument"],
    [
      "caching twice",
      {
        caching: `${POLICY}<ForwardedValues><QueryString>false</QueryString><Cookies><Forward>none</Forward></Cookies></ForwardedValues>`,
      },
      400,
      "InvalidArgument",
    ],
    [
      "an alias without a certificate",
      { more: "<Aliases><Quantity>1</Quantity><Items><CNAME>a.example.com</CNAME></Items></Aliases>" },
      400,
      "InvalidViewerCertificate",
    ],
    ["an unknown HttpVersion", { more: "<HttpVersion>http9</HttpVersion>" }, 400, "MalformedXML"],
    [
      "a certificate elsewhere",
      {
        more: "<ViewerCertificate><ACMCertificateArn>arn:aws:acm:eu-west-1:111111111111:certificate/x</ACMCertificateArn></ViewerCertificate>",
      },
      400,
      "InvalidViewerCertificate",
    ],
  ])("is refused for %s", async (_what, parts, status, code) => {
    const answer = await cloudFront("POST", "/distribution", config(parts));
    expect([answer.status, part(answer, "Code")]).toEqual([status, code]);
  });

  it("lists, updates and deletes both kinds of policy", async () => {
    const parts = ["Headers", "Cookies", "QueryStrings"]
      .map((name) => {
        const behavior = `${name.slice(0, -1)}Behavior`;
        return `<${name}Config><${behavior}>none</${behavior}></${name}Config>`;
      })
      .join("");
    for (const [path, root, inside] of [
      ["/cache-policy", "CachePolicyConfig", "<MinTTL>0</MinTTL>"],
      ["/origin-request-policy", "OriginRequestPolicyConfig", parts],
    ] as const) {
      const xml = (name: string) => `<${root}><Name>${name}</Name>${inside}</${root}>`;
      const made = await cloudFront("POST", path, xml("own"));
      const own = `${path}/${part(made, "Id")}`;
      const updated = await cloudFront("PUT", own, xml("renamed"), made.headers.etag);
      expect([made.status, updated.status, part(updated, "Name")]).toEqual([201, 200, "renamed"]);
      const listed = await cloudFront("GET", `${path}?Type=custom`);
      expect([part(listed, "Quantity"), part(listed, "Type"), part(listed, "Name")]).toEqual([
        "1",
        "custom",
        "renamed",
      ]);
      expect((await cloudFront("DELETE", own, "", updated.headers.etag)).status).toBe(204);
      expect((await cloudFront("GET", `${own}/config`)).status).toBe(404);
    }
  });

  it("may send members that Secrets Manager does not know, and gets a single Message in a refusal", async () => {
    const token = { ClientRequestToken: "c".repeat(32) };
    expect(
      await secrets("CreateSecret", { Name: "one", SecretString: "x", ...token, Colour: "red" }),
    ).toMatchObject({
      status: 200,
    });
    const refused = await secrets("RotateSecret", { SecretId: "one", Description: "no member of it" });
    expect(refused).toEqual({
      status: 400,
      body: {
        __type: "InvalidParameterException",
        Message: "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
      },
    });
    const short = await secrets("GetSecretValue", { SecretId: "one", VersionId: "short" });
    expect(short.body.Message).toBe(
      "1 validation error detected: Value 'short' at 'versionId' failed to satisfy constraint: Member must have length greater than or equal to 32",
    );
  });

  it("reads secrets in batches, and lists the oldest first", async () => {
    for (const [index, Name] of ["b", "c", "a"].entries()) {
      await secrets("CreateSecret", {
        Name,
        SecretString: Name,
        ClientRequestToken: String(index).repeat(32),
      });
      await clock.advance(1);
    }
    const { body } = await secrets("BatchGetSecretValue", { SecretIdList: ["c", "x", "a"] });
    expect(body.SecretValues.map((each: { SecretString: string }) => each.SecretString)).toEqual(["c", "a"]);
    expect(body.Errors).toMatchObject([{ SecretId: "x", ErrorCode: "ResourceNotFoundException" }]);
    const listed = await secrets("ListSecrets", {});
    expect(listed.body.SecretList.map((each: { Name: string }) => each.Name)).toEqual(["b", "c", "a"]);
  });
});
