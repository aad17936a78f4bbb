/** `keyturn config schema`: the JSON Schema of keyturn.yaml, for editors. */
import { Command } from "commander";
import type { Bind } from "../../bind.ts";
import type { Report } from "../../report/report.ts";

export const schemaCommand = (bind: Bind) =>
  new Command("schema")
    .description("Prints the JSON Schema of keyturn.yaml, made from the same source that reads it.")
    .action(bind(schema));

export async function schema(): Promise<Report> {
  const { configJsonSchema } = await import("../../gates/schema.ts");
  const result = configJsonSchema();
  return { outcome: "done", result, findings: [], text: () => JSON.stringify(result, null, 2) };
}
