/** Why a document (a plan file, a record) fails its schema, in one sentence. */
import * as z from "zod";

/** `settings.regions[0]: expected text`: the first fault and where it is. Never a value, which might be a secret. */
export function schemaFault({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return "document: unexpected content";
  const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  return `${z.core.toDotPath([...issue.path, ...unknown]) || "document"}: ${issue.message}`;
}

/** The `error` of a parse. zod's own messages are for developers. */
export const faultText: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "unrecognized_keys":
      return "unknown member";
    case "invalid_value":
      return issue.input === undefined
        ? "it is missing"
        : `expected one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return issue.origin === "string" ? "expected text" : `expected a number of ${issue.minimum} or more`;
    case "too_big":
      return `expected a number of at most ${issue.maximum}`;
    case "invalid_type":
      return issue.input === undefined
        ? "it is missing"
        : `expected ${KINDS[issue.expected] ?? issue.expected}`;
    case "invalid_union":
      return issue.input === undefined ? "it is missing" : undefined;
    default:
      return undefined;
  }
};

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number of 0 or more",
  int: "a whole number",
  array: "a list",
  object: "an object",
  record: "an object",
};
