/**
 * Exchanges recorded from the real Secrets Manager, replayed request by request: every field except placeholders must
 * agree.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inProcessAws } from "../../fakes/in-process-aws.ts";
import { type RawAnswer, type RawClient, rawSecretsClient } from "./raw.ts";

type Json = Readonly<Record<string, unknown>>;
const { cases } = JSON.parse(
  readFileSync(new URL("../../vectors/secrets-manager-recorded.json", import.meta.url), "utf8"),
) as { cases: Record<string, { content: Record<string, Json | string> }> };

/** One recorded request: the label of its answer ("" if none was kept), operation and input. */
type Step = readonly [label: string, operation: string, input: Json | ((done: Answers) => Json)];
type Answers = Readonly<Record<string, Json>>;

const SecretId = "replayed";
const token = () => ({ ClientRequestToken: randomUUID() });
const versionOf = (done: Answers, label: string) => done[label]?.VersionId;
const create = (label: string, extra: Json = {}): Step => [
  label,
  "CreateSecret",
  { Name: SecretId, ...token(), ...extra },
];
const put = (label: string, SecretString: string, VersionStages?: string[]): Step => [
  label,
  "PutSecretValue",
  { SecretId, SecretString, ...token(), ...(VersionStages && { VersionStages }) },
];
const get = (label: string, which: Json = {}): Step => [label, "GetSecretValue", { SecretId, ...which }];
const versions = (label: string, extra: Json = {}): Step => [
  label,
  "ListSecretVersionIds",
  { SecretId, ...extra },
];
const describeSecret = (label: string): Step => [label, "DescribeSecret", { SecretId }];
const tag = (label: string, ...names: string[]): Step => [
  label,
  "TagResource",
  { SecretId, Tags: names.map((name) => ({ Key: name, Value: name.replace("tag", "value") })) },
];
const untag = (label: string, ...TagKeys: string[]): Step => [label, "UntagResource", { SecretId, TagKeys }];
const remove = (label: string, extra: Json = { ForceDeleteWithoutRecovery: true }): Step => [
  label,
  "DeleteSecret",
  { SecretId, ...extra },
];
const makeCurrent = (label: string, from: string, to: string): Step => [
  label,
  "UpdateSecretVersionStage",
  (done) => ({
    SecretId,
    VersionStage: "AWSCURRENT",
    RemoveFromVersionId: versionOf(done, from),
    MoveToVersionId: versionOf(done, to),
  }),
];

const INVALID = { SecretId: "Inv Name" };
const UNKNOWN_VERSION = randomUUID();
const WITHOUT_TOKEN = { SecretString: "thisisthesecret", Description: "My secret string" };

const STEPS: Readonly<Record<string, readonly Step[]>> = {
  test_put_secret_value_with_version_stages: [
    create("create_secret_rs_0", { SecretString: "secret_string_v0" }),
    get("get_secret_value_res_0"),
    put("put_secret_value_res_1", "secret_string_v1", ["SAMPLESTAGE1", "SAMPLESTAGE0"]),
    get("get_secret_value_res_1"),
    put("put_secret_value_res_2", "secret_string_v2", ["SAMPLESTAGE1", "SAMPLESTAGE0"]),
    get("get_secret_value_res_2"),
    put("put_secret_value_res_3", "secret_string_v3", ["AWSPENDING"]),
    get("get_secret_value_res_3"),
    put("put_secret_value_res_4", "secret_string_v4"),
    get("get_secret_value_res_4"),
    remove("delete_secret_res_1"),
  ],
  test_update_secret_version_stages_current_previous: [
    create("create_secret_rs_0", { SecretString: "secret_string_v0" }),
    versions("list_secret_version_ids_res_0"),
    ["update_secret_res_0", "UpdateSecret", { SecretId, SecretString: "secret_string_v1", ...token() }],
    versions("list_secret_version_ids_res_1"),
    remove("delete_secret_res_0"),
  ],
  test_update_secret_version_stages_current_pending: [
    create("create_secret_rs_0", { SecretString: "Something1" }),
    put("put_secret_value_res_0", "Something2", ["AWSPENDING"]),
    versions("list_secret_version_ids_res_0"),
    makeCurrent("update_secret_version_stage_res_0", "create_secret_rs_0", "put_secret_value_res_0"),
    versions("list_secret_version_ids_res_1"),
    put("put_secret_value_res_1", "SS3"),
    versions("list_secret_version_ids_res_2"),
    remove("delete_secret_res_0"),
  ],
  test_update_secret_version_stages_current_pending_cycle: [
    create("create_secret_rs_0", { SecretString: "S1" }),
    put("put_secret_value_res_0", "S2", ["AWSPENDING"]),
    versions("list_secret_version_ids_res_0"),
    get("get_secret_value_res_0"),
    makeCurrent("update_secret_version_stage_res_0", "create_secret_rs_0", "put_secret_value_res_0"),
    versions("list_secret_version_ids_res_1"),
    get("get_secret_value_res_1"),
    put("put_secret_value_res_1", "S3", ["AWSPENDING"]),
    versions("list_secret_version_ids_res_2"),
    get("get_secret_value_res_2"),
    // The recording calls it a put, but the request moved the label.
    makeCurrent("put_secret_value_res_2", "put_secret_value_res_0", "put_secret_value_res_1"),
    versions("list_secret_version_ids_res_3"),
    get("get_secret_value_res_3"),
    remove("delete_secret_res_0"),
  ],
  test_non_versioning_version_stages_replacement: [
    create("create_secret_rs_0", { SecretString: "S0" }),
    put("put_secret_value_res_0", "S1", ["one", "two", "three"]),
    versions("list_secret_version_ids_res_0"),
    put("put_secret_value_res_1", "S2", ["one", "two", "three", "four"]),
    versions("list_secret_version_ids_res_1"),
    remove("delete_secret_res_0"),
  ],
  test_secret_exists_snapshots: [
    create("", { SecretString: "my_secret" }),
    create("ex_log", { SecretString: "another" }),
    remove("delete_secret_res"),
  ],
  // PutSecretValue has no Description, and the secret does not exist: the missing token is reported first.
  "test_no_client_request_token[PutSecretValue]": [
    ["no-client-request-exc", "PutSecretValue", { SecretId, ...WITHOUT_TOKEN }],
  ],
  "test_no_client_request_token[CreateSecret]": [
    ["no-client-request-exc", "CreateSecret", { Name: SecretId, ...WITHOUT_TOKEN }],
  ],
  test_secret_tags: [
    create("create_secret"),
    describeSecret("describe_secret"),
    tag("tag_resource_1", "tag1"),
    describeSecret("describe_secret_1"),
    tag("tag_resource_2", "tag2"),
    describeSecret("describe_secret_2"),
    untag("untag_resource_1", "tag1"),
    describeSecret("describe_secret_3"),
    untag("untag_resource_2", "tag2"),
    describeSecret("describe_secret_4"),
    tag("", "tag3", "tag4"),
    describeSecret("describe_secret_5"),
    untag("", "tag3", "tag4"),
    describeSecret("describe_secret_6"),
  ],
  test_get_secret_value: [
    create("", { SecretBinary: Buffer.from("footest").toString("base64") }),
    get("secret_value_response"),
    get("secret_value_http_response"),
  ],
  test_get_secret_value_errors: [
    create("", { SecretString: "test" }),
    get("error_get_secret_value_non_existing", { VersionStage: "AWSPREVIOUS" }),
    [
      "mismatch_version_id_and_stage",
      "GetSecretValue",
      (done) => ({ SecretId, VersionId: versionOf(done, "CreateSecret"), VersionStage: "AWSPREVIOUS" }),
    ],
  ],
  test_secret_version_not_found: [
    create(""),
    get("get_secret_value_no_version_ex"),
    get("get_secret_value_version_not_found_ex", { VersionId: UNKNOWN_VERSION }),
    get("get_secret_value_stage_not_found_ex", { VersionStage: "AWSPENDING" }),
  ],
  test_deprecated_secret_version_stage: [
    create("create_secret", { SecretString: "original", Description: "My secret" }),
    versions("list_secret_version_ids"),
    put("put_secret_value_1", "update1"),
    versions("list_secret_version_ids_1"),
    put("put_secret_value_2", "update2"),
    versions("list_secret_version_ids_2"),
    versions("list_secret_version_ids_3", { IncludeDeprecated: true }),
    put("put_secret_value_3", "update3"),
    versions("list_secret_version_ids_4"),
    versions("list_secret_version_ids_5", { IncludeDeprecated: true }),
  ],
  test_create_secret_version_from_empty_secret: [
    create("create-empty-secret", { Description: "" }),
    describeSecret("describe-secret"),
    put("put-secret-value", "example-string-to-protect"),
  ],
  "test_invalid_secret_name[Inv Name]": [
    ["ex_log_1", "CreateSecret", { Name: "Inv Name", SecretString: "MySecretString", ...token() }],
    ["ex_log_2", "DeleteSecret", { ...INVALID, ForceDeleteWithoutRecovery: true }],
    ["ex_log_3", "DescribeSecret", INVALID],
    ["ex_log_4", "GetSecretValue", INVALID],
    ["ex_log_5", "ListSecretVersionIds", { ...INVALID, IncludeDeprecated: true }],
    ["ex_log_6", "PutSecretValue", { ...INVALID, SecretString: "MySecretString", ...token() }],
    ["ex_log_7", "TagResource", { ...INVALID, Tags: [{ Key: "FirstTag", Value: "SomeValue" }] }],
    ["ex_log_8", "UntagResource", { ...INVALID, TagKeys: ["FirstTag"] }],
    ["ex_log_9", "UpdateSecret", { ...INVALID, Description: "MyNewDescription" }],
    ["ex_log_10", "ValidateResourcePolicy", { ...INVALID, ResourcePolicy: '{"Version":"2012-10-17"}' }],
  ],
  test_exp_raised_on_creation_of_secret_scheduled_for_deletion: [
    create("", { SecretString: "my_secret" }),
    remove("delete_res", {}),
    create("invalid_req_ex", { SecretString: "another" }),
  ],
};

/** A placeholder stands for the same value throughout a case; `datetime` is any epoch seconds. */
class Placeholders {
  readonly #bound = new Map([
    ["<SecretId-0idx>", SecretId],
    ["<name:1>", SecretId],
  ]);

  check(expected: unknown, actual: unknown, path: string): void {
    if (expected === "datetime") expect(actual, path).toEqual(expect.any(Number));
    else if (typeof expected === "string") this.#checkText(expected, actual, path);
    else if (Array.isArray(expected)) {
      expect(actual, path).toHaveLength(expected.length);
      for (const [index, each] of expected.entries()) {
        this.check(each, (actual as unknown[])[index], `${path}[${index}]`);
      }
    } else if (typeof expected === "object" && expected !== null) {
      const given = actual as Json;
      expect(Object.keys(given).toSorted(), path).toEqual(Object.keys(expected).toSorted());
      for (const [name, each] of Object.entries(expected)) this.check(each, given[name], `${path}.${name}`);
    } else expect(actual, path).toBe(expected);
  }

  #checkText(expected: string, actual: unknown, path: string): void {
    const names = expected.match(/<[\w-]+(?::\d+)?>/g) ?? [];
    const parts = expected
      .split(/<[\w-]+(?::\d+)?>/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const pattern = parts.reduce((before, part, index) => {
      const bound = this.#bound.get(names[index - 1] as string);
      return `${before}${bound ?? "(.+)"}${part}`;
    });
    expect(actual, path).toMatch(new RegExp(`^${pattern}$`));
    const found = new RegExp(`^${pattern}$`).exec(actual as string)?.slice(1) ?? [];
    for (const name of names.filter((each) => !this.#bound.has(each))) {
      const value = found.shift() as string;
      expect(new Set(this.#bound.values()), `${path}: ${name} is a new value`).not.toContain(value);
      this.#bound.set(name, value);
    }
  }
}

function checkAnswer(
  expected: Json | string,
  answer: RawAnswer,
  operation: string,
  names: Placeholders,
  at: string,
) {
  const { __type, Message, ...fields } = answer.body;
  if (typeof expected === "string") {
    const text = `An error occurred (${__type}) when calling the ${operation} operation: ${Message}`;
    return names.check(expected, text, at);
  }
  const { ResponseMetadata, Metadata, Error: error, Message: _twice, ...rest } = expected;
  const status = (ResponseMetadata as Json)?.HTTPStatusCode ?? (Metadata as Json)?.StatusCode ?? 200;
  expect(answer.status, at).toBe(error === undefined ? 200 : status);
  if (error === undefined) return names.check(rest, fields, at);
  expect(fields, at).toEqual({});
  const { Code, __type: type, Message: text } = error as Json;
  names.check({ code: Code ?? type, text }, { code: __type, text: Message }, at);
}

describe("Secrets Manager, as recorded", () => {
  it.each(Object.entries(cases))("%s", async (name, { content }) => {
    const { account } = inProcessAws();
    const client: RawClient = rawSecretsClient(account.handler);
    const names = new Placeholders();
    const done: Record<string, Json> = {};
    const steps = STEPS[name] ?? [];
    expect(steps.map(([label]) => label).filter(Boolean), "every recorded answer is replayed").toEqual(
      Object.keys(content),
    );
    for (const [label, operation, input] of steps) {
      const answer = await client(operation, typeof input === "function" ? input(done) : input);
      done[label || operation] = answer.body;
      if (label === "") expect(answer.status, operation).toBe(200);
      else checkAnswer(asOnTheWire(content[label] as Json), answer, operation, names, `${name}: ${label}`);
    }
  });
});

/** One recording contains a binary value as Python printed it. */
function asOnTheWire(expected: Json | string): Json | string {
  if (typeof expected === "string" || typeof expected.SecretBinary !== "string") return expected;
  const printed = /^b'(.*)'$/.exec(expected.SecretBinary)?.[1];
  return printed === undefined
    ? expected
    : { ...expected, SecretBinary: Buffer.from(printed).toString("base64") };
}
