/** Each command's `--json` document: its shape, its type, its JSON Schema, which `keyturn config schema COMMAND` prints. */
import * as z from "zod";
import { accountSchemas } from "./account.ts";
import { configSchemas } from "./config.ts";
import { findingSchema } from "./finding.ts";
import { keysSchemas } from "./keys.ts";
import { localSchemas } from "./local.ts";
import { logsSchemas } from "./logs.ts";
import { requestsSchemas } from "./requests.ts";
import { rotateSchemas } from "./rotate.ts";
import { unattendedSchemas } from "./unattended.ts";
import { instantSchema } from "./words.ts";

/** Changes if a document could surprise a reader of the previous version. */
export const SCHEMA_VERSION = 1;

/** Command -> shape of its result. */
export const RESULTS = {
  ...keysSchemas,
  ...requestsSchemas,
  ...rotateSchemas,
  ...accountSchemas,
  ...configSchemas,
  ...localSchemas,
  ...logsSchemas,
  ...unattendedSchemas,
} satisfies Readonly<Record<string, z.ZodType>>;

const error = z.strictObject({
  code: z.string().regex(/^ERR_[A-Z_]+$/),
  message: z.string(),
  hints: z.array(z.string()),
});

const common = { schemaVersion: z.literal(SCHEMA_VERSION), findings: z.array(findingSchema) };

/** Replaces a result. An unknown command has no words. */
export const failureSchema = z.strictObject({
  ...common,
  command: z.string(),
  outcome: z.literal("error"),
  result: z.null(),
  error,
});

/** A result, or an error instead. Undefined for an unknown command. */
export function documentSchema(command: string): Readonly<Record<string, unknown>> | undefined {
  if (!isCommand(command)) return undefined;
  const done = z.strictObject({
    ...common,
    command: z.literal(command),
    outcome: z.enum(["done", "finding", "pending"]),
    result: RESULTS[command],
    resumeAfter: instantSchema.optional(),
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `keyturn ${command} --json`,
    description:
      "Exact for the version of keyturn that it came with. Within one schemaVersion, members may be added but nothing else changes: ignore members that you do not know.",
    anyOf: [jsonSchemaOf(done), jsonSchemaOf(failureSchema)],
  };
}

const isCommand = (words: string): words is keyof typeof RESULTS => Object.hasOwn(RESULTS, words);

/** As first published: without types implied by an enum or a constant, and without zod's own bounds. */
export function jsonSchemaOf(shape: z.ZodType): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(shape, {
    override({ jsonSchema: each }) {
      if (each.enum !== undefined || each.const !== undefined) delete each.type;
      if (each.maximum === Number.MAX_SAFE_INTEGER) delete each.maximum;
      if (each.maxItems === 0) delete each.items;
      if (each.properties !== undefined) each.required ??= [];
      delete each.propertyNames;
    },
  });
  // zod shortens `anyOf` to a list of types after calling `override`.
  const withAnyOf = (_: string, value: { type?: unknown } | null) =>
    Array.isArray(value?.type) ? { anyOf: value.type.map((type) => ({ type })) } : value;
  return JSON.parse(JSON.stringify(schema), withAnyOf);
}
