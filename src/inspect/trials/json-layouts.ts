/** JSON laid out as the writers of different languages do it. */
import type { Json } from "../../policy/json.ts";

export interface Layout {
  readonly colon: string;
  readonly comma: string;
  /** Between brackets and what is in them, on one line. */
  readonly padding?: string;
  /** Each member on a line of its own, indented by this. */
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
  how: `laid out on several lines${lineBreak === "\n" ? "" : ", ended by CRLF"}`,
  fix: "write it on one line, without whitespace",
});

/** First what most writers do. */
export const LAYOUTS: readonly Layout[] = [
  { colon: ":", comma: ",", how: "" },
  { colon: ": ", comma: ", ", how: "with a blank after : and ,", fix: PYTHON },
  pretty("  ", ": ", "\n"),
  pretty("    ", ": ", "\n"),
  { colon: ": ", comma: ",", how: "with a blank after :" },
  { colon: ":", comma: ", ", how: "with a blank after ," },
  { colon: " : ", comma: ",", how: "with blanks around :" },
  { colon: " : ", comma: ", ", how: "with blanks around : and after ," },
  { colon: ": ", comma: ", ", padding: " ", how: "with a blank after : and , and inside brackets" },
  { colon: ":", comma: ",", padding: " ", how: "with blanks inside brackets" },
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

/** `escape` is given each string as JSON.stringify writes it, quotes left out. */
export function writeJson(value: Json, layout: Layout, escapeText: (text: string) => string): string {
  const { colon, comma, indent, lineBreak = "\n", padding = "" } = layout;
  const quoted = (text: string) => `"${escapeText(JSON.stringify(text).slice(1, -1))}"`;
  const write = (each: Json, around: string): string => {
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
