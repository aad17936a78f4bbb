/** Splits one command into words as bash would: quotes, `$'...'`, escapes, continuations. Expands nothing. */

export interface BashWords {
  readonly words: readonly string[];
  /** Constructs that only a running shell could expand: `$NAME`, `$(...)`, backticks. */
  readonly hasExpansion: boolean;
  /** A quote was never closed, or the last line continues: the text was cut off. */
  readonly isCutOff: boolean;
  /** What follows the command and its `;`, `&`, `|` or line break: another command or, usually, nothing. */
  readonly rest: string;
}

const ESCAPED: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Ends where the command does: at `;`, `|`, `&`, `)` or an unquoted line break. One pass. */
export function bashWords(text: string): BashWords {
  const words: string[] = [];
  let word: string | undefined;
  let hasExpansion = false;
  let isCutOff = false;
  let at = 0;
  const add = (piece: string) => {
    word = (word ?? "") + piece;
  };
  const end = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  /** Reads up to the closing quote, which must exist. */
  const until = (quote: string): string => {
    const close = text.indexOf(quote, at);
    if (close < 0) isCutOff = true;
    const inside = text.slice(at, close < 0 ? text.length : close);
    at = close < 0 ? text.length : close + 1;
    return inside;
  };

  scan: while (at < text.length) {
    const character = text[at] as string;
    at += 1;
    switch (character) {
      case "'":
        add(until("'"));
        break;
      case '"': {
        add("");
        const quoted = doubleQuoted(text, at);
        at = quoted.next;
        add(quoted.value);
        hasExpansion ||= quoted.hasExpansion;
        isCutOff ||= !quoted.isClosed;
        break;
      }
      case "$":
        if (text[at] === "'") {
          const quoted = ansiQuoted(text, at + 1);
          at = quoted.next;
          add(quoted.value);
          isCutOff ||= !quoted.isClosed;
        } else {
          hasExpansion ||= startsExpansion(text, at);
          // `$"..."` is a quoted string that bash may translate.
          if (text[at] !== '"') add("$");
        }
        break;
      case "\\":
        if (text[at] === "\r" && text[at + 1] === "\n") at += 2;
        else if (text[at] === "\n") at += 1;
        else if (at < text.length) {
          add(text[at] as string);
          at += 1;
        } else {
          isCutOff = true;
        }
        break;
      case "`":
        hasExpansion = true;
        add(until("`"));
        break;
      case " ":
      case "\t":
      case "\r":
        end();
        break;
      case "#":
        if (word === undefined) {
          // A comment, to the end of its line.
          at = text.indexOf("\n", at) + 1 || text.length;
          break scan;
        }
        add(character);
        break;
      case "\n":
      case ";":
      case "|":
      case "&":
      case ")":
        break scan;
      default:
        add(character);
    }
  }
  end();
  return { words, hasExpansion, isCutOff, rest: text.slice(at) };
}

interface Quoted {
  readonly value: string;
  readonly next: number;
  readonly isClosed: boolean;
  readonly hasExpansion: boolean;
}

function startsExpansion(text: string, at: number): boolean {
  return /[A-Za-z_({]/.test(text[at] ?? "");
}

function doubleQuoted(text: string, from: number): Quoted {
  let value = "";
  let hasExpansion = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] as string;
    if (character === '"') return { value, next: at + 1, isClosed: true, hasExpansion };
    if (character === "\\") {
      const next = text[at + 1] ?? "";
      at += 1;
      if (next === "\n") continue;
      value += '$`"\\'.includes(next) ? next : `\\${next}`;
    } else {
      hasExpansion ||= character === "`" || (character === "$" && startsExpansion(text, at + 1));
      value += character;
    }
  }
  return { value, next: text.length, isClosed: false, hasExpansion };
}

/** `$'...'`, as browsers write values with a quote, a backslash or non-ASCII characters. */
function ansiQuoted(text: string, from: number): Quoted {
  let value = "";
  /** `\x` and octal escapes are bytes: several can form one character. */
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) value += Buffer.from(bytes).toString("utf8");
    bytes = [];
  };
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] as string;
    if (character === "'") {
      flush();
      return { value, next: at + 1, isClosed: true, hasExpansion: false };
    }
    const escaped = character === "\\" ? escapeAt(text, at) : undefined;
    if (escaped?.byte !== undefined) bytes.push(escaped.byte);
    else {
      flush();
      value += escaped?.text ?? character;
    }
    at += (escaped?.length ?? 1) - 1;
  }
  flush();
  return { value, next: text.length, isClosed: false, hasExpansion: false };
}

const NUMERIC = /\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3}))/y;

interface Escape {
  readonly length: number;
  readonly text?: string;
  readonly byte?: number;
}

function escapeAt(text: string, at: number): Escape {
  NUMERIC.lastIndex = at;
  const found = NUMERIC.exec(text);
  if (found === null) {
    const next = text[at + 1] ?? "";
    return { length: 2, text: ESCAPED[next] ?? ("'\"\\?".includes(next) ? next : `\\${next}`) };
  }
  const [{ length }, hex, short, long, octal] = found;
  if (hex !== undefined) return { length, byte: Number.parseInt(hex, 16) };
  if (octal !== undefined) return { length, byte: Number.parseInt(octal, 8) & 0xff };
  const code = Number.parseInt((short ?? long) as string, 16);
  return { length, text: code > 0x10ffff ? "\uFFFD" : String.fromCodePoint(code) };
}
