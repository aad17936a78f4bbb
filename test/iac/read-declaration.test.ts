/**
 * What templates declare. Terraform 1 wrote the plan, and the state except for its distribution. cfn-lint accepts the
 * templates.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readDeclaration } from "../../src/iac/read-declaration.ts";

const read = (name: string) => readFileSync(fileURLToPath(new URL(name, import.meta.url)), "utf8");
const declared = (name: string) => readDeclaration(read(name), name);
const refused = (text: string) => {
  try {
    readDeclaration(text, "site.yaml");
  } catch (thrown) {
    return thrown;
  }
  throw new Error("it was read");
};

describe("a CDK template", () => {
  it("has its behaviors in CloudFront's order, with the groups that they reference", () => {
    const { format, distributions, keyGroups, publicKeys, unresolved } = declared("cdk.yaml");
    expect(format).toBe("cloudformation");
    const [site] = distributions;
    expect(site?.behaviors.map((each) => [each.pathPattern, each.trustedKeyGroups])).toEqual([
      ["/api/*", ["Viewers4E5F6071"]],
      ["*", []],
    ]);
    expect(site?.behaviors[1]?.allowedMethods).toEqual(["GET", "HEAD"]);
    expect(site?.customErrorResponses).toEqual([
      { errorCode: 403, responseCode: 200, responsePagePath: "/login.html" },
    ]);
    expect(keyGroups).toMatchObject([{ name: "viewers", items: ["SigningKey0A1B2C3D"], isIdKnown: false }]);
    expect(publicKeys[0]?.encodedKey).toMatch(
      /^-----BEGIN PUBLIC KEY-----\n[\s\S]*-----END PUBLIC KEY-----\n$/,
    );
    // The origin's domain name is known only after deployment, but signing does not depend on it.
    expect(unresolved).toEqual([]);
  });

  it("has the origin's timeout, and its header values sealed", () => {
    const [origin] = declared("cdk.yaml").distributions[0]?.origins ?? [];
    expect(origin).toMatchObject({ responseTimeout: 45, protocolPolicy: "https-only" });
    expect(origin?.customHeaders[0]?.value?.reveal()).toBe("planted-header-value");
    expect(JSON.stringify(declared("cdk.yaml"))).not.toContain("planted");
  });

  it("has its own origin request policy", () => {
    expect(declared("cdk.yaml").policies).toMatchObject([
      {
        id: "Forwarding8899AABB",
        kind: "origin-request",
        cookies: { which: "named", names: ["session"] },
        headers: { which: "all-except", names: ["host"] },
        queryStrings: { which: "all" },
      },
    ]);
  });
});

describe("a SAM template with short tags", () => {
  it("has its parameters, mappings, conditions and functions resolved", () => {
    const { distributions, keyGroups, publicKeys, secrets } = declared("sam.yaml");
    expect(distributions[0]).toMatchObject({ aliases: ["app.example.com"], comment: "production" });
    expect(distributions[0]?.behaviors[0]).toMatchObject({
      pathPattern: "/media/*",
      trustedKeyGroups: ["Group"],
    });
    expect(keyGroups).toMatchObject([{ address: "Group", name: "prod-viewers", items: ["Key"] }]);
    expect(publicKeys).toMatchObject([{ name: "prod-signing", encodedKey: undefined }]);
    expect(secrets).toMatchObject([{ name: "prod/cloudfront-key" }]);
  });

  it("lists values known only after deployment, and keeps a gate whose group is unknown", () => {
    const { distributions, unresolved } = declared("sam.yaml");
    expect(distributions[0]?.behaviors.at(-1)).toMatchObject({
      pathPattern: "*",
      trustedKeyGroups: ["Group", "unresolved:Fn::ImportValue shared-viewers"],
      forwardedValues: { queryString: true, cookies: "all", headerNames: ["Authorization"] },
    });
    expect(unresolved).toEqual([
      { where: "Site.CacheBehaviors[1].PathPattern", what: "Fn::ImportValue path" },
      { where: "Site.DefaultCacheBehavior.TrustedKeyGroups[1]", what: "Fn::ImportValue shared-viewers" },
      {
        where: "Key.EncodedKey",
        what: "parameter PublicKeyPem has no default",
        parameter: "PublicKeyPem",
      },
    ]);
  });

  const given = (values: Readonly<Record<string, string>>, text = read("sam.yaml")) =>
    readDeclaration(text, "site.yaml", new Map(Object.entries(values)));

  it("accepts values for parameters, with or without a default", () => {
    const { publicKeys, distributions, unresolved } = given({
      PublicKeyPem: "-----BEGIN PUBLIC KEY-----",
      Stage: "test",
      Paths: "/a/*,/b/*",
    });
    expect(publicKeys).toMatchObject([{ name: "test-signing", encodedKey: "-----BEGIN PUBLIC KEY-----" }]);
    expect(distributions[0]?.behaviors[0]?.pathPattern).toBe("/b/*");
    expect(unresolved.map(({ where }) => where)).not.toContain("Key.EncodedKey");
  });

  it("accepts the value of an SSM parameter, and the region", () => {
    const { secrets } = given(
      { Name: "app/key", "AWS::Region": "eu-west-1" },
      JSON.stringify({
        Parameters: { Name: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/names/key" } },
        Resources: {
          Secret: {
            Type: "AWS::SecretsManager::Secret",
            Properties: { Name: { "Fn::Join": ["-", [{ Ref: "Name" }, { Ref: "AWS::Region" }]] } },
          },
        },
      }),
    );
    expect(secrets).toMatchObject([{ name: "app/key-eu-west-1" }]);
  });

  it.each([
    ["sam.yaml", /^site.yaml has no parameter PublicKey: Stage, Paths, PublicKeyPem$/],
    ["cdk.yaml", /^site.yaml has no parameters: --parameter PublicKey has nothing to set$/],
    ["terraform-state.json", /^--parameter is for templates: site.yaml is Terraform's JSON$/],
  ])("refuses a parameter that %s does not have", (name, message) => {
    expect(() => given({ PublicKey: "x" }, read(name))).toThrow(message);
  });
});

describe("terraform show -json", () => {
  it("resolves references in a plan through modules, variables, outputs and for_each", () => {
    const { format, distributions, keyGroups, unresolved } = declared("terraform-plan.json");
    expect(format).toBe("terraform-plan");
    expect(distributions[0]?.behaviors.map((each) => [each.pathPattern, each.trustedKeyGroups])).toEqual([
      ["/api/*", ["aws_cloudfront_key_group.viewers", "module.keys.aws_cloudfront_key_group.g"]],
      ["*", []],
    ]);
    expect(distributions[0]?.behaviors[0]?.originRequestPolicyId).toBe(
      "aws_cloudfront_origin_request_policy.own",
    );
    expect(keyGroups.map(({ name, items }) => [name, items])).toEqual([
      ["all", ['aws_cloudfront_public_key.signing["one"]', 'aws_cloudfront_public_key.signing["two"]']],
      ["viewers", ['aws_cloudfront_public_key.signing["one"]']],
      ["module-group", ["module.keys.aws_cloudfront_public_key.k"]],
    ]);
    expect(unresolved).toEqual([]);
  });

  it("has the IDs in a state", () => {
    const { format, distributions, keyGroups, publicKeys, policies } = declared("terraform-state.json");
    expect(format).toBe("terraform-state");
    const ids = new Map(keyGroups.map(({ name, id }) => [name, id]));
    expect(distributions[0]?.behaviors[0]?.trustedKeyGroups.toSorted()).toEqual(
      [ids.get("viewers"), ids.get("module-group")].toSorted(),
    );
    expect(publicKeys.every(({ id, isIdKnown }) => isIdKnown && /^K[A-Z0-9]{13}$/.test(id))).toBe(true);
    expect(keyGroups.find(({ name }) => name === "viewers")?.items).toEqual([
      publicKeys.find(({ name }) => name === "one")?.id,
    ]);
    expect(policies[0]?.headers).toEqual({ which: "all", names: ["CloudFront-Viewer-Country"] });
  });
});

describe("readDeclaration", () => {
  it.each([
    [
      "a file that is not a template",
      "just: text",
      "is neither a CloudFormation template nor Terraform's JSON",
    ],
    ["a list", "[1, 2]", "is not a template"],
    ["broken YAML", "a: [", "is neither JSON nor YAML: line 1 cannot be read"],
    ["a state file", '{"lineage": "x", "resources": []}', "is Terraform's state file"],
    [
      "a resource with a value of the wrong type",
      '{"Resources": {"Site": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {"CacheBehaviors": {"a": 1}}}}}}',
      "has a value of the wrong kind at Site.Properties.DistributionConfig.CacheBehaviors",
    ],
    ["deep nesting", "[".repeat(5000), "nests deeper than"],
  ])("refuses %s with a one-line message", (_, text, phrase) => {
    expect(refused(text)).toMatchObject({ code: "ERR_TEMPLATE", errorClass: "input" });
    expect((refused(text) as Error).message).toContain(`site.yaml ${phrase}`);
    expect((refused(text) as Error).message).not.toContain("\n");
  });

  it("ends even if conditions refer to each other", () => {
    const template = {
      Conditions: { A: { Condition: "B" }, B: { Condition: "A" } },
      Resources: {
        Group: {
          Type: "AWS::CloudFront::KeyGroup",
          Properties: { KeyGroupConfig: { Items: [{ "Fn::If": ["A", "one", "two"] }] } },
        },
      },
    };
    expect(readDeclaration(JSON.stringify(template), "x").unresolved).toMatchObject([
      { where: "Group.Items[0]" },
    ]);
  });
});
