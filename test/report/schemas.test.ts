/** The published JSON Schemas: one per command, and no change that would break a reader of the same version. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { ZodType } from "zod";
import { COMMANDS } from "../../src/cli/command-table.ts";
import { UsageError } from "../../src/errors.ts";
import { envelopeOf, errorEnvelope } from "../../src/report/json.ts";
import { failureSchema, jsonSchemaOf, RESULTS, SCHEMA_VERSION } from "../../src/report/schemas/envelope.ts";
import { schemaFiles } from "../../src/report/schemas/files.ts";
import { checkDocument } from "../fakes/json-contract.ts";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  /** False: no other members. */
  readonly additionalProperties?: Schema | false;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
}

/** The schemas as published: written once per version, and only added to within it. */
const published = JSON.parse(
  readFileSync(new URL("../fixtures/json-schemas.json", import.meta.url), "utf8"),
) as {
  readonly schemaVersion: number;
  readonly failure: Schema;
  readonly results: Readonly<Record<string, Schema>>;
};

/** Documents that an option prints instead of a command: `keyturn --version --json`. */
const OF_OPTIONS = ["version"];

/** Where documents of `now` could break a reader of `before`. */
function breaks(before: Schema, now: Schema, where: string): string[] {
  if (Object.keys(before).length === 0) return [];
  if (before.anyOf !== undefined || now.anyOf !== undefined) {
    const old = before.anyOf ?? [before];
    // A new option may add a form of its own, if a required member tells it apart.
    const isOfNewOption = (branch: Schema) =>
      before.anyOf === undefined && branch.required?.some((name) => !(name in (before.properties ?? {})));
    const branches = (now.anyOf ?? [now]).filter((branch) => !isOfNewOption(branch));
    if (branches.length === 0) return [`${where}: the form is gone`];
    return branches.every((branch) => old.some((each) => breaks(each, branch, where).length === 0))
      ? []
      : [`${where}: a form that was not there`];
  }
  if (before.type !== now.type) return [`${where}: ${before.type} became ${now.type}`];
  if (before.pattern !== now.pattern) return [`${where}: another pattern`];
  const added = (now.enum ?? []).filter((value) => !(before.enum ?? []).includes(value));
  if (before.enum !== undefined && (now.enum === undefined || added.length > 0))
    return [`${where}: new values ${added}`];
  const lost = (before.required ?? []).filter((name) => !(now.required ?? []).includes(name));
  const members = Object.entries(before.properties ?? {}).flatMap(([name, old]) => {
    const member = now.properties?.[name];
    return member === undefined ? [] : breaks(old, member, `${where}.${name}`);
  });
  return [
    ...lost.map((name) => `${where}.${name}: no longer certain`),
    ...members,
    ...(before.items && now.items ? breaks(before.items, now.items, `${where}[]`) : []),
    ...(before.additionalProperties && now.additionalProperties
      ? breaks(before.additionalProperties, now.additionalProperties, `${where}{}`)
      : []),
  ];
}

/** Places that accept any value, or an object with any member. */
function looseIn(schema: Schema, where: string): string[] {
  if (Object.keys(schema).length === 0) return [where];
  const { additionalProperties: others, properties, items, anyOf = [] } = schema;
  return [
    ...(schema.type === "object" && others === undefined ? [`${where}: any member`] : []),
    ...(others ? looseIn(others, `${where}{}`) : []),
    ...Object.entries(properties ?? {}).flatMap(([name, each]) => looseIn(each, `${where}.${name}`)),
    ...(items ? looseIn(items, `${where}[]`) : []),
    ...anyOf.flatMap((each) => looseIn(each, where)),
  ];
}

describe("published JSON Schemas", () => {
  it("exist for every command, and for nothing else", () => {
    const words = [...COMMANDS.map(({ words }) => words), ...OF_OPTIONS];
    expect(Object.keys(RESULTS).toSorted()).toEqual(words.toSorted());
  });

  it.each(Object.keys(RESULTS))(
    "%s: compiles, accepts an error, and refuses another version",
    async (words) => {
      const { stdout } = await runCommand(["config", "schema", ...words.split(" ")], memoryWorld());
      const validate = new Ajv2020({ strict: false }).compile(JSON.parse(stdout));
      const error = errorEnvelope(new UsageError("ERR_USAGE", "no"), words);
      expect(validate(error)).toBe(true);
      expect(validate({ ...error, schemaVersion: SCHEMA_VERSION + 1 })).toBe(false);
    },
  );

  it("have the same version as the documents", () => {
    const report = { outcome: "done", result: {}, findings: [], text: () => "" } as const;
    expect(envelopeOf(report, "keys list").schemaVersion).toBe(SCHEMA_VERSION);
    expect(published.schemaVersion).toBe(SCHEMA_VERSION);
  });

  it.each(Object.entries(published.results))(
    "%s stays compatible with what was published",
    (words, before) => {
      const shape = Object.entries(RESULTS).find(([name]) => name === words)?.[1];
      expect(shape, `${words} is gone: move SCHEMA_VERSION`).toBeDefined();
      expect(breaks(before, jsonSchemaOf(shape as ZodType) as Schema, words)).toEqual([]);
    },
  );

  it("the schema of an error stays compatible with what was published", () => {
    expect(breaks(published.failure, jsonSchemaOf(failureSchema) as Schema, "error")).toEqual([]);
  });

  it.each(Object.entries(RESULTS))("%s leaves no part unspecified", (words, shape) => {
    // `config schema` prints a JSON Schema, whose shape is not ours to define.
    const isForeign = words === "config schema";
    expect(looseIn(jsonSchemaOf(shape) as Schema, words)).toEqual(isForeign ? ["config schema{}"] : []);
  });

  it("are also written to one file each, which compiles on its own", () => {
    const files = schemaFiles();
    // Two more: keyturn.yaml, and notifications.
    expect(files.size).toBe(COMMANDS.length + OF_OPTIONS.length + 2);
    for (const [name, text] of files) {
      expect(() => new Ajv2020({ strict: false }).compile(JSON.parse(text)), name).not.toThrow();
    }
    expect([...files.keys()]).toEqual(expect.arrayContaining(["keyturn.yaml.json", "rotate-status.json"]));
  });

  it("have all been recorded as published", () => {
    expect(Object.keys(published.results).toSorted()).toEqual(Object.keys(RESULTS).toSorted());
  });

  it("are incompatible if a member disappears, changes its type, or gets new values", () => {
    const before = {
      type: "object",
      properties: { a: { type: "string" }, b: { enum: ["x"] } },
      required: ["a"],
    };
    expect(breaks(before, { ...before, required: [] }, "r")).toEqual(["r.a: no longer certain"]);
    expect(
      breaks(before, { ...before, properties: { ...before.properties, a: { type: "number" } } }, "r"),
    ).toEqual(["r.a: string became number"]);
    expect(
      breaks(before, { ...before, properties: { ...before.properties, b: { enum: ["x", "y"] } } }, "r"),
    ).toEqual(["r.b: new values y"]);
    expect(breaks(before, { ...before, properties: { ...before.properties, c: {} } }, "r")).toEqual([]);
  });

  it("reject an invalid document, in any test that prints one", () => {
    const keys = { type: "rsa-2048", fingerprint: "MD5:00", privateKeyFile: "a", publicKeyFile: "b" };
    const report = { outcome: "done", result: keys, findings: [], text: () => "" } as const;
    expect(() => checkDocument(JSON.stringify(envelopeOf(report, "keys generate")))).toThrow(
      /fingerprint must match/,
    );
  });

  it("are not printed for an unknown command", async () => {
    const ran = await runCommand(["config", "schema", "keys", "lst"], memoryWorld());
    expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
  });
});
