/** JSON layouts as different languages' serializers write them. */
import type { JsonNode } from "../../policy/json.ts";

export interface Layout {
  readonly colon: string;
  readonly comma: string;
  /** Between brackets and their content, on one line. */
  readonly padding?: string;
  /** Each member on its own line, indented by this. */
  readonly indent?: string;
  readonly lineBreak?: "\n" | "\r\n";
  readonly how: string;
  readonly fix?: string;
}

const PYTHON = "Python: json.dumps(policy, separators=(',', ':'))";

const pretty = (indent: string, colon: string, lineBreak: "\n" | "\r\n"): Layout => ({
  colon,
  comma: ",",
  indent,
  lineBreak,
  how: `laid out on several lines${lineBreak === "\n" ? "" : ", with CRLF line ends"}`,
  fix: "write it on one line, without whitespace",
});

/** The most common first. */
export const LAYOUTS: readonly Layout[] = [
  { colon: ":", comma: ",", how: "" },
  { colon: ": ", comma: ", ", how: "with a space after : and ,", fix: PYTHON },
  pretty("  ", ": ", "\n"),
  pretty("    ", ": ", "\n"),
  { colon: ": ", comma: ",", how: "with a space after each colon" },
  { colon: ":", comma: ", ", how: "with a space after each comma" },
  { colon: " : ", comma: ",", how: "with spaces around :" },
  { colon: " : ", comma: ", ", how: "with spaces around : and after ," },
  { colon: ": ", comma: ", ", padding: " ", how: "with a space after : and , and inside brackets" },
  { colon: ":", comma: ",", padding: " ", how: "with spaces inside brackets" },
  pretty("\t", ": ", "\n"),
  pretty("  ", " : ", "\n"),
  pretty("   ", ": ", "\n"),
  pretty(" ", ": ", "\n"),
  pretty("", ": ", "\n"),
  pretty("  ", ":", "\n"),
  pretty("    ", ":", "\n"),
  pretty("  ", ": ", "\r\n"),
  pretty("    ", ": ", "\r\n"),
  pretty("\t", ": ", "\r\n"),
  pretty("    ", ":  ", "\r\n"),
];

/** `escape` receives each string as JSON.stringify writes it, without the quotes. */
export function layOutJson(value: JsonNode, layout: Layout, escapeText: (text: string) => string): string {
  const { colon, comma, indent, lineBreak = "\n", padding = "" } = layout;
  const quoted = (text: string) => `"${escapeText(JSON.stringify(text).slice(1, -1))}"`;
  const write = (each: JsonNode, around: string): string => {
    switch (each.kind) {
      case "string":
        return quoted(each.value);
      case "number":
        return each.text;
      case "literal":
        return String(each.value);
      default: {
        const inside = around + (indent ?? "");
        const parts =
          each.kind === "array"
            ? each.items.map((item) => write(item, inside))
            : each.members.map(([name, member]) => quoted(name) + colon + write(member, inside));
        const [open, close] = each.kind === "array" ? "[]" : "{}";
        if (parts.length === 0) return `${open}${close}`;
        if (indent === undefined) return `${open}${padding}${parts.join(comma)}${padding}${close}`;
        return `${open}${lineBreak}${parts.map((part) => inside + part).join(comma + lineBreak)}${lineBreak}${around}${close}`;
      }
    }
  };
  return write(value, "");
}
