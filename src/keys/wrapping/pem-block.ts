/** PEM blocks in any text, with any spelling of line breaks, and the same block with another body. */

export interface PemBlock {
  readonly from: number;
  readonly to: number;
  /** `RSA PRIVATE KEY`. */
  readonly label: string;
  readonly body: Uint8Array;
  /** How it spells a line break; empty for a block on one line. */
  readonly lineBreak: string;
  /** Writing the same body again gives the same text. */
  readonly isRegular: boolean;
  spell(body: Uint8Array, label: string): string;
  /** With lines of 64 characters, whatever their width was, and the line break that it has most often. */
  even(body: Uint8Array, label: string): string;
}

/** RFC 7468, section 2. */
const WIDTH = 64;

/** A body ends at the next five dashes, so a file full of BEGIN lines without an END is still read only once. */
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----((?:(?!-----)[\s\S])*)-----END \1-----/g;
/** Line breaks as escapes of shells, JSON, properties, XML, or replaced by a bar or a blank; with the indentation. */
const BREAK = String.raw`(?:\\+[rnt]|\\+u000[adAD]|\\+(?=[\r\n])|&#(?:1[03]|x[adAD]);|[\s|])`;
/** A digit of base64; JSON may escape a slash, and properties a `=`. */
const DIGIT = String.raw`(?:\\*[/=]|[A-Za-z0-9+])`;
const BODY = new RegExp(`^(${BREAK}*)(${DIGIT}+(?:${BREAK}+${DIGIT}+)*)(${BREAK}*)$`);
const LINES = new RegExp(`${BREAK}+`, "g");

/** Skips encrypted blocks, whose body contains headers, and blocks that are not base64. */
export function pemBlocksIn(text: string): PemBlock[] {
  return [...text.matchAll(BLOCK)].flatMap(({ 0: all, 1: label, 2: inner, index }) => {
    const parts = BODY.exec(inner as string);
    if (parts === null) return [];
    const [, before = "", written = "", after = ""] = parts;
    const breaks = written.match(LINES) ?? [];
    const slash = /\\*\//.exec(written)?.[0] ?? "/";
    const pad = /\\*=/.exec(written)?.[0] ?? "=";
    const plain = (text: string) => text.replaceAll(slash, "/").replaceAll(pad, "=");
    const width = plain(written.split(LINES)[0] as string).length;
    const [between = before] = breaks;
    const wrapped = (body: Uint8Array, name: string, columns: number, lineBreak: string) => {
      const digits = Buffer.from(body).toString("base64");
      const lines = breaks.length === 0 ? [digits] : (digits.match(new RegExp(`.{1,${columns}}`, "g")) ?? []);
      const rows = lines.join(lineBreak).replaceAll("/", slash).replaceAll("=", pad);
      return `-----BEGIN ${name}-----${before}${rows}${after}-----END ${name}-----`;
    };
    const spell = (body: Uint8Array, name: string) => wrapped(body, name, width, between);
    const even = (body: Uint8Array, name: string) => wrapped(body, name, WIDTH, mostOften(breaks) ?? before);
    const body = new Uint8Array(Buffer.from(plain(written.replace(LINES, "")), "base64"));
    const isRegular = spell(body, label as string) === all;
    const from = index;
    return [
      {
        from,
        to: from + all.length,
        label: label as string,
        body,
        lineBreak: before,
        isRegular,
        spell,
        even,
      },
    ];
  });
}

function mostOften(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0];
}
