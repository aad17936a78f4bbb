/**
 * Several clients at once, compared with a small model: labels, ETags and references. The model is written as plainly
 * as possible from the wire contract's sentences alone, and shares no code with the sandbox. 10,000 steps; a failure
 * prints its seed and path, and `MODEL_SEED=... MODEL_PATH=... npx vitest run test/sandbox/model` replays it.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAccount } from "../../src/sandbox/account.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { seededRandom } from "../fakes/seeded-random.ts";
import { rawCloudFrontClient } from "./cloudfront/raw.ts";
import { rawSecretsClient } from "./secrets/raw.ts";
import { TEST_PEM } from "./test-key.ts";

const STEPS_PER_RUN = 100;
const RUNS = Number(process.env.MODEL_RUNS ?? 100);
const CLIENTS = 3;

const account = () => createAccount({ clock: new ManualClock(), random: seededRandom(7) });
const replay = {
  numRuns: RUNS,
  ...(process.env.MODEL_SEED === undefined ? {} : { seed: Number(process.env.MODEL_SEED) }),
  ...(process.env.MODEL_PATH === undefined ? {} : { path: process.env.MODEL_PATH }),
};
const stepsOf = <T>(step: fc.Arbitrary<T>) =>
  fc.array(step, { minLength: STEPS_PER_RUN, maxLength: STEPS_PER_RUN, size: "max" });

// --- Secrets Manager: labels ---------------------------------------------------------------------------------------

const LABELS = ["AWSCURRENT", "AWSPREVIOUS", "AWSPENDING", "keyturn-new", "keyturn-old"] as const;
const SECRETS = ["one", "two"] as const;
const TOKENS = Array.from({ length: 6 }, (_, n) => `version-${n}-of-some-secret-padded-to-32`);

const secretStep = fc.record({
  what: fc.constantFrom("create", "put", "put", "move", "move", "move", "get", "list", "delete"),
  secret: fc.constantFrom(...SECRETS),
  token: fc.constantFrom(...TOKENS),
  other: fc.option(fc.constantFrom(...TOKENS), { nil: undefined }),
  value: fc.constantFrom("red", "blue"),
  label: fc.constantFrom(...LABELS),
  labels: fc.option(fc.uniqueArray(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 3 }), {
    nil: undefined,
  }),
});
type SecretStep = typeof secretStep extends fc.Arbitrary<infer T> ? T : never;

/** One secret as a set of labels, each of which is on at most one version. */
class ModelSecret {
  readonly values = new Map<string, string>();
  readonly labelOn = new Map<string, string>();

  makeCurrent(version: string): void {
    const former = this.labelOn.get("AWSCURRENT");
    this.labelOn.set("AWSCURRENT", version);
    if (former !== undefined && former !== version) this.labelOn.set("AWSPREVIOUS", former);
  }

  put(version: string, value: string, labels: readonly string[]): string {
    const known = this.values.get(version);
    if (known !== undefined) return known === value ? "ok" : "ResourceExistsException";
    this.values.set(version, value);
    const former = this.labelOn.get("AWSCURRENT");
    const isCurrent = labels.includes("AWSCURRENT") || former === undefined;
    if (isCurrent && this.labelOn.get("AWSPENDING") === former) this.labelOn.delete("AWSPENDING");
    for (const label of labels) if (label !== "AWSCURRENT") this.labelOn.set(label, version);
    if (isCurrent) this.makeCurrent(version);
    return "ok";
  }

  move(label: string, from: string | undefined, to: string | undefined): string {
    if ([from, to].some((version) => version !== undefined && !this.values.has(version))) {
      return "ResourceNotFoundException";
    }
    const holder = this.labelOn.get(label);
    if (from === undefined && to === undefined) return "InvalidParameterException";
    if (from !== undefined && from !== holder) return "InvalidParameterException";
    if (to === undefined) {
      if (label === "AWSCURRENT") return "InvalidParameterException";
      this.labelOn.delete(label);
    } else if (holder !== to) {
      if (holder !== undefined && from === undefined) return "InvalidParameterException";
      if (label === "AWSCURRENT") this.makeCurrent(to);
      else this.labelOn.set(label, to);
    }
    return "ok";
  }

  stages(): Record<string, string[]> {
    const all: Record<string, string[]> = {};
    for (const version of this.values.keys()) all[version] = [];
    for (const [label, version] of this.labelOn) all[version]?.push(label);
    for (const labels of Object.values(all)) labels.sort();
    return all;
  }
}

async function secretStepAgrees(
  model: Map<string, ModelSecret>,
  ask: ReturnType<typeof rawSecretsClient>,
  step: SecretStep,
): Promise<void> {
  const { secret: name, token, other, value, label, labels } = step;
  const secret = model.get(name);
  const SecretId = name;
  const expectCode = async (code: string, operation: string, input: object) => {
    const { status, body } = await ask(operation, input);
    expect(status === 200 ? "ok" : body.__type, `${operation} ${JSON.stringify(input)}`).toBe(code);
    return body;
  };
  const missing = "ResourceNotFoundException";
  switch (step.what) {
    case "create": {
      const isRepeated = secret?.values.get(token) === value;
      const isOther = secret?.values.has(token) === true && !isRepeated;
      const code = secret === undefined || isRepeated ? "ok" : "ResourceExistsException";
      const body = await expectCode(code, "CreateSecret", {
        Name: name,
        ClientRequestToken: token,
        SecretString: value,
      });
      if (isOther) expect(body.Message).toContain("ClientRequestToken");
      if (secret === undefined) {
        model.set(name, new ModelSecret());
        model.get(name)?.put(token, value, ["AWSCURRENT"]);
      }
      return;
    }
    case "put": {
      const code = secret?.put(token, value, labels ?? ["AWSCURRENT"]) ?? missing;
      await expectCode(code, "PutSecretValue", {
        SecretId,
        ClientRequestToken: token,
        SecretString: value,
        ...(labels && { VersionStages: labels }),
      });
      return;
    }
    case "move": {
      // Half of the moves name where the label is, as a careful client does.
      const from = value === "red" ? secret?.labelOn.get(label) : other;
      const to = labels === undefined && other !== undefined ? undefined : token;
      const code = secret?.move(label, from, to) ?? missing;
      await expectCode(code, "UpdateSecretVersionStage", {
        SecretId,
        VersionStage: label,
        ...(from && { RemoveFromVersionId: from }),
        ...(to && { MoveToVersionId: to }),
      });
      return;
    }
    case "get": {
      const version = secret?.labelOn.get(label);
      const body = await expectCode(version === undefined ? missing : "ok", "GetSecretValue", {
        SecretId,
        VersionStage: label,
      });
      if (version !== undefined) {
        expect(body).toMatchObject({ VersionId: version, SecretString: secret?.values.get(version) });
      }
      return;
    }
    case "list": {
      const input = { SecretId, IncludeDeprecated: true };
      const body = await expectCode(secret === undefined ? missing : "ok", "ListSecretVersionIds", input);
      if (secret === undefined) return;
      const versions = body.Versions as { VersionId: string; VersionStages?: string[] }[];
      const shown = Object.fromEntries(versions.map((each) => [each.VersionId, each.VersionStages ?? []]));
      expect(shown).toEqual(secret.stages());
      return;
    }
    case "delete":
      // Rarely, because a secret's state takes a while to build up.
      if (token !== TOKENS[0] || label !== "AWSCURRENT") return;
      await expectCode("ok", "DeleteSecret", { SecretId, ForceDeleteWithoutRecovery: true });
      model.delete(name);
  }
}

// --- CloudFront: ETags and references ------------------------------------------------------------------------------

const NAMES = ["red", "green", "blue"] as const;
const client = fc.nat({ max: CLIENTS - 1 });
const cloudFrontStep = fc.record({
  client,
  what: fc.constantFrom(
    "upload",
    "comment",
    "drop-key",
    "make-group",
    "edit",
    "edit",
    "drop-group",
    "look",
    "look",
  ),
  name: fc.constantFrom(...NAMES),
  keys: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 3 }),
  comment: fc.constantFrom("a", "b"),
});
type CloudFrontStep = typeof cloudFrontStep extends fc.Arbitrary<infer T> ? T : never;

interface ModelThing {
  readonly id: string;
  etag: string;
  comment: string;
  keys: string[];
}
/** The keys and groups that exist, by name, and the IDs and ETags that each client saw last. */
class ModelAccount {
  readonly keys = new Map<string, ModelThing>();
  readonly groups = new Map<string, ModelThing>();
  readonly beliefs = Array.from({ length: CLIENTS }, () => new Map<string, { id: string; etag: string }>());
}

async function cloudFrontStepAgrees(
  model: ModelAccount,
  ask: ReturnType<typeof rawCloudFrontClient>,
  step: CloudFrontStep,
): Promise<void> {
  const { name, comment } = step;
  const beliefs = model.beliefs[step.client] as Map<string, { id: string; etag: string }>;
  const expectCode = async (code: string, method: string, path: string, body = "", ifMatch?: string) => {
    const answer = await ask(method, path, body, ifMatch);
    expect(answer.code ?? "ok", `${method} ${path} ${body}`).toBe(code);
    return answer;
  };
  const keyXml = `<PublicKeyConfig><CallerReference>${name}</CallerReference><Name>${name}</Name><EncodedKey>${TEST_PEM}</EncodedKey><Comment>${comment}</Comment></PublicKeyConfig>`;
  const idOf = (key: string) => model.keys.get(key)?.id ?? "KNOSUCHKEY0000";
  const groupXml = `<KeyGroupConfig><Comment>${comment}</Comment><Items>${step.keys.map((key) => `<PublicKey>${idOf(key)}</PublicKey>`).join("")}</Items><Name>${name}</Name></KeyGroupConfig>`;
  const isGoodGroup = step.keys.length > 0 && step.keys.every((key) => model.keys.has(key));
  const believedKey = beliefs.get(`key ${name}`);
  const believedGroup = beliefs.get(`group ${name}`);
  const byId = (things: Map<string, ModelThing>, id: string) =>
    [...things.values()].find((each) => each.id === id);
  const guard = (thing: ModelThing | undefined, etag: string, missing: string) =>
    thing === undefined ? missing : thing.etag === etag ? "ok" : "PreconditionFailed";

  switch (step.what) {
    case "upload": {
      const code = model.keys.has(name) ? "PublicKeyAlreadyExists" : "ok";
      const { etag = "", id = "" } = await expectCode(code, "POST", "/public-key", keyXml);
      if (code !== "ok") return;
      model.keys.set(name, { id, etag, comment, keys: [] });
      beliefs.set(`key ${name}`, { id, etag });
      return;
    }
    case "comment": {
      if (believedKey === undefined) return;
      const key = byId(model.keys, believedKey.id);
      const code = guard(key, believedKey.etag, "NoSuchPublicKey");
      const path = `/public-key/${believedKey.id}/config`;
      const { etag = "" } = await expectCode(code, "PUT", path, keyXml, believedKey.etag);
      if (code !== "ok" || key === undefined) return;
      expect(etag).not.toBe(key.etag);
      Object.assign(key, { etag, comment });
      beliefs.set(`key ${name}`, { id: key.id, etag });
      return;
    }
    case "drop-key": {
      if (believedKey === undefined) return;
      const key = byId(model.keys, believedKey.id);
      const isUsed = [...model.groups.values()].some((group) => group.keys.includes(believedKey.id));
      const guarded = guard(key, believedKey.etag, "NoSuchPublicKey");
      const code = guarded === "ok" && isUsed ? "PublicKeyInUse" : guarded;
      await expectCode(code, "DELETE", `/public-key/${believedKey.id}`, "", believedKey.etag);
      if (code === "ok") model.keys.delete(name);
      return;
    }
    case "make-group": {
      const code = !isGoodGroup ? "InvalidArgument" : model.groups.has(name) ? "KeyGroupAlreadyExists" : "ok";
      const { etag = "", id = "" } = await expectCode(code, "POST", "/key-group", groupXml);
      if (code !== "ok") return;
      model.groups.set(name, { id, etag, comment, keys: step.keys.map(idOf) });
      beliefs.set(`group ${name}`, { id, etag });
      return;
    }
    case "edit": {
      if (believedGroup === undefined) return;
      const group = byId(model.groups, believedGroup.id);
      const guarded = guard(group, believedGroup.etag, "NoSuchResource");
      const code = guarded === "ok" && !isGoodGroup ? "InvalidArgument" : guarded;
      const path = `/key-group/${believedGroup.id}`;
      const { etag = "" } = await expectCode(code, "PUT", path, groupXml, believedGroup.etag);
      if (code !== "ok" || group === undefined) return;
      expect(etag).not.toBe(group.etag);
      Object.assign(group, { etag, comment, keys: step.keys.map(idOf) });
      beliefs.set(`group ${name}`, { id: group.id, etag });
      return;
    }
    case "drop-group": {
      if (believedGroup === undefined) return;
      const code = guard(byId(model.groups, believedGroup.id), believedGroup.etag, "NoSuchResource");
      await expectCode(code, "DELETE", `/key-group/${believedGroup.id}`, "", believedGroup.etag);
      if (code === "ok") model.groups.delete(name);
      return;
    }
    case "look":
      for (const [kind, path, things] of [
        ["key", "/public-key", model.keys],
        ["group", "/key-group", model.groups],
      ] as const) {
        const thing = things.get(name);
        if (thing === undefined) continue;
        const answer = await expectCode("ok", "GET", `${path}/${thing.id}`);
        expect(answer.etag).toBe(thing.etag);
        expect(answer.text).toContain(`<Comment>${thing.comment}</Comment>`);
        for (const key of thing.keys) expect(answer.text).toContain(`<PublicKey>${key}</PublicKey>`);
        beliefs.set(`${kind} ${name}`, { id: thing.id, etag: thing.etag });
      }
  }
}

describe("the sandbox agrees with the model", () => {
  it(`on labels, over ${RUNS} runs of ${STEPS_PER_RUN} steps`, async () => {
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(stepsOf(secretStep), async (run) => {
        const model = new Map<string, ModelSecret>();
        const ask = rawSecretsClient(account().handler);
        for (const step of run) {
          await secretStepAgrees(model, ask, step);
          steps += 1;
        }
      }),
      replay,
    );
    if (process.env.MODEL_PATH === undefined) expect(steps).toBe(RUNS * STEPS_PER_RUN);
  });

  it(`on ETags and references, over ${RUNS} runs of ${STEPS_PER_RUN} steps`, async () => {
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(stepsOf(cloudFrontStep), async (run) => {
        const model = new ModelAccount();
        const ask = rawCloudFrontClient(account().handler);
        for (const step of run) {
          await cloudFrontStepAgrees(model, ask, step);
          steps += 1;
        }
      }),
      replay,
    );
    if (process.env.MODEL_PATH === undefined) expect(steps).toBe(RUNS * STEPS_PER_RUN);
  });
});
