/** Values of infrastructure code, for people to paste: strings in YAML, HCL and TypeScript. */
import { printableJson } from "./printable.ts";

/** JSON's escapes are valid in YAML, HCL and TypeScript. */
export function quoted(text: string): string {
  return printableJson(JSON.stringify(text));
}

/** HCL would evaluate `${` and `%{`, and the text is untrusted. */
export function hclString(text: string): string {
  return quoted(text).replace(/[$%](?=\{)/g, "$&$&");
}
