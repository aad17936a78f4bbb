/**
 * Makes untrusted text safe to print. A terminal obeys escape sequences (ESC, and the single characters U+0080 to
 * U+009F that stand for them), and reverses text after a character that changes the writing direction; log viewers
 * and reviewers can be misled the same way.
 */

/**
 * Invisible characters with an effect: control, format, lone surrogates, line and paragraph separators. Compiled on
 * first use: V8 takes half a millisecond to parse a Unicode character class.
 */
const invisible = () => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Escapes all of them, as `\u{1b}`, so that a line stays one line. */
export function printable(text: string): string {
  return text.replace(invisible(), written);
}

function written(character: string): string {
  return `\\u{${(character.codePointAt(0) as number).toString(16)}}`;
}

/** Only the colors of report/colours.ts: nothing that moves the cursor, hides text or sets a title. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const keptOrInvisible = () => /\u001b\[(?:[12]|22|3[1236]|39)m|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Nearly every text is ASCII plus the symbols of report/style.ts, so the other patterns are rarely compiled. */
const UNUSUAL = /[^\n\t -~✓✗…→•]/;

/** Like `printable`, for text that is already laid out: keeps line breaks, tabs and our own colors. */
export function printablePage(text: string): string {
  if (!UNUSUAL.test(text)) return text;
  return text.replace(keptOrInvisible(), (found) =>
    found.length > 2 || found === "\n" || found === "\t" ? found : written(found),
  );
}

/** JSON as it is, but with those characters escaped that JSON lets pass and a terminal obeys (DEL to U+009F, direction). */
export function printableJson(json: string): string {
  return UNUSUAL.test(json) ? json.replace(invisible(), escapedUnits) : json;
}

function escapedUnits(character: string): string {
  if (character === "\n") return character;
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`)
    .join("");
}
