/** HTML by tagged template: every value is escaped, and invisible characters shown, unless it is HTML already. */
import { printable } from "../text/printable.ts";

export class Html {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

export type HtmlPart = Html | string | number | boolean | undefined | readonly HtmlPart[];

export function html(literals: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(
    literals.reduce((text, literal, index) => text + written(parts[index - 1] as HtmlPart) + literal),
  );
}

function written(part: HtmlPart): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.toString();
  if (Array.isArray(part)) return part.map(written).join("");
  return escaped(String(part));
}

const UNUSUAL = /[^\n\t -~]/;

/** Nothing in it can move the cursor of a reader, reverse what follows or end an element. */
function escaped(text: string): string {
  const visible = UNUSUAL.test(text)
    ? text
        .split(/([\n\t])/)
        .map(shown)
        .join("")
    : text;
  return visible.replace(/[&<>"']/g, (character) => ENTITY[character] ?? "");
}

const ENTITY: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const shown = (piece: string) => (piece === "\n" || piece === "\t" ? piece : printable(piece));

/** More than this of a name is behind a click: a name of 10,000 characters must not push everything else away. */
const LONG = 160;

/** A name that somebody else chose: in its own direction of writing, and shortened where it is long. */
export function name(text: string): Html {
  return folded(text, LONG);
}

/** The same for sentences, which may be longer before anything is hidden. */
export function sentence(text: string): Html {
  return folded(text, 800);
}

function folded(text: string, most: number): Html {
  if (text.length <= most) return html`<bdi>${text}</bdi>`;
  return html`<bdi>${text.slice(0, most)}…</bdi> <details class="rest"><summary>${text.length} characters</summary><bdi>${text}</bdi></details>`;
}

/** For a drawing, which cannot wrap: at most this many characters. */
export function cut(text: string, most: number): string {
  const all = [...text];
  return all.length <= most ? text : `${all.slice(0, most - 1).join("")}…`;
}
