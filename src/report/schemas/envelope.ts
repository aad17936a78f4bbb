/** The JSON Schema of each command's `--json` document; `keyturn config schema COMMAND` prints it. */
import { account } from "./account.ts";
import { config } from "./config.ts";
import { finding } from "./finding.ts";
import { keys } from "./keys.ts";
import { local } from "./local.ts";
import { requests } from "./requests.ts";
import { rotate } from "./rotate.ts";
import { instant, list, object, oneOf, type Shape, text } from "./shape.ts";

/** Moves when a document of this version could surprise a reader of the one before. */
export const SCHEMA_VERSION = 1;

/** Command -> shape of its result. */
export const RESULTS: Readonly<Record<string, Shape>> = {
  ...keys,
  ...requests,
  ...rotate,
  ...account,
  ...config,
  ...local,
};

const error = object({
  code: { type: "string", pattern: "^ERR_[A-Z_]+$" },
  message: text,
  hints: list(text),
});

const common = { schemaVersion: { const: SCHEMA_VERSION }, findings: list(finding) };

/** In place of a result. An unknown command has no words. */
export const failure = object({
  ...common,
  command: text,
  outcome: { const: "error" },
  result: { type: "null" },
  error,
});

/** Of a result, or of an error in its place. Undefined for an unknown command. */
export function documentSchema(command: string): Shape | undefined {
  const result = Object.hasOwn(RESULTS, command) ? RESULTS[command] : undefined;
  if (result === undefined) return undefined;
  const done = object(
    {
      ...common,
      command: { const: command },
      outcome: oneOf("done", "finding", "pending"),
      result,
    },
    { resumeAfter: instant },
  );
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `keyturn ${command} --json`,
    description:
      "Exact for the keyturn that it came with. Within one schemaVersion members may be added, and nothing else changes: ignore those that you do not know.",
    anyOf: [done, failure],
  };
}
