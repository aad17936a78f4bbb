/** What is wrong in a document that a schema refused, in one sentence: a plan file, a record. */
import * as z from "zod";

/** `settings.regions[0]: text is expected`: the first fault and where it is. Never a value, which might be a secret. */
export function schemaFault({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return "document: it is not what is expected";
  const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  return `${z.core.toDotPath([...issue.path, ...unknown]) || "document"}: ${issue.message}`;
}

/** The `error` of a parse. zod's own sentences are for developers. */
export const faultText: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "unrecognized_keys":
      return "it is not known";
    case "invalid_value":
      return issue.input === undefined
        ? "it is missing"
        : `one of ${issue.values.map(String).join(", ")} is expected`;
    case "too_small":
      return issue.origin === "string"
        ? "text is expected"
        : `a number of ${issue.minimum} or more is expected`;
    case "too_big":
      return `a number of at most ${issue.maximum} is expected`;
    case "invalid_type":
      return issue.input === undefined
        ? "it is missing"
        : `${KINDS[issue.expected] ?? issue.expected} is expected`;
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
