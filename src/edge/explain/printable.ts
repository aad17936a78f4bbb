/** Text out of somebody's input, safe to print: a policy or URL may hold escape sequences that a terminal would obey. */

/** Control, format (also those that turn the direction of writing) and line separators, as `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`,
  );
}
