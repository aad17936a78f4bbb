/** HTML as a tagged template: every value is escaped, with invisible characters shown, unless it is already HTML. */
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

/** Longer names are collapsed: a name of 10,000 characters must not push everything else off the page. */
const LONG = 160;

/** An untrusted name: isolated in its own text direction, and shortened if long. */
export function name(text: string): Html {
  return folded(text, LONG);
}

/** The same for sentences, which may be longer before they are collapsed. */
export function sentence(text: string): Html {
  return folded(text, 800);
}

function folded(text: string, most: number): Html {
  if (text.length <= most) return html`<bdi>${text}</bdi>`;
  return html`<bdi>${text.slice(0, most)}…</bdi> <details class="rest"><summary>${text.length} characters</summary><bdi>${text}</bdi></details>`;
}

/** For drawings, which cannot wrap: at most this many characters. */
export function cut(text: string, most: number): string {
  const all = [...text];
  return all.length <= most ? text : `${all.slice(0, most - 1).join("")}…`;
}
