/**
 * Whole rotations with secrets in every kind of wrapping: signers keep working, and afterwards only the key has
 * changed.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { parseSecretValue } from "../../src/keys/secret-value.ts";
import { runProgram } from "../../src/program.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { Sealed } from "../../src/sealed.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";
import { Viewers } from "./viewers.ts";

const SHORT = { cookieTtl: 12, signerCache: 4, settle: 6, propagation: 4 } as const;

interface Wrapped {
  readonly name: string;
  readonly declared: { readonly format: string; readonly fields?: Readonly<Record<string, string>> };
  readonly source: "in-secret" | "derived";
  build(key: KeyObject, id: string): string;
}

const pem = (key: KeyObject) => key.export({ type: "sec1", format: "pem" }) as string;
const pkcs8 = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }) as string;
const publicPem = (key: KeyObject) => createPublicKey(key).export({ type: "spki", format: "pem" }) as string;
const base64 = (text: string) => Buffer.from(text).toString("base64");
const FIELDS = { privateKey: "CF_KEY", keyPairId: "CF_KEY_ID" };

const WRAPPED: readonly Wrapped[] = [
  {
    name: "JSON with the PEM in base64, its public half and settings beside it",
    declared: { format: "json" },
    source: "in-secret",
    build: (key, id) =>
      `{\r\n\t"b" : 1.0, "privateKey":"${base64(pkcs8(key))}",\r\n\t"public": ${JSON.stringify(publicPem(key))},"keyPairId":"${id}" }\r\n`,
  },
  {
    name: "base64 of JSON with JSON in a string that holds the PEM in base64",
    declared: { format: "json", fields: { privateKey: "cdn.key", keyPairId: "cdn.id" } },
    source: "in-secret",
    build: (key, id) =>
      base64(JSON.stringify({ z: 1, cdn: JSON.stringify({ id, key: base64(pem(key)) }) }, null, 2)),
  },
  {
    name: ".env lines",
    declared: { format: "pem", fields: FIELDS },
    source: "in-secret",
    build: (key, id) =>
      `# cdn\nexport DB='postgres://u:p@h/d'\nCF_KEY_ID=${id}\nCF_KEY="${pem(key).replaceAll("\n", "\\n")}"\nLEVEL=3\n`,
  },
  {
    name: "YAML with both halves",
    declared: { format: "pem", fields: { privateKey: "private", keyPairId: "key_id" } },
    source: "in-secret",
    build: (key, id) =>
      stringify({ cdn: { key_id: id, private: pem(key), public: publicPem(key) }, other: [1] }),
  },
  {
    name: "base64 of a PEM, wrapped at 76",
    declared: { format: "pem" },
    source: "derived",
    build: (key) => `${(base64(pem(key)).match(/.{1,76}/g) ?? []).join("\n")}\n`,
  },
  {
    name: "DER in base64",
    declared: { format: "pem" },
    source: "derived",
    build: (key) => key.export({ type: "pkcs8", format: "der" }).toString("base64"),
  },
  {
    name: "a PEM on one line with bars",
    declared: { format: "pem" },
    source: "derived",
    build: (key) => pkcs8(key).trimEnd().replaceAll("\n", "|"),
  },
];

const current = ({ site }: SiteWorld) => site.account.secrets.text(DEMO.secret) ?? "";

/** The demo gate's key in another wrapping, declared in keyturn.yaml. */
async function wrapped({ declared, source, build }: Wrapped) {
  const world = await siteWorld({
    settings: { ...SHORT, keyPairId: source },
    mintLimit: { count: 100_000, per: 1 },
  });
  const { privateKey, keyPairId } = JSON.parse(current(world));
  const before = build(createPrivateKey(privateKey), keyPairId);
  world.site.account.secrets.put(DEMO.secret, before);
  const yaml = parse(world.site.gateYaml);
  yaml.gates.demo.secret = { id: DEMO.secret, ...declared };
  yaml.gates.demo.signer.keyPairId = source;
  const files = { "keyturn.yaml": stringify(yaml) };
  const secret = {
    id: DEMO.secret,
    format: declared.format as "json",
    fields: { privateKey: "privateKey", keyPairId: "keyPairId", ...declared.fields },
  };
  const keyNow = () => parseSecretValue({ text: new Sealed(current(world)) }, secret).privateKey;
  return { world, before, files, keyNow, oldId: keyPairId as string };
}

describe.each(WRAPPED)("a secret that is $name", (form) => {
  it("is rotated while viewers mint, and changes only in key and ID", async () => {
    const { world, before, files, keyNow, oldId } = await wrapped(form);
    const viewers = new Viewers(world);
    const operator = world.direct(undefined, { files });
    const rotate = async () => {
      const exitCode = await runProgram(words("rotate start --gate demo --yes --wait"), operator);
      await world.clock.sleep(5);
      viewers.stop();
      return exitCode;
    };
    const [, exitCode] = await world.clock.run(Promise.all([viewers.run(), rotate()]));
    expect(exitCode).toBe(0);
    const [newId] = world.site.account.cloudFront.keyGroups.get(world.site.ids.keyGroupId).config.items;
    expect(newId).not.toBe(oldId);
    expect(current(world)).toBe(form.build(keyNow(), newId as string));
    expect(current(world)).not.toBe(before);
    expect(viewers.denied).toEqual([]);
    expect([...viewers.mintsByKey.keys()]).toEqual([oldId, newId]);
  });

  it("is unchanged, byte for byte, after an abort", async () => {
    const { world, before, files } = await wrapped(form);
    const operator = world.direct(undefined, { files });
    const started = words("rotate start --gate demo --yes --until signer-switched --wait");
    expect((await runCommand(started, operator)).exitCode).toBe(8);
    expect(current(world)).not.toBe(before);
    expect((await runCommand(words("rotate abort --gate demo --yes --wait"), operator)).exitCode).toBe(0);
    expect(current(world)).toBe(before);
  });
});

describe("a secret that cannot be written back", () => {
  const inJson = (change: (json: string) => string): Wrapped => ({
    name: "",
    declared: { format: "json" },
    source: "in-secret",
    build: (key, keyPairId) => change(JSON.stringify({ privateKey: pem(key), keyPairId })),
  });
  const refused = async (form: Wrapped, id: string, flags = "") => {
    const { world, before, files } = await wrapped(form);
    const operator = () => world.direct(undefined, { files });
    const planned = await runCommand(words(`rotate plan --gate demo${flags}`), operator());
    expect([planned.exitCode, planned.stdout]).toEqual([1, expect.stringContaining(`error ${id}`)]);
    const started = await runCommand(words(`rotate start --gate demo --yes${flags}`), operator());
    expect(started.exitCode).toBe(7);
    expect(started.stderr).toContain(`refused (${id})`);
    expect(() => world.site.account.secrets.text(`${DEMO.secret}.keyturn`)).toThrow("can't find");
    expect(current(world)).toBe(before);
    return { started, world, operator, before };
  };

  it("is refused at plan and start, before a record exists, with a command for a form that works", async () => {
    const { started, world, operator, before } = await refused(
      inJson((json) => json.replace("{", '{"a":1,"a":2,')),
      "secret-form",
    );
    expect(started.stderr).toContain('has the member "a" twice');
    const [, line = ""] = /^hint: keyturn (.*)$/m.exec(started.stderr) ?? [];
    expect(line).toBe("secret rewrite --gate demo --duplicates last");
    expect((await runCommand(words(`${line} --yes`), operator())).exitCode).toBe(0);
    expect(current(world)).toBe(before.replace('"a":1,', ""));
    expect((await runCommand(words("rotate plan --gate demo"), operator())).exitCode).toBe(0);
  });

  it("in SEC1 form is refused for a key of another type, with the flag to add", async () => {
    const { started, world, operator } = await refused(inJson(String), "secret-form", " --key-type rsa-2048");
    const line = "secret rewrite --gate demo --form pkcs8";
    expect(started.stderr).toContain(`hint: add --key-type ecdsa-p256, or: \`keyturn ${line}\``);
    const { privateKey } = JSON.parse(current(world));
    expect((await runCommand(words(`${line} --yes`), operator())).exitCode).toBe(0);
    expect(JSON.parse(current(world)).privateKey).toBe(pkcs8(createPrivateKey(privateKey)));
    const planned = await runCommand(words("rotate plan --gate demo --key-type rsa-2048"), operator());
    expect(planned.exitCode).toBe(0);
  });

  it("with a field that would become stale is refused until --leaves-stale names it, which the record keeps", async () => {
    const unknown = inJson((json) => {
      const { x = "" } = createPublicKey(JSON.parse(json).privateKey).export({ format: "jwk" });
      const repeated = Buffer.concat([Buffer.from("v1:"), Buffer.from(x, "base64url")]).toString("base64");
      return json.replace("{", `{"note":{"of":"${repeated}"},`);
    });
    const { started, world, operator } = await refused(unknown, "secret-field-stale");
    expect(started.stderr).toContain("note.of in secret");
    const explained = await runCommand(words("explain secret-field-stale"), operator());
    expect(explained.stdout.replace(/\s+/g, " ")).toContain("`keyturn rotate start --leaves-stale FIELD`");
    expect(started.stderr).toContain("hint: keyturn rotate plan --gate demo --leaves-stale note.of\n");
    const planned = await runCommand(words("rotate plan --gate demo --leaves-stale note.of"), operator());
    expect([planned.exitCode, planned.stdout]).toEqual([
      0,
      expect.stringContaining("--leaves-stale note.of"),
    ]);
    const ran = await runCommand(
      words("rotate start --gate demo --yes --wait --leaves-stale note.of"),
      operator(),
    );
    expect(ran.exitCode).toBe(0);
    const record = JSON.parse(world.site.account.secrets.text(`${DEMO.secret}.keyturn`) ?? "");
    expect(record.leavesStale).toEqual(["note.of"]);
  });
});
