/** Every published JSON Schema as its own file: keyturn.yaml, notifications, and each command's `--json` document. */
import { configJsonSchema } from "../../gates/schema.ts";
import { documentSchema, RESULTS } from "./envelope.ts";
import { notificationSchema } from "./notification.ts";

/** File name -> text: `keyturn.yaml.json`, `rotate-status.json`. The same sources give the same bytes. */
export function schemaFiles(): ReadonlyMap<string, string> {
  const schemas: readonly (readonly [name: string, schema: unknown])[] = [
    ["keyturn.yaml", configJsonSchema()],
    ["notification", notificationSchema()],
    ...Object.keys(RESULTS).map((words) => [words.replaceAll(" ", "-"), documentSchema(words)] as const),
  ];
  return new Map(schemas.map(([name, schema]) => [`${name}.json`, `${JSON.stringify(schema, null, 2)}\n`]));
}
