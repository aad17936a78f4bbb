/** What the real Secrets Manager does, as people observed it: recorded answers, and the wording of its refusals. */
import { describe, expect, it } from "vitest";
import { inProcessAws } from "../../fakes/in-process-aws.ts";
import { type RawAnswer, type RawClient, rawSecretsClient } from "./raw.ts";

type Json = Readonly<Record<string, unknown>>;
const HERE = "eu-west-1";
const THERE = "eu-central-1";
const FUNCTION = "arn:aws:lambda:eu-west-1:111111111111:function:rotate";

function prepared() {
  const { account, clock } = inProcessAws();
  const at = (region: string) => rawSecretsClient(account.handler, region);
  return { account, clock, ask: at(HERE), there: at(THERE) };
}

let tokens = 0;
const token = () => {
  tokens += 1;
  return { ClientRequestToken: String(tokens).padStart(32, "0") };
};
const refused = (code: string, message: string) => ({
  status: 400,
  body: { __type: code, Message: message },
});
const arnOf = (answer: RawAnswer) => answer.body.ARN as string;
const create = (ask: RawClient, Name: string, more: Json = {}) =>
  ask("CreateSecret", { Name, SecretString: `value of ${Name}`, ...token(), ...more });

describe("ListSecrets", () => {
  const names = async (ask: RawClient, input: Json = {}) => {
    const { body } = await ask("ListSecrets", input);
    return (body.SecretList as { Name: string }[]).map(({ Name }) => Name);
  };
  const listed = async () => {
    const all = prepared();
    for (const name of ["b", "c", "a"]) {
      await create(all.ask, name);
      await all.clock.advance(1);
    }
    await all.ask("TagResource", { SecretId: "b", Tags: [{ Key: "k", Value: "v" }] });
    return all;
  };

  it.each([
    ["no order", {}, ["b", "c", "a"]],
    ["only a sort key", { SortBy: "name" }, ["a", "b", "c"]],
    ["the date of change", { SortBy: "last-changed-date" }, ["c", "a", "b"]],
    ["ascending order", { SortOrder: "asc" }, ["b", "c", "a"]],
    ["descending order", { SortOrder: "desc" }, ["a", "c", "b"]],
    ["pages without an order", { MaxResults: 2 }, ["b", "c"]],
  ])("lists the oldest first by default: %s", async (_what, input, expected) => {
    const { ask } = await listed();
    expect(await names(ask, input)).toEqual(expected);
  });

  it.each([
    ["Blue", ["described", "paint/OceanBlue", "plain-blue"]],
    ["ocean", ["paint/OceanBlue"]],
    ["oceanblue", []],
    ["Deep Blue", ["described"]],
    ["lake", ["tagged", "valued"]],
    // A run of capitals is one word, up to the one before a small letter.
    ["API", []],
    ["key xml", ["XMLAPIKey"]],
    ["two/marks+here", ["two/marks+here"]],
    ["marks", []],
    ["eans", []],
  ])("finds the words in CamelCase names with the filter all: %s", async (value, expected) => {
    const { ask, account } = prepared();
    for (const name of ["paint/OceanBlue", "plain-blue", "two/marks+here"]) account.secrets.create(name, "x");
    account.secrets.create("described", "x", { description: "theDeep NavyBlueish" });
    account.secrets.create("tagged", "x", { tags: [{ key: "nearLakeShore", value: "" }] });
    account.secrets.create("valued", "x", { tags: [{ key: "where", value: "LakeSide" }] });
    account.secrets.create("XMLAPIKey", "x");
    expect((await names(ask, { Filters: [{ Key: "all", Values: [value] }] })).toSorted()).toEqual(
      expected.toSorted(),
    );
  });
});

describe("an ARN without its last seven characters", () => {
  it.each([
    ["app/signer", true],
    ["app/signer-a1b2", true],
    ["app/signer-a1b2c3-", true],
    ["app/signer_a1b2c3", true],
    ["app/signer-a1b2c3d", true],
    ["app/signer-a1b2c3", false],
    ["signer-secret", false],
    ["x-ABCDEF", false],
    ["web-123456", false],
    ["a-b-c-d-zzzzzz", false],
  ])("finds %s: %s", async (name, isFound) => {
    const { ask } = prepared();
    const arn = arnOf(await create(ask, name));
    for (const operation of ["DescribeSecret", "GetSecretValue", "ListSecretVersionIds"]) {
      expect((await ask(operation, { SecretId: arn })).status, operation).toBe(200);
      expect((await ask(operation, { SecretId: name })).status, operation).toBe(200);
      const partial = await ask(operation, { SecretId: arn.slice(0, -7) });
      if (isFound) expect(partial.status, operation).toBe(200);
      else {
        const message = "Secrets Manager can't find the specified secret.";
        expect(partial, operation).toEqual(refused("ResourceNotFoundException", message));
      }
    }
  });
});

describe("requests", () => {
  it.each([
    ["GetSecretValue", { Colour: "red" }],
    ["DescribeSecret", { Nested: { deep: [1] } }],
    ["PutSecretValue", { SecretString: "another", Description: "no member of it", ...token() }],
    ["TagResource", { Tags: [{ Key: "k", Value: "v", Extra: true }] }],
    ["UpdateSecret", { Description: "d", Tags: [] }],
    ["ListSecretVersionIds", { "": "", maxresults: 0 }],
  ])("may have members that the API does not know: %s", async (operation, more) => {
    const { ask } = prepared();
    await create(ask, "signer");
    expect(await ask(operation, { SecretId: "signer", ...more })).toMatchObject({ status: 200 });
  });

  it.each([
    ["CreateSecret", "InvalidRequestException"],
    ["PutSecretValue", "InvalidRequestException"],
    ["UpdateSecret", "InvalidRequestException"],
    ["RotateSecret", "InvalidParameterException"],
  ])("%s without a token gives %s, whether the secret exists or not", async (operation, code) => {
    const { ask } = prepared();
    const expected = refused(
      code,
      "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
    );
    const input = { SecretString: "thisisthesecret", Description: "My secret string" };
    const id = operation === "CreateSecret" ? { Name: "signer" } : { SecretId: "signer" };
    expect(await ask(operation, { ...id, ...input })).toEqual(expected);
    await create(ask, "signer");
    expect(await ask(operation, { ...id, ...input })).toEqual(expected);
  });

  it.each([
    [
      "CreateSecret",
      { Name: "n".repeat(513) },
      `Value '${"n".repeat(513)}' at 'name'`,
      "length less than or equal to 512",
    ],
    [
      "CreateSecret",
      { Name: "n", Type: "t".repeat(257) },
      `Value '${"t".repeat(257)}' at 'type'`,
      "length less than or equal to 256",
    ],
    ["DescribeSecret", { SecretId: "" }, "Value '' at 'secretId'", "length greater than or equal to 1"],
    ["DescribeSecret", {}, "Value null at 'secretId'", "not be null"],
    [
      "GetRandomPassword",
      { PasswordLength: 4097 },
      "Value '4097' at 'passwordLength'",
      "value less than or equal to 4096",
    ],
    ["ListSecrets", { MaxResults: 0 }, "Value '0' at 'maxResults'", "value greater than or equal to 1"],
    ["ListSecrets", { SortOrder: "up" }, "Value 'up' at 'sortOrder'", "satisfy enum value set: [asc, desc]"],
    [
      "RotateSecret",
      { SecretId: "n", RotationRules: { Duration: "3d" } },
      "Value '3d' at 'rotationRules.duration'",
      "satisfy regular expression pattern: [0-9]+h",
    ],
    [
      "RotateSecret",
      { SecretId: "n", ExternalSecretRotationRoleArn: "arn:short" },
      "Value 'arn:short' at 'externalSecretRotationRoleArn'",
      "length greater than or equal to 20",
    ],
    [
      "BatchGetSecretValue",
      { SecretIdList: [] },
      "Value '[]' at 'secretIdList'",
      "length greater than or equal to 1",
    ],
  ])("that break a limit get their value repeated: %s %j", async (operation, input, what, constraint) => {
    const { ask } = prepared();
    const message = `1 validation error detected: ${what} failed to satisfy constraint: Member must ${
      constraint.startsWith("length") || constraint.startsWith("value") ? "have " : ""
    }${constraint}`;
    expect(await ask(operation, { ...token(), ...input })).toEqual(refused("ValidationException", message));
  });

  it("get every broken limit reported at once", async () => {
    const { ask } = prepared();
    const filters = { Filters: [{ Key: "colour", Values: ["x"] }], SortOrder: "up" };
    const answer = await ask("ListSecrets", filters);
    expect(answer.body.Message).toBe(
      "2 validation errors detected: Value 'colour' at 'filters.1.member.key' failed to satisfy constraint: " +
        "Member must satisfy enum value set: [all, name, tag-key, description, tag-value, primary-region, owning-service]; " +
        "Value 'up' at 'sortOrder' failed to satisfy constraint: Member must satisfy enum value set: [asc, desc]",
    );
  });

  it.each([
    ["SecretString", { SecretString: "s3cret".repeat(11_000) }],
    ["SecretBinary", { SecretBinary: Buffer.alloc(65_537, "s3cret").toString("base64") }],
    [
      "RotationToken",
      { SecretString: "s", RotationToken: "s3cret not a token, and far too many characters" },
    ],
  ])("never get a secret value repeated: %s", async (_member, more) => {
    const { ask } = prepared();
    const answer = await ask("PutSecretValue", { SecretId: "signer", ...token(), ...more });
    expect(answer.body.Message).toMatch(/^1 validation error detected: Value at '/);
    expect(JSON.stringify(answer)).not.toMatch(/s3cret|czNjcmV0/);
  });
});

describe("a replica", () => {
  const replicated = async () => {
    const all = prepared();
    const arn = arnOf(await create(all.ask, "signer", { AddReplicaRegions: [{ Region: THERE }] }));
    return { ...all, arn };
  };

  it.each([
    ["PutSecretValue", { SecretString: "x" }],
    ["UpdateSecret", { Description: "x" }],
    ["DeleteSecret", {}],
    ["RestoreSecret", {}],
    ["TagResource", { Tags: [{ Key: "k", Value: "v" }] }],
    ["UntagResource", { TagKeys: ["k"] }],
    ["RotateSecret", { RotationLambdaARN: FUNCTION }],
    ["CancelRotateSecret", {}],
    ["UpdateSecretVersionStage", { VersionStage: "own" }],
    ["PutResourcePolicy", { ResourcePolicy: '{"Statement":[]}' }],
    ["ReplicateSecretToRegions", { AddReplicaRegions: [{ Region: "us-east-1" }] }],
    ["RemoveRegionsFromReplication", { RemoveReplicaRegions: [THERE] }],
  ])("refuses %s", async (operation, input) => {
    const { there } = await replicated();
    expect(await there(operation, { SecretId: "signer", ...token(), ...input })).toEqual(
      refused(
        "InvalidParameterException",
        "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
      ),
    );
  });

  it.each([
    ["by name", {}],
    ["with a window", { RecoveryWindowInDays: 7 }],
    ["by force", { ForceDeleteWithoutRecovery: true }],
  ])("prevents the deletion of its primary: %s", async (_how, more) => {
    const { ask, arn } = await replicated();
    await ask("ReplicateSecretToRegions", {
      SecretId: "signer",
      AddReplicaRegions: [{ Region: "us-east-1" }],
    });
    expect(await ask("DeleteSecret", { SecretId: "signer", ...more })).toEqual(
      refused(
        "InvalidParameterException",
        `You can't delete secret ${arn} that still has replica regions [${THERE}, us-east-1].`,
      ),
    );
  });

  it.each([
    ["ReplicateSecretToRegions", [HERE]],
    ["ReplicateSecretToRegions", ["us-east-1", HERE]],
    ["ReplicateSecretToRegions", ["us-east-1", "us-east-1"]],
    ["CreateSecret", [HERE]],
    ["CreateSecret", ["us-west-2", HERE]],
    ["ReplicateSecretToRegions", ["mars-1"]],
    ["CreateSecret", ["us-west-2", "moon-2"]],
  ])(
    "cannot be created in its primary's region, twice, or in an unknown region: %s %j",
    async (operation, regions) => {
      const { ask, account } = await replicated();
      const before = account.secrets.state;
      const AddReplicaRegions = regions.map((Region) => ({ Region }));
      const input =
        operation === "CreateSecret" ? { Name: "new", SecretString: "x" } : { SecretId: "signer" };
      expect(await ask(operation, { ...input, ...token(), AddReplicaRegions })).toEqual(
        refused("InvalidParameterException", "Invalid replica region."),
      );
      expect(account.secrets.state).toBe(before);
    },
  );
});

describe("replication over an existing name", () => {
  const failed = (name: string, Region = THERE) => ({
    Region,
    Status: "Failed",
    StatusMessage: `Replication failed: Secret name ${name} already exists in region ${Region}.`,
  });

  it.each(["simple", "app/signer", "with.dots_and+marks", "signer-a1b2c3", "x"])(
    "is accepted, then Failed with its message: %s",
    async (name) => {
      const { ask, there } = prepared();
      await create(there, name);
      const created = await create(ask, name, {
        AddReplicaRegions: [{ Region: THERE }, { Region: "us-east-1" }],
      });
      const statuses = [failed(name), { Region: "us-east-1", Status: "InSync" }];
      expect(created.body.ReplicationStatus).toEqual(statuses);
      expect((await ask("DescribeSecret", { SecretId: name })).body.ReplicationStatus).toEqual(statuses);
      // The other secret stays what it was: writable, and with its own history.
      const theirs = { SecretId: name, SecretString: "theirs", ...token() };
      expect(await there("PutSecretValue", theirs)).toMatchObject({ status: 200 });
      expect((await there("DescribeSecret", { SecretId: name })).body.PrimaryRegion).toBeUndefined();
    },
  );

  it("stays Failed on a retry, and succeeds by force or once the name is free", async () => {
    const { ask, there } = prepared();
    await create(there, "one");
    await create(there, "two");
    for (const name of ["one", "two"]) await create(ask, name, { AddReplicaRegions: [{ Region: THERE }] });
    const again = (SecretId: string, more: Json = {}) =>
      ask("ReplicateSecretToRegions", { SecretId, AddReplicaRegions: [{ Region: THERE }], ...more });
    expect((await again("one")).body.ReplicationStatus).toEqual([failed("one")]);
    const synced = [{ Region: THERE, Status: "InSync" }];
    expect((await again("one", { ForceOverwriteReplicaSecret: true })).body.ReplicationStatus).toEqual(
      synced,
    );
    expect((await there("GetSecretValue", { SecretId: "one" })).body.SecretString).toBe("value of one");

    await there("DeleteSecret", { SecretId: "two", ForceDeleteWithoutRecovery: true });
    expect((await there("DescribeSecret", { SecretId: "two" })).status).toBe(400);
    expect((await again("two")).body.ReplicationStatus).toEqual(synced);
  });
});

describe("RotateSecret", () => {
  const UNINVOCABLE = refused(
    "AccessDeniedException",
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
  );

  it.each([
    [FUNCTION],
    [`${FUNCTION}:live`],
    ["arn:aws:lambda:eu-west-1:111111111111:function:rotate_secret_invalid_lambda_arn"],
    ["arn:aws:lambda:us-east-1:222222222222:function:elsewhere"],
    ["rotate"],
  ])("stores nothing if it cannot invoke the function: %s", async (RotationLambdaARN) => {
    const { ask, account } = prepared();
    await create(ask, "signer");
    const before = account.secrets.state;
    const input = { SecretId: "signer", RotationLambdaARN, RotationRules: { AutomaticallyAfterDays: 1 } };
    expect(await ask("RotateSecret", { ...input, ...token() })).toEqual(UNINVOCABLE);
    expect(account.secrets.state).toBe(before);
    const described = await ask("DescribeSecret", { SecretId: "signer" });
    expect(Object.keys(described.body).filter((name) => name.startsWith("Rotation"))).toEqual([]);
  });

  it("keeps the function that it could invoke if another one is refused", async () => {
    const { ask, account } = prepared();
    await create(ask, "signer");
    account.secrets.allowRotationBy(FUNCTION);
    const SecretId = "signer";
    expect(await ask("RotateSecret", { SecretId, RotationLambdaARN: FUNCTION, ...token() })).toMatchObject({
      status: 200,
    });
    expect(await ask("RotateSecret", { SecretId, RotationLambdaARN: `${FUNCTION}2`, ...token() })).toEqual(
      UNINVOCABLE,
    );
    expect((await ask("DescribeSecret", { SecretId })).body.RotationLambdaARN).toBe(FUNCTION);
    const again = { SecretId, RotationRules: { AutomaticallyAfterDays: 9 }, ...token() };
    expect(await ask("RotateSecret", again)).toMatchObject({ status: 200 });
    expect((await ask("DescribeSecret", { SecretId })).body).toMatchObject({
      RotationLambdaARN: FUNCTION,
      RotationRules: { AutomaticallyAfterDays: 9 },
    });
  });

  it("recognizes secrets that other vendors' software rotates", async () => {
    const { ask } = prepared();
    await create(ask, "signer", { Type: "VendorCredential" });
    const external = {
      ExternalSecretRotationRoleArn: "arn:aws:iam::111111111111:role/rotates",
      ExternalSecretRotationMetadata: [{ Key: "k", Value: "v" }],
    };
    expect(await ask("RotateSecret", { SecretId: "signer", ...external, ...token() })).toMatchObject({
      status: 200,
    });
    expect((await ask("DescribeSecret", { SecretId: "signer" })).body).toMatchObject({
      Type: "VendorCredential",
      RotationEnabled: true,
      ...external,
    });
  });
});

describe("BatchGetSecretValue", () => {
  const seeded = async () => {
    const all = prepared();
    for (const name of ["one", "two", "three"]) {
      await create(all.ask, name);
      await all.clock.advance(1);
    }
    await create(all.ask, "empty", { SecretString: null });
    await create(all.ask, "gone");
    await all.ask("DeleteSecret", { SecretId: "gone" });
    return all;
  };
  const valuesOf = ({ body }: RawAnswer) =>
    (body.SecretValues as { SecretString: string }[]).map(({ SecretString }) => SecretString);

  it("answers each id with its value or its error", async () => {
    const { ask } = await seeded();
    const ids = ["two", "unknown", "one", "empty", "gone"];
    const answer = await ask("BatchGetSecretValue", { SecretIdList: ids });
    expect(valuesOf(answer)).toEqual(["value of two", "value of one"]);
    expect(answer.body.Errors).toEqual([
      {
        SecretId: "unknown",
        ErrorCode: "ResourceNotFoundException",
        Message: "Secrets Manager can't find the specified secret.",
      },
      {
        SecretId: "empty",
        ErrorCode: "ResourceNotFoundException",
        Message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      },
      {
        SecretId: "gone",
        ErrorCode: "InvalidRequestException",
        Message: "You can't perform this operation on the secret because it was marked for deletion.",
      },
    ]);
    const [two] = answer.body.SecretValues as Json[];
    expect(two).toEqual((await ask("GetSecretValue", { SecretId: "two" })).body);
  });

  it("answers filters page by page, without secrets marked for deletion", async () => {
    const { ask } = await seeded();
    const asked = { Filters: [{ Key: "name", Values: ["t", "o", "g"] }], MaxResults: 2 };
    const first = await ask("BatchGetSecretValue", asked);
    const rest = await ask("BatchGetSecretValue", { ...asked, NextToken: first.body.NextToken });
    expect([valuesOf(first), valuesOf(rest)]).toEqual([["value of one", "value of two"], ["value of three"]]);
    expect([rest.body.NextToken, rest.body.Errors]).toEqual([undefined, []]);
  });

  it.each([
    [
      "ids and filters",
      { SecretIdList: ["one"], Filters: [{ Key: "name", Values: ["o"] }] },
      /^Either 'SecretIdList' or 'Filters' must be provided, but not both\.$/,
    ],
    [
      "a page of ids",
      { SecretIdList: ["one"], MaxResults: 1 },
      /^'Filters' not specified\. 'Filters' must also be specified when 'MaxResults' is provided\.$/,
    ],
    ["neither", {}, /^Either 'SecretIdList' or 'Filters' must be provided/],
    ["a filter without values", { Filters: [{ Key: "name" }] }, /^Invalid filter values for key: name$/],
    ["a filter without a key", { Filters: [{ Values: ["x"] }] }, /^Invalid filter key$/],
  ])("refuses %s", async (_what, input, message) => {
    const { ask } = await seeded();
    const { body } = await ask("BatchGetSecretValue", input);
    expect([body.__type, body.Message]).toEqual([
      "InvalidParameterException",
      expect.stringMatching(message),
    ]);
  });
});

describe("StopReplicationToReplica", () => {
  it("makes the replica an independent secret with its own ARN, and removes it from the primary", async () => {
    const { ask, there, account } = prepared();
    account.secrets.allowRotationBy(FUNCTION);
    const AddReplicaRegions = [{ Region: THERE, KmsKeyId: "alias/theirs" }, { Region: "us-east-1" }];
    const arn = arnOf(await create(ask, "signer", { AddReplicaRegions, KmsKeyId: "alias/ours" }));
    await ask("RotateSecret", { SecretId: "signer", RotationLambdaARN: FUNCTION, ...token() });
    const promoted = await there("StopReplicationToReplica", { SecretId: "signer" });
    expect(promoted.body).toEqual({ ARN: arn.replace(HERE, THERE) });
    const described = (await there("DescribeSecret", { SecretId: arnOf(promoted) })).body;
    expect(described).toMatchObject({ Name: "signer", KmsKeyId: "alias/theirs" });
    expect([described.PrimaryRegion, described.RotationEnabled]).toEqual([undefined, undefined]);
    expect((await ask("DescribeSecret", { SecretId: "signer" })).body.ReplicationStatus).toEqual([
      { Region: "us-east-1", Status: "InSync" },
    ]);
    // From here on the two are independent.
    await ask("PutSecretValue", { SecretId: "signer", SecretString: "ours", ...token() });
    await there("PutSecretValue", { SecretId: "signer", SecretString: "theirs", ...token() });
    const values = [
      await ask("GetSecretValue", { SecretId: "signer" }),
      await there("GetSecretValue", { SecretId: "signer" }),
    ];
    expect(values.map(({ body }) => body.SecretString)).toEqual(["ours", "theirs"]);
    expect(await there("DeleteSecret", { SecretId: "signer" })).toMatchObject({ status: 200 });
  });

  it.each([
    ["a primary", "signer", "InvalidParameterException"],
    ["a secret without replicas", "alone", "InvalidParameterException"],
    ["one that is not there", "unknown", "ResourceNotFoundException"],
    ["no name", "not a name", "ValidationException"],
    ["one that is marked for deletion", "gone", "InvalidRequestException"],
  ])("is refused for %s", async (_what, SecretId, code) => {
    const { ask } = prepared();
    await create(ask, "signer", { AddReplicaRegions: [{ Region: THERE }] });
    await create(ask, "alone");
    await create(ask, "gone");
    await ask("DeleteSecret", { SecretId: "gone" });
    expect((await ask("StopReplicationToReplica", { SecretId })).body.__type).toBe(code);
  });
});
