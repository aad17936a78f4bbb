/** Scheduled faults, through the npm SDK: each kind on each API, how many calls it hits, and when its effect happens. */
import { GetKeyGroupCommand, ListPublicKeysCommand, UpdateKeyGroupCommand } from "@aws-sdk/client-cloudfront";
import { GetSecretValueCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { apiControl } from "../../src/sandbox/api-control.ts";
import { type FaultKind, type FaultTarget, parseFault, type ServiceCall } from "../../src/sandbox/faults.ts";
import { editGroup, plainPut, rewriteOldValue } from "../../src/sandbox/third-party.ts";
import { type ClientOptions, inProcessAws } from "../fakes/in-process-aws.ts";
import { rawSecretsClient } from "./secrets/raw.ts";
import { testKey } from "./test-key.ts";

function prepared(options: ClientOptions = {}) {
  const aws = inProcessAws(options);
  const { account } = aws;
  const key = account.cloudFront.publicKeys.create(testKey("signing"));
  const second = account.cloudFront.publicKeys.create(testKey("second"));
  const group = account.cloudFront.keyGroups.create({ name: "viewers", items: [key.id], comment: "" });
  account.secrets.create("signer", "first");
  const read = () => aws.cloudFront.send(new GetKeyGroupCommand({ Id: group.id }));
  const comment = async () => (await read()).KeyGroup?.KeyGroupConfig?.Comment;
  const write = (Comment: string, etag = group.etag) =>
    aws.cloudFront.send(
      new UpdateKeyGroupCommand({
        Id: group.id,
        IfMatch: etag,
        KeyGroupConfig: { Name: "viewers", Items: [key.id], Comment },
      }),
    );
  const readSecret = async () =>
    (await aws.secrets.send(new GetSecretValueCommand({ SecretId: "signer" }))).SecretString;
  const put = (SecretString: string) =>
    aws.secrets.send(new PutSecretValueCommand({ SecretId: "signer", SecretString }));
  return { ...aws, key, second, group, comment, write, readSecret, put };
}

const ANSWERS: readonly (readonly [FaultKind, FaultTarget, string, number])[] = [
  ["throttle", "cloudfront", "Throttling", 400],
  ["throttle", "secretsmanager", "ThrottlingException", 400],
  ["error-before", "cloudfront", "InternalError", 500],
  ["error-before", "secretsmanager", "InternalServiceError", 500],
  ["error-after", "cloudfront", "InternalError", 500],
  ["error-after", "secretsmanager", "InternalServiceError", 500],
  ["expired-credentials", "cloudfront", "ExpiredToken", 403],
  ["expired-credentials", "secretsmanager", "ExpiredTokenException", 400],
  ["access-denied", "cloudfront", "AccessDenied", 403],
  ["access-denied", "secretsmanager", "AccessDeniedException", 400],
  ["clock-skew", "cloudfront", "SignatureDoesNotMatch", 403],
  ["clock-skew", "secretsmanager", "InvalidSignatureException", 400],
];

describe("a scheduled fault", () => {
  it.each(ANSWERS)("%s on %s fails with %s and %d, once", async (kind, on, name, status) => {
    const { account, write, put, comment, readSecret } = prepared();
    account.faults.order({ on, kind });
    const call = () => (on === "cloudfront" ? write("changed") : put("changed"));
    const shown = () => (on === "cloudfront" ? comment() : readSecret());
    const before = on === "cloudfront" ? "" : "first";
    await expect(call()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect(await shown()).toBe(kind === "error-after" ? "changed" : before);
    expect(account.faults.list()).toEqual([]);
  });

  it.each(["cloudfront", "secretsmanager"] as const)(
    "drops %s's connection before or after the effect",
    async (on) => {
      const { account, write, put, comment, readSecret } = prepared();
      const call = () => (on === "cloudfront" ? write("changed") : put("changed"));
      const shown = () => (on === "cloudfront" ? comment() : readSecret());
      account.faults.order({ on, kind: "drop-before" });
      await expect(call()).rejects.toMatchObject({ code: "ECONNRESET" });
      expect(await shown()).toBe(on === "cloudfront" ? "" : "first");
      account.faults.order({ on, kind: "drop-after" });
      await expect(call()).rejects.toMatchObject({ code: "ECONNRESET" });
      expect(await shown()).toBe("changed");
    },
  );

  it("delays the call on the clock, and its effect too", async () => {
    const { account, clock, write } = prepared();
    account.faults.order({ on: "cloudfront", kind: "delay", seconds: 20 });
    const startedAt = clock.now();
    const answer = await clock.run(write("late"));
    expect(clock.now() - startedAt).toBe(20);
    expect(answer.KeyGroup?.LastModifiedTime).toEqual(new Date((startedAt + 20) * 1000));
  });

  it("hits the named operation after the calls to skip, as many times as given", async () => {
    const { account, comment, write, cloudFront } = prepared();
    account.faults.order({ on: "cloudfront", operation: "GetKeyGroup", kind: "throttle", skip: 1, times: 2 });
    await comment();
    await cloudFront.send(new ListPublicKeysCommand({}));
    await expect(comment()).rejects.toThrow("Rate exceeded");
    await write("other operations go on");
    await expect(comment()).rejects.toThrow("Rate exceeded");
    expect(await comment()).toBe("other operations go on");
  });

  it("hits each retry of an SDK", async () => {
    const { account, comment } = prepared({ maxAttempts: 3 });
    account.faults.order({ on: "cloudfront", kind: "error-before", times: 2 });
    const calls: ServiceCall[] = [];
    account.faults.onCall((call) => void calls.push(call));
    expect(await comment()).toBe("");
    expect(calls.filter(({ moment }) => moment === "before")).toHaveLength(3);
    expect(calls.filter(({ moment }) => moment === "after")).toHaveLength(1);
  });

  it.each(["cloudfront", "secretsmanager"] as const)(
    "with clock skew on %s lets an SDK correct its clock and continue",
    async (on) => {
      const { account, comment, readSecret } = prepared({ maxAttempts: 2 });
      account.faults.order({ on, kind: "clock-skew", seconds: 7200 });
      expect(await (on === "cloudfront" ? comment() : readSecret())).toBe(on === "cloudfront" ? "" : "first");
      expect(account.faults.list()).toEqual([]);
    },
  );

  it("can be withdrawn", async () => {
    const { account, comment } = prepared();
    const { id } = account.faults.order({
      on: "cloudfront",
      kind: "throttle",
      times: Number.POSITIVE_INFINITY,
    });
    await expect(comment()).rejects.toThrow("Rate exceeded");
    account.faults.cancel(id);
    await expect(comment()).resolves.toBe("");
  });
});

describe("a crash point", () => {
  it.each(["before", "after"] as const)(
    "dies %s the effect, and the caller gets the thrown error",
    async (moment) => {
      const { account, write, comment } = prepared();
      const crash = new Error("the process died here");
      const stop = account.faults.onCall((call) => {
        if (call.operation === "UpdateKeyGroup" && call.moment === moment) throw crash;
      });
      await expect(write("changed")).rejects.toBe(crash);
      stop();
      expect(await comment()).toBe(moment === "after" ? "changed" : "");
    },
  );
});

describe("stale reads", () => {
  it("show an older state for a while, but writes work on the newest", async () => {
    const { account, clock, group, write, comment } = prepared();
    account.cloudFront.staleness = { length: 30, share: 1 };
    await clock.advance(60);
    const { ETag } = await write("newest");
    expect(await comment()).toBe("");
    await expect(write("again", group.etag)).rejects.toMatchObject({ name: "PreconditionFailed" });
    await write("newest of all", ETag);
    await clock.advance(29.999);
    expect(await comment()).toBe("");
    await clock.advance(0.001);
    expect(await comment()).toBe("newest of all");
  });

  it("hide a secret's new version on Secrets Manager, while some reads may be fresh", async () => {
    const { account, clock, put, readSecret } = prepared();
    account.secrets.staleness = { length: 10, share: 0.5 };
    await clock.advance(60);
    await put("second");
    const seen = new Set<string | undefined>();
    for (let count = 0; count < 30; count += 1) seen.add(await readSecret());
    expect(seen).toEqual(new Set(["first", "second"]));
    await clock.advance(10);
    for (let count = 0; count < 30; count += 1) expect(await readSecret()).toBe("second");
  });
});

describe("a third party", () => {
  it("writes its own value, and writes a previous value again", async () => {
    const { account, put, readSecret } = prepared();
    await put("ours");
    plainPut(account, "signer", "theirs");
    expect(await readSecret()).toBe("theirs");
    rewriteOldValue(account, "signer");
    expect(await readSecret()).toBe("ours");
  });

  it("edits a group at once, so that an ETag read before is stale", async () => {
    const { account, group, second, write } = prepared();
    editGroup(account, group.id, (ids) => [...ids, second.id]);
    await expect(write("ours")).rejects.toMatchObject({ name: "PreconditionFailed" });
  });
});

describe("the control endpoint", () => {
  const control = async (
    account: Parameters<typeof apiControl>[0],
    method: string,
    path: string,
    body?: unknown,
  ) => {
    const [name = ""] = path.split("/");
    const answer = await apiControl(account)[name]?.({
      method,
      scheme: "http",
      target: `/_sandbox/${path}`,
      headers: {},
      body: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
      remoteAddress: "127.0.0.1",
    });
    return { status: answer?.status, body: JSON.parse(String(answer?.body)) };
  };

  it("orders, lists and withdraws faults", async () => {
    const { account } = prepared();
    const order = { on: "secretsmanager", operation: "PutSecretValue", kind: "drop-after", times: "always" };
    const { body } = await control(account, "POST", "faults", order);
    expect(body).toEqual({ ...order, id: 1, skip: 0 });
    expect((await control(account, "GET", "faults")).body).toEqual([body]);
    expect((await control(account, "DELETE", "faults/1")).body).toEqual([]);
  });

  it.each([
    [{ on: "cloudfront" }, /^kind is not one of throttle/],
    [{ on: "sqs", kind: "throttle" }, /^on is not one of cloudfront/],
    [{ on: "edge", kind: "access-denied" }, /^kind is not one of throttle, .*, delay, misdated$/],
    [
      { on: "cloudfront", operation: "UpdateKeyGroups", kind: "throttle" },
      /^cloudfront has no operation "UpdateKeyGroups"$/,
    ],
    [
      { on: "secretsmanager", operation: "UpdateKeyGroup", kind: "throttle" },
      /^secretsmanager has no operation/,
    ],
    [{ on: "cloudfront", kind: "throttle", time: 2 }, /no field "time"/],
    [{ on: "cloudfront", kind: "throttle", times: 0 }, /^times is not a whole number of at least 1/],
    [{ on: "cloudfront", kind: "throttle", skip: 0.5 }, /^skip is not a whole number of at least 0/],
    [{ on: "cloudfront", kind: "delay", seconds: "2" }, /^seconds is not a number/],
    ["throttle", /^the body is not a JSON object/],
  ])("refuses %j", async (order, message) => {
    const { account } = prepared();
    const answer = await control(account, "POST", "faults", order);
    expect(answer).toEqual({ status: 400, body: { error: expect.stringMatching(message) } });
    expect(account.faults.list()).toEqual([]);
  });

  it("makes reads stale and fresh, and performs third-party writes", async () => {
    const { account, group, second } = prepared();
    await control(account, "POST", "stale", { on: "cloudfront", seconds: 30 });
    expect(account.cloudFront.staleness).toEqual({ length: 30, share: 1 });
    const edit = { edit: "add-key", group: group.id, publicKey: second.id };
    expect((await control(account, "POST", "third-party", edit)).status).toBe(200);
    expect(account.cloudFront.state.keyGroups.get(group.id)?.config.items).toContain(second.id);
    expect(await control(account, "POST", "third-party", edit)).toMatchObject({
      status: 409,
      body: { code: "InvalidArgument" },
    });
    await control(account, "POST", "third-party", { edit: "plain-put", secret: "signer", value: "theirs" });
    expect(account.secrets.text("signer")).toBe("theirs");
  });

  it("lets RotateSecret invoke a registered function", async () => {
    const { account } = prepared();
    const arn = "arn:aws:lambda:eu-west-1:111111111111:function:rotate";
    const input = { SecretId: "signer", RotationLambdaARN: arn, ClientRequestToken: "r".repeat(32) };
    const rotate = () => rawSecretsClient(account.handler)("RotateSecret", input);
    expect(await rotate()).toMatchObject({ body: { __type: "AccessDeniedException" } });
    expect(await control(account, "POST", "rotation-functions", { arn })).toEqual({
      status: 200,
      body: { functions: [arn] },
    });
    expect(await rotate()).toMatchObject({ status: 200 });
  });

  it("answers a third party's write only once it is saved", async () => {
    const { account } = prepared();
    const order: string[] = [];
    let save = () => {};
    const saving = new Promise<void>((resolve) => {
      save = resolve;
    });
    const kept = { ...account, saved: () => saving.then(() => void order.push("saved")) };
    const edit = { edit: "plain-put", secret: "signer", value: "theirs" };
    const answered = control(kept, "POST", "third-party", edit).then(() => order.push("answered"));
    await new Promise(setImmediate);
    save();
    await answered;
    expect(order).toEqual(["saved", "answered"]);
  });
});

describe("parseFault", () => {
  it("reads every field", () => {
    const order = { on: "edge", operation: "GET", kind: "delay", times: 2, skip: 1, seconds: 0.5 };
    expect(parseFault(order)).toEqual(order);
  });
});
