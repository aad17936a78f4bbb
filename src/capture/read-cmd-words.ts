/** Splits one command into words as cmd.exe and the Windows C runtime do: carets, then quotes and backslashes. */
import type { BashWords } from "./read-bash-words.ts";

/** Browsers write `^"` for quotes and `^` at the end of a line; nothing else looks like that. */
export const looksLikeCmd = (text: string): boolean => /\^"|\^[ \t]*\r?\n/.test(text);

/** Ends at an unquoted line break, `&` or `|`. One pass undoes cmd.exe's escapes, the other splits the arguments. */
export function cmdWords(text: string): BashWords {
  const { line, rest } = undoCarets(text);
  return { ...splitArguments(line), rest };
}

/** What cmd.exe passes on: a caret escapes the next character, except between bare quotes. */
function undoCarets(text: string): { readonly line: string; readonly rest: string } {
  let line = "";
  let isQuoted = false;
  let at = 0;
  for (; at < text.length; at += 1) {
    const character = text[at] as string;
    if (character === "^" && !isQuoted) {
      at += 1;
      if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
      // A caret before a line break joins the lines; an empty line after that is a literal line break.
      if (text[at] === "\n") {
        if (text[at + 1] === "\r") at += 1;
        if (text[at + 1] !== "\n") continue;
        at += 1;
      }
      line += text[at] ?? "";
      continue;
    }
    if (character === '"') isQuoted = !isQuoted;
    if (!isQuoted && (character === "\n" || character === "&" || character === "|")) break;
    line += character;
  }
  return { line, rest: text.slice(at + 1) };
}

/** How a Windows program splits its command line: backslashes count only before a quote, `""` inside quotes is one. */
function splitArguments(line: string): Omit<BashWords, "rest"> {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] as string;
    if (character === "\\") {
      let backslashes = 1;
      while (line[at + backslashes] === "\\") backslashes += 1;
      const isBeforeQuote = line[at + backslashes] === '"';
      const kept = isBeforeQuote ? backslashes >> 1 : backslashes;
      word = (word ?? "") + "\\".repeat(kept);
      at += backslashes - 1;
      if (isBeforeQuote && backslashes % 2 === 1) {
        word += '"';
        at += 1;
      }
    } else if (character === '"') {
      word ??= "";
      if (isQuoted && line[at + 1] === '"') {
        word += '"';
        at += 1;
      } else {
        isQuoted = !isQuoted;
      }
    } else if (!isQuoted && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (word !== undefined) words.push(word);
  return { words, hasExpansion: false, isCutOff: isQuoted };
}
