/** Secrets over time: deletion and recovery, replicas and their lag, regions, version limits, filters, bad input. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { inProcessAws } from "../../fakes/in-process-aws.ts";
import { rawSecretsClient } from "./raw.ts";

const DAY = 86_400;

function prepared(options: Parameters<typeof inProcessAws>[0] = {}) {
  const { account, clock } = inProcessAws(options);
  const at = (region: string) => rawSecretsClient(account.handler, region);
  return { account, clock, ask: at("eu-west-1"), at };
}
const refusal = (code: string, message?: RegExp) => ({
  status: 400,
  body: expect.objectContaining({
    __type: code,
    ...(message === undefined ? {} : { Message: expect.stringMatching(message) }),
  }),
});

describe("deletion", () => {
  it("follows the clock: the secret can be restored until the last second, then it is gone and its name is free", async () => {
    const { account, clock, ask } = prepared();
    account.secrets.create("signer", "value");
    const deleted = await ask("DeleteSecret", { SecretId: "signer", RecoveryWindowInDays: 7 });
    expect(deleted.body.DeletionDate).toBe(clock.now() + 7 * DAY);
    await clock.advance(7 * DAY - 1);
    expect((await ask("DescribeSecret", { SecretId: "signer" })).body.DeletedDate).toBe(
      clock.now() - 7 * DAY + 1,
    );
    await clock.advance(1);
    expect(await ask("RestoreSecret", { SecretId: "signer" })).toEqual(refusal("ResourceNotFoundException"));
    account.secrets.create("signer", "another");
    expect(account.secrets.text("signer")).toBe("another");
  });

  it.each([6, 31])("refuses a recovery window of %d days", async (RecoveryWindowInDays) => {
    const { account, ask } = prepared();
    account.secrets.create("signer", "value");
    expect(await ask("DeleteSecret", { SecretId: "signer", RecoveryWindowInDays })).toEqual(
      refusal("InvalidParameterException", /between 7 and 30/),
    );
  });

  it("by force succeeds for a missing secret, and for one already marked for deletion", async () => {
    const { account, ask } = prepared();
    const forced = { SecretId: "signer", ForceDeleteWithoutRecovery: true };
    expect(await ask("DeleteSecret", forced)).toMatchObject({ status: 200 });
    const arn = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:signer-AbCdEf";
    expect(await ask("DeleteSecret", { ...forced, SecretId: arn })).toMatchObject({
      status: 200,
      body: { ARN: arn },
    });
    account.secrets.create("signer", "value");
    await ask("DeleteSecret", { SecretId: "signer" });
    expect(await ask("DeleteSecret", { SecretId: "signer" })).toEqual(
      refusal("InvalidRequestException", /marked for deletion/),
    );
    expect(await ask("DeleteSecret", { ...forced, RecoveryWindowInDays: 7 })).toEqual(
      refusal("InvalidParameterException"),
    );
    await ask("DeleteSecret", forced);
    expect(await ask("DescribeSecret", { SecretId: "signer" })).toEqual(refusal("ResourceNotFoundException"));
  });
});

describe("a replica", () => {
  const replicated = (replicationLag: number) => {
    const all = prepared({ replicationLag });
    all.account.secrets.create("signer", "first", { replicaRegions: ["eu-central-1"] });
    const there = all.at("eu-central-1");
    const shown = async () => (await there("GetSecretValue", { SecretId: "signer" })).body.SecretString;
    const status = async () =>
      (
        (await all.ask("DescribeSecret", { SecretId: "signer" })).body.ReplicationStatus as {
          Status: string;
        }[]
      )[0];
    return { ...all, there, shown, status };
  };

  it("shows a change after its lag, and the primary reports InProgress until then", async () => {
    const { account, clock, shown, status } = replicated(10);
    expect(await status()).toEqual({ Region: "eu-central-1", Status: "InProgress" });
    await clock.advance(10);
    expect([await shown(), await status()]).toEqual(["first", { Region: "eu-central-1", Status: "InSync" }]);
    account.secrets.put("signer", "second");
    await clock.advance(9.999);
    expect([await shown(), (await status())?.Status]).toEqual(["first", "InProgress"]);
    await clock.advance(0.001);
    expect([await shown(), (await status())?.Status]).toEqual(["second", "InSync"]);
  });

  it("that is held out of sync keeps its value, and reports why", async () => {
    const { account, clock, shown, status } = replicated(0);
    account.secrets.holdReplica("signer", "eu-central-1", {
      status: "Failed",
      message: "KMS key is disabled",
    });
    account.secrets.put("signer", "second");
    await clock.advance(DAY);
    expect([await shown(), await status()]).toEqual([
      "first",
      { Region: "eu-central-1", Status: "Failed", StatusMessage: "KMS key is disabled" },
    ]);
    account.secrets.holdReplica("signer", "eu-central-1", undefined);
    expect([await shown(), (await status())?.Status]).toEqual(["second", "InSync"]);
  });

  it("has the primary's name under its own region, and refuses writes", async () => {
    const { there } = replicated(0);
    const described = await there("DescribeSecret", { SecretId: "signer" });
    expect(described.body).toMatchObject({
      ARN: expect.stringContaining(":eu-central-1:"),
      PrimaryRegion: "eu-west-1",
    });
    expect(described.body.ReplicationStatus).toBeUndefined();
    const put = { SecretId: "signer", SecretString: "x", ClientRequestToken: "a".repeat(32) };
    expect(await there("PutSecretValue", put)).toEqual(refusal("InvalidParameterException", /replica/));
  });

  it("replaces a secret of the same name only with overwrite", async () => {
    const { account, ask, at } = prepared();
    const there = at("eu-central-1");
    const theirs = { Name: "signer", SecretString: "theirs", ClientRequestToken: "t".repeat(32) };
    await there("CreateSecret", theirs);
    account.secrets.create("signer", "first");
    const asked = { SecretId: "signer", AddReplicaRegions: [{ Region: "eu-central-1" }] };
    expect(await ask("ReplicateSecretToRegions", asked)).toMatchObject({ status: 200 });
    const shown = async () => (await there("GetSecretValue", { SecretId: "signer" })).body.SecretString;
    expect(await shown()).toBe("theirs");
    const forced = { ...asked, ForceOverwriteReplicaSecret: true };
    expect(await ask("ReplicateSecretToRegions", forced)).toMatchObject({ status: 200 });
    expect(await shown()).toBe("first");

    await there("CreateSecret", { ...theirs, Name: "another" });
    const created = { ...theirs, Name: "another", AddReplicaRegions: asked.AddReplicaRegions };
    const overwriting = { ...created, SecretString: "ours", ForceOverwriteReplicaSecret: true };
    expect(await ask("CreateSecret", overwriting)).toMatchObject({ status: 200 });
    expect((await there("GetSecretValue", { SecretId: "another" })).body.SecretString).toBe("ours");
  });

  it("exists once per region", async () => {
    const { account, ask } = prepared();
    account.secrets.create("signer", "first");
    const twice = [{ Region: "eu-central-1" }, { Region: "eu-central-1" }];
    expect(await ask("ReplicateSecretToRegions", { SecretId: "signer", AddReplicaRegions: twice })).toEqual(
      refusal("InvalidParameterException", /^Invalid replica region\.$/),
    );
  });

  it("cannot be read in other regions", async () => {
    const { at } = replicated(0);
    const elsewhere = await at("us-east-1")("GetSecretValue", { SecretId: "signer" });
    expect(elsewhere).toEqual(refusal("ResourceNotFoundException"));
  });
});

describe("versions", () => {
  const count = async (ask: ReturnType<typeof rawSecretsClient>) => {
    const ids: string[] = [];
    let NextToken: unknown;
    do {
      const page = await ask("ListSecretVersionIds", {
        SecretId: "signer",
        IncludeDeprecated: true,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      ids.push(...(page.body.Versions as { VersionId: string }[]).map(({ VersionId }) => VersionId));
      NextToken = page.body.NextToken;
    } while (NextToken !== undefined);
    return ids.length;
  };

  it("are limited to a hundred; the oldest without a label is removed, but only after a day", async () => {
    const { account, clock, ask } = prepared();
    account.secrets.create("signer", "0");
    account.secrets.put("signer", "pinned", ["keyturn-old"]);
    for (let n = 1; n <= 98; n += 1) account.secrets.put("signer", String(n));
    expect(await count(ask)).toBe(100);
    const put = (SecretString: string) =>
      ask("PutSecretValue", { SecretId: "signer", SecretString, ClientRequestToken: randomUUID() });
    expect(await put("one too many")).toEqual(refusal("LimitExceededException"));
    await clock.advance(DAY - 1);
    expect(await put("just before")).toEqual(refusal("LimitExceededException"));
    expect(account.secrets.text("signer")).toBe("98");
    await clock.advance(1);
    expect(await put("after")).toMatchObject({ status: 200 });
    expect(await count(ask)).toBe(100);
    expect(account.secrets.text("signer", "keyturn-old")).toBe("pinned");
    expect(account.secrets.text("signer")).toBe("after");
  });
});

describe("ListSecrets", () => {
  const filtered = async (ask: ReturnType<typeof rawSecretsClient>, Key: string, ...Values: string[]) => {
    const { body } = await ask("ListSecrets", { Filters: [{ Key, Values }], SortOrder: "asc" });
    return (body.SecretList as { Name: string }[]).map(({ Name }) => Name);
  };
  const seeded = async () => {
    const all = prepared();
    const { secrets } = all.account;
    for (const [name, description] of [
      ["testing1/one", "a secret"],
      ["/testing2/two", "an secret"],
      ["testing3/three", "asecret"],
      ["/testing4/four", "thesecret"],
    ] as const) {
      secrets.create(name, "x", { description, tags: [{ key: `key-${name}`, value: "Blue" }] });
      await all.clock.advance(1);
    }
    return all;
  };

  // As LocalStack's tests observed it on AWS.
  it.each([
    ["name", ["/"], ["/testing2/two", "/testing4/four"]],
    ["name", ["!/"], ["testing1/one", "testing3/three"]],
    ["name", ["testing1 one"], []],
    ["name", ["an"], []],
    ["description", ["a"], ["testing1/one", "/testing2/two", "testing3/three"]],
    ["description", ["!a"], ["/testing4/four"]],
    ["description", ["a secret"], ["testing1/one", "/testing2/two"]],
    ["description", ["!c"], ["testing1/one", "/testing2/two", "testing3/three", "/testing4/four"]],
    ["tag-key", ["key-testing1"], ["testing1/one"]],
    ["tag-value", ["Red", "Blu"], ["testing1/one", "/testing2/two", "testing3/three", "/testing4/four"]],
    ["owning-service", ["cloudfront"], []],
    ["primary-region", ["us-"], []],
    ["all", ["THESE"], ["/testing4/four"]],
  ])("filters %s by %j", async (key, values, expected) => {
    const { ask } = await seeded();
    expect(await filtered(ask, key, ...values)).toEqual(expected);
  });

  it("goes through pages in order", async () => {
    const { ask } = await seeded();
    const first = await ask("ListSecrets", { MaxResults: 3, SortBy: "name", SortOrder: "asc" });
    const rest = await ask("ListSecrets", {
      MaxResults: 3,
      SortBy: "name",
      SortOrder: "asc",
      NextToken: first.body.NextToken,
    });
    const names = [first, rest].map(({ body }) =>
      (body.SecretList as { Name: string }[]).map(({ Name }) => Name),
    );
    expect(names).toEqual([["/testing2/two", "/testing4/four", "testing1/one"], ["testing3/three"]]);
    expect(rest.body.NextToken).toBeUndefined();
  });
});

describe("bad input", () => {
  it.each([
    ["no JSON", "{", "SerializationException"],
    ["a list", [], "SerializationException"],
    ["a number for a name", { SecretId: 1 }, "SerializationException"],
    ["no id", {}, "ValidationException"],
    ["an empty id", { SecretId: "" }, "ValidationException"],
    ["a short version id", { SecretId: "signer", VersionId: "short" }, "ValidationException"],
  ])("is refused: %s", async (_what, input, code) => {
    const { ask } = prepared();
    expect(await ask("GetSecretValue", input)).toEqual(refusal(code));
  });

  it("is not repeated in the message if it is a secret value", async () => {
    const { ask } = prepared();
    const SecretString = "s3cret".repeat(20_000);
    const token = { ClientRequestToken: "a".repeat(32) };
    const answer = await ask("CreateSecret", { Name: "signer", SecretString, ...token });
    expect(answer).toEqual(refusal("ValidationException", /'secretString'.*less than or equal to 65536/));
    expect(JSON.stringify(answer)).not.toContain("s3cret");
  });

  it("is refused if it has both kinds of value, or none", async () => {
    const { account, ask } = prepared();
    account.secrets.create("signer", "value");
    const put = { SecretId: "signer", ClientRequestToken: "a".repeat(32) };
    expect(await ask("PutSecretValue", put)).toEqual(refusal("InvalidRequestException"));
    const both = { ...put, SecretString: "x", SecretBinary: "eA==" };
    expect(await ask("PutSecretValue", both)).toEqual(refusal("InvalidParameterException"));
  });

  it.each(["CreateKeyGroup", "constructor", "Nonsense"])(
    "%s is refused as an unknown operation",
    async (operation) => {
      const { ask } = prepared();
      expect(await ask(operation, {})).toEqual(refusal("UnknownOperationException"));
    },
  );
});

describe("labels", () => {
  // As LocalStack's tests recorded it on AWS (cycle_custom_stages_2).
  it("that users set stay in place while AWS's own move", () => {
    const { account } = prepared();
    const { secrets } = account;
    secrets.create("signer", "SS");
    const first = secrets.put("signer", "S1", ["AWSCURRENT", "PUT0"]);
    const second = secrets.put("signer", "S2", ["AWSPENDING", "PUT1"]);
    secrets.moveStage("signer", "AWSCURRENT", { from: first, to: second });
    expect(secrets.stages("signer")).toMatchObject({
      [first]: ["AWSPREVIOUS", "PUT0"],
      [second]: ["AWSCURRENT", "AWSPENDING", "PUT1"],
    });
    const third = secrets.put("signer", "S3", ["AWSPENDING", "PUT2"]);
    expect(secrets.stages("signer")[second]).toEqual(["AWSCURRENT", "PUT1"]);
    secrets.moveStage("signer", "AWSCURRENT", { from: second, to: third });
    expect(secrets.stages("signer")).toMatchObject({
      [first]: ["PUT0"],
      [second]: ["AWSPREVIOUS", "PUT1"],
      [third]: ["AWSCURRENT", "AWSPENDING", "PUT2"],
    });
  });

  it("are limited to twenty per version", async () => {
    const { account, ask } = prepared();
    const SecretId = "signer";
    account.secrets.create(SecretId, "value");
    const first = Array.from({ length: 20 }, (_, n) => `label-${n}`);
    const target = account.secrets.put(SecretId, "labelled", first);
    const move = { SecretId, VersionStage: "one-more", MoveToVersionId: target };
    expect(await ask("UpdateSecretVersionStage", move)).toEqual(refusal("LimitExceededException"));
    expect(account.secrets.stages(SecretId)[target]).toHaveLength(20);
  });

  it("are named in the refusal together with their version", async () => {
    const { account, ask } = prepared();
    account.secrets.create("signer", "value");
    const target = account.secrets.put("signer", "next", ["keyturn-new"]);
    const [holder] = Object.keys(account.secrets.stages("signer"));
    const move = { SecretId: "signer", VersionStage: "AWSCURRENT", MoveToVersionId: target };
    expect((await ask("UpdateSecretVersionStage", move)).body.Message).toBe(
      `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
    const remove = { SecretId: "signer", VersionStage: "AWSCURRENT", RemoveFromVersionId: holder };
    expect((await ask("UpdateSecretVersionStage", remove)).body.Message).toBe(
      "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
    );
  });
});
