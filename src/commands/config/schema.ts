/** `keyturn config schema`: the JSON Schema of keyturn.yaml, or of a command's --json document. */
import { Argument, Command } from "commander";
import type { Bind } from "../../cli/bind.ts";
import { offering } from "../../completion/offers.ts";
import { UsageError } from "../../errors.ts";
import type { Report } from "../../report/report.ts";
import { nearest } from "../../text/nearest.ts";

/** Not a command, but a document of its own. */
const NOTIFICATION = "notification";

export const schemaCommand = (bind: Bind) =>
  new Command("schema")
    .description(
      "Prints the JSON Schema of keyturn.yaml, generated from the code that reads it. Given a command, prints the schema of its --json document; given `notification`, that of rotate --notify.",
    )
    .addArgument(offering(new Argument("[command...]", "a command, such as keys list"), "commands"))
    .action(bind(schema));

export async function schema({ command }: { readonly command: readonly string[] }): Promise<Report> {
  const words = command.join(" ");
  const result =
    words === ""
      ? await configSchema()
      : words === NOTIFICATION
        ? await notificationSchema()
        : await commandSchema(words);
  return { outcome: "done", result, findings: [], text: () => JSON.stringify(result, null, 2) };
}

async function configSchema() {
  const { configJsonSchema } = await import("../../gates/schema.ts");
  return configJsonSchema();
}

async function notificationSchema() {
  const schemas = await import("../../report/schemas/notification.ts");
  return schemas.notificationSchema();
}

async function commandSchema(words: string) {
  const { documentSchema, RESULTS } = await import("../../report/schemas/envelope.ts");
  const found = documentSchema(words);
  if (found !== undefined) return found;
  const known = Object.keys(RESULTS);
  const ofGroup = known.filter((each) => each.startsWith(`${words} `));
  if (ofGroup.length > 0) {
    throw new UsageError(
      "ERR_USAGE",
      `"${words}" is a group of commands`,
      ofGroup.map((each) => `keyturn config schema ${each}`),
    );
  }
  throw new UsageError("ERR_USAGE", `there is no command "${words}"`, [
    `keyturn config schema ${nearest(words, known) ?? "rotate status"}`,
    "keyturn --help",
  ]);
}
