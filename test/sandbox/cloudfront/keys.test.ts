/** Public keys and key groups with the npm SDK: every refusal that AWS declares for them. */
import { generateKeyPairSync } from "node:crypto";
import {
  type CloudFrontClient,
  CreateKeyGroupCommand,
  CreatePublicKeyCommand,
  DeleteKeyGroupCommand,
  DeletePublicKeyCommand,
  GetKeyGroupCommand,
  GetKeyGroupConfigCommand,
  GetPublicKeyCommand,
  GetPublicKeyConfigCommand,
  ListDistributionsByKeyGroupCommand,
  ListKeyGroupsCommand,
  ListPublicKeysCommand,
  UpdateKeyGroupCommand,
  UpdatePublicKeyCommand,
} from "@aws-sdk/client-cloudfront";
import { describe, expect, it } from "vitest";
import { inProcessAws } from "../../fakes/in-process-aws.ts";

const pemOf = (type: "rsa" | "ec", size: number | string) =>
  (type === "rsa"
    ? generateKeyPairSync("rsa", { modulusLength: size as number })
    : generateKeyPairSync("ec", { namedCurve: size as string })
  ).publicKey
    .export({ type: "spki", format: "pem" })
    .toString();
const P256 = pemOf("ec", "prime256v1");

const keyConfig = (name: string, EncodedKey = P256) => ({
  CallerReference: `reference-${name}`,
  Name: name,
  EncodedKey,
});
async function upload(cloudFront: CloudFrontClient, name: string): Promise<{ id: string; etag: string }> {
  const answer = await cloudFront.send(new CreatePublicKeyCommand({ PublicKeyConfig: keyConfig(name) }));
  return { id: answer.PublicKey?.Id ?? "", etag: answer.ETag ?? "" };
}
const refusal = (name: string, status: number, message?: RegExp) =>
  expect.objectContaining({
    name,
    $metadata: expect.objectContaining({
      httpStatusCode: status,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    }),
    ...(message === undefined ? {} : { message: expect.stringMatching(message) }),
  });

describe("the public key API", () => {
  it("returns a key as it was sent, with CloudFront's line break at the end", async () => {
    const { cloudFront, clock } = inProcessAws();
    const created = await cloudFront.send(
      new CreatePublicKeyCommand({
        PublicKeyConfig: { ...keyConfig("signing"), EncodedKey: P256.trimEnd() },
      }),
    );
    expect(created.PublicKey?.Id).toMatch(/^K[A-Z0-9]{13}$/);
    expect(created.ETag).toMatch(/^E[A-Z0-9]{13}$/);
    expect(created.Location).toBe(
      `https://cloudfront.amazonaws.com/2020-05-31/public-key/${created.PublicKey?.Id}`,
    );
    expect(created.PublicKey?.PublicKeyConfig).toEqual({
      ...keyConfig("signing"),
      EncodedKey: P256,
      Comment: "",
    });
    expect(created.PublicKey?.CreatedTime).toEqual(new Date(clock.now() * 1000));
    const id = { Id: created.PublicKey?.Id };
    const read = await cloudFront.send(new GetPublicKeyCommand(id));
    expect(read.PublicKey).toEqual(created.PublicKey);
    expect(read.ETag).toBe(created.ETag);
    const config = await cloudFront.send(new GetPublicKeyConfigCommand(id));
    expect(config.PublicKeyConfig).toEqual(created.PublicKey?.PublicKeyConfig);
    expect(config.ETag).toBe(created.ETag);
  });

  it.each([
    ["RSA 2048", pemOf("rsa", 2048)],
    ["P-256", P256],
  ])("accepts %s", async (_kind, pem) => {
    const { cloudFront } = inProcessAws();
    const config = keyConfig("signing", pem);
    await expect(
      cloudFront.send(new CreatePublicKeyCommand({ PublicKeyConfig: config })),
    ).resolves.toBeDefined();
  });

  it.each([
    ["RSA 1024", pemOf("rsa", 1024)],
    ["RSA 3072", pemOf("rsa", 3072)],
    ["P-384", pemOf("ec", "secp384r1")],
    ["secp256k1", pemOf("ec", "secp256k1")],
    ["lost line breaks", P256.replaceAll("\n", " ")],
    ["escaped line breaks", P256.replaceAll("\n", "\\n")],
    ["a file name", "file://public.pem"],
    ["a PKCS#1 header", P256.replaceAll("PUBLIC KEY", "RSA PUBLIC KEY")],
    ["base64 that is not a key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"],
  ])("refuses %s", async (_kind, pem) => {
    const { cloudFront, account } = inProcessAws();
    const config = keyConfig("signing", pem);
    await expect(cloudFront.send(new CreatePublicKeyCommand({ PublicKeyConfig: config }))).rejects.toEqual(
      refusal("InvalidArgument", 400, /empty\/invalid\/out of limits RSA Encoded Key/),
    );
    expect(account.cloudFront.state.publicKeys.size).toBe(0);
  });

  it("refuses the same caller reference, and the same name, even with the same key", async () => {
    const { cloudFront } = inProcessAws();
    await upload(cloudFront, "signing");
    const again = new CreatePublicKeyCommand({ PublicKeyConfig: keyConfig("signing") });
    await expect(cloudFront.send(again)).rejects.toEqual(
      refusal("PublicKeyAlreadyExists", 409, /caller reference/),
    );
    const renamed = { ...keyConfig("signing"), CallerReference: "another" };
    await expect(cloudFront.send(new CreatePublicKeyCommand({ PublicKeyConfig: renamed }))).rejects.toEqual(
      refusal("PublicKeyAlreadyExists", 409, /The name that you are using/),
    );
  });

  it("accepts ten keys and refuses the eleventh", async () => {
    const { cloudFront } = inProcessAws();
    for (let count = 0; count < 10; count += 1) await upload(cloudFront, `key-${count}`);
    await expect(upload(cloudFront, "key-10")).rejects.toEqual(refusal("TooManyPublicKeys", 400));
  });

  it("changes a key's comment and nothing else", async () => {
    const { cloudFront } = inProcessAws();
    const { id, etag } = await upload(cloudFront, "signing");
    const config = { ...keyConfig("signing"), Comment: "retired" };
    const updated = await cloudFront.send(
      new UpdatePublicKeyCommand({ Id: id, IfMatch: etag, PublicKeyConfig: config }),
    );
    expect(updated.PublicKey?.PublicKeyConfig?.Comment).toBe("retired");
    expect(updated.ETag).not.toBe(etag);
    const other = {
      Id: id,
      IfMatch: updated.ETag,
      PublicKeyConfig: keyConfig("signing", pemOf("rsa", 2048)),
    };
    await expect(cloudFront.send(new UpdatePublicKeyCommand(other))).rejects.toEqual(
      refusal("CannotChangeImmutablePublicKeyFields", 400),
    );
  });

  it("refuses a missing, a malformed and a stale If-Match, and an unknown ID", async () => {
    const { cloudFront } = inProcessAws();
    const { id, etag } = await upload(cloudFront, "signing");
    const remove = (Id: string, IfMatch?: string) =>
      cloudFront.send(new DeletePublicKeyCommand({ Id, IfMatch }));
    await expect(remove(id)).rejects.toEqual(refusal("InvalidIfMatchVersion", 400));
    await expect(remove(id, `"${etag}"`)).rejects.toEqual(refusal("InvalidIfMatchVersion", 400));
    await expect(remove(id, "E00000000000000".slice(0, 14))).rejects.toEqual(
      refusal("PreconditionFailed", 412),
    );
    await expect(remove("KNOSUCHKEY", etag)).rejects.toEqual(refusal("NoSuchPublicKey", 404));
    await remove(id, etag);
    await expect(cloudFront.send(new GetPublicKeyCommand({ Id: id }))).rejects.toEqual(
      refusal("NoSuchPublicKey", 404),
    );
  });
});

describe("the key group API", () => {
  it("creates, updates and deletes a group, checking If-Match", async () => {
    const { cloudFront, account } = inProcessAws();
    const first = await upload(cloudFront, "first");
    const second = await upload(cloudFront, "second");
    const created = await cloudFront.send(
      new CreateKeyGroupCommand({ KeyGroupConfig: { Name: "viewers", Items: [first.id], Comment: "one" } }),
    );
    const group = created.KeyGroup;
    expect(group?.Id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const update = {
      Id: group?.Id,
      KeyGroupConfig: { Name: "viewers", Items: [first.id, second.id], Comment: "two" },
    };
    const updated = await cloudFront.send(new UpdateKeyGroupCommand({ ...update, IfMatch: created.ETag }));
    expect(updated.KeyGroup?.KeyGroupConfig).toEqual(update.KeyGroupConfig);
    await expect(
      cloudFront.send(new UpdateKeyGroupCommand({ ...update, IfMatch: created.ETag })),
    ).rejects.toEqual(refusal("PreconditionFailed", 412));
    await expect(cloudFront.send(new UpdateKeyGroupCommand(update))).rejects.toEqual(
      refusal("InvalidIfMatchVersion", 400),
    );
    const read = await cloudFront.send(new GetKeyGroupConfigCommand({ Id: group?.Id }));
    expect(read).toMatchObject({ ETag: updated.ETag, KeyGroupConfig: update.KeyGroupConfig });

    await expect(
      cloudFront.send(new DeletePublicKeyCommand({ Id: second.id, IfMatch: second.etag })),
    ).rejects.toEqual(refusal("PublicKeyInUse", 409, /currently associated with either Key Group/));
    const distribution = account.createDistribution({
      callerReference: "one",
      behaviors: [{ pathPattern: "/private/*", trustedKeyGroups: [group?.Id ?? ""] }],
    });
    const byGroup = await cloudFront.send(new ListDistributionsByKeyGroupCommand({ KeyGroupId: group?.Id }));
    expect(byGroup.DistributionIdList).toMatchObject({
      Items: [distribution.id],
      Quantity: 1,
      IsTruncated: false,
      Marker: "",
    });
    const remove = new DeleteKeyGroupCommand({ Id: group?.Id, IfMatch: updated.ETag });
    await expect(cloudFront.send(remove)).rejects.toEqual(refusal("ResourceInUse", 409));
  });

  it("refuses no keys, unknown keys, one key twice, six keys, a taken name and the eleventh group", async () => {
    const { cloudFront } = inProcessAws();
    const keys: string[] = [];
    for (let count = 0; count < 6; count += 1) keys.push((await upload(cloudFront, `key-${count}`)).id);
    const [key = ""] = keys;
    const create = (Name: string, Items: string[]) =>
      cloudFront.send(new CreateKeyGroupCommand({ KeyGroupConfig: { Name, Items } }));
    await expect(create("none", [])).rejects.toEqual(refusal("InvalidArgument", 400));
    await expect(create("unknown", ["K0000000000000"])).rejects.toEqual(refusal("InvalidArgument", 400));
    await expect(create("twice", [key, key])).rejects.toEqual(refusal("InvalidArgument", 400));
    await expect(create("six", keys)).rejects.toEqual(refusal("TooManyPublicKeysInKeyGroup", 400));
    await expect(create("five", keys.slice(0, 5))).resolves.toBeDefined();
    await expect(create("five", [key])).rejects.toEqual(refusal("KeyGroupAlreadyExists", 409));
    for (let count = 1; count < 10; count += 1) await create(`group-${count}`, [key]);
    await expect(create("group-10", [key])).rejects.toEqual(refusal("TooManyKeyGroups", 400));
  });

  it("refuses a rename to a taken name, and an unknown ID", async () => {
    const { cloudFront } = inProcessAws();
    const { id } = await upload(cloudFront, "signing");
    const create = (Name: string) =>
      cloudFront.send(new CreateKeyGroupCommand({ KeyGroupConfig: { Name, Items: [id] } }));
    await create("one");
    const two = await create("two");
    const rename = { Id: two.KeyGroup?.Id, IfMatch: two.ETag, KeyGroupConfig: { Name: "one", Items: [id] } };
    await expect(cloudFront.send(new UpdateKeyGroupCommand(rename))).rejects.toEqual(
      refusal("KeyGroupAlreadyExists", 409),
    );
    const Id = "00000000-0000-0000-0000-000000000000";
    await expect(cloudFront.send(new GetKeyGroupCommand({ Id }))).rejects.toEqual(
      refusal("NoSuchResource", 404),
    );
    await expect(cloudFront.send(new ListDistributionsByKeyGroupCommand({ KeyGroupId: Id }))).rejects.toEqual(
      refusal("NoSuchResource", 404),
    );
  });
});

describe("pages", () => {
  it("lead from Marker to NextMarker, even if the marker's key is gone", async () => {
    const { cloudFront } = inProcessAws();
    const etags = new Map<string, string>();
    for (let count = 0; count < 5; count += 1) {
      const { id, etag } = await upload(cloudFront, `key-${count}`);
      etags.set(id, etag);
    }
    const first = await cloudFront.send(new ListPublicKeysCommand({ MaxItems: 2 }));
    expect(first.PublicKeyList).toMatchObject({ MaxItems: 2, Quantity: 2 });
    const marker = first.PublicKeyList?.NextMarker ?? "";
    expect(marker).toBe(first.PublicKeyList?.Items?.at(-1)?.Id);
    await cloudFront.send(new DeletePublicKeyCommand({ Id: marker, IfMatch: etags.get(marker) }));
    const rest = await cloudFront.send(new ListPublicKeysCommand({ Marker: marker }));
    expect(rest.PublicKeyList).toMatchObject({ MaxItems: 100, Quantity: 3 });
    expect(rest.PublicKeyList?.NextMarker).toBeUndefined();
    const seen = [first, rest].flatMap((page) => page.PublicKeyList?.Items?.map(({ Id }) => Id) ?? []);
    expect(new Set(seen)).toEqual(new Set(etags.keys()));
  });

  it("have neither Items nor NextMarker for an empty list", async () => {
    const { cloudFront } = inProcessAws();
    const { KeyGroupList } = await cloudFront.send(new ListKeyGroupsCommand({}));
    expect(KeyGroupList).toEqual({ MaxItems: 100, Quantity: 0 });
  });
});
