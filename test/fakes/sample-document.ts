/** A document that a JSON Schema accepts, with every member, one item in every list, and the first of each choice. */

interface Schema {
  readonly [keyword: string]: unknown;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly type?: string;
}

export function sampleOf(schema: Schema): unknown {
  const { anyOf, properties, items, type } = schema;
  if ("const" in schema) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (anyOf !== undefined) return sampleOf(anyOf[0] as Schema);
  if (type === "object") {
    const own = Object.entries(properties ?? {}).map(([name, each]) => [name, sampleOf(each)]);
    const others = schema.additionalProperties;
    const free = typeof others === "object" && others !== null ? [["any", sampleOf(others as Schema)]] : [];
    return Object.fromEntries([...own, ...free]);
  }
  if (type === "array") return items === undefined ? [] : [sampleOf(items)];
  if (type === "boolean") return true;
  if (type === "integer" || type === "number") return 1;
  if (type === "null") return null;
  return textFor(schema.pattern);
}

/** Values for the patterns in src/report/schemas/. */
function textFor(pattern: unknown): string {
  if (typeof pattern !== "string") return "text";
  if (pattern.includes("SHA256:")) return `SHA256:${"A".repeat(43)}`;
  if (pattern.includes("ERR_")) return "ERR_USAGE";
  return pattern.includes("T\\d") ? "2027-01-15T08:00:00Z" : "text";
}
