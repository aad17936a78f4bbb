/** Shape of a finding, as every command tells it. */
import { list, object, oneOf, text } from "./shape.ts";

export const finding = object(
  {
    id: { type: "string", pattern: "^[a-z0-9]+(-[a-z0-9]+)*$" },
    severity: oneOf("error", "warning", "note"),
    message: text,
    basis: oneOf("observed", "inferred"),
    evidence: list(text),
  },
  { remedy: text, where: text },
);
