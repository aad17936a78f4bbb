/** The words of one simple command as a POSIX shell reads it, up to a pipe, redirection or separator. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [, word, end] of line.matchAll(/((?:'[^']*'|"[^"]*"|[^\s'"|>;])+)|([|>;])/g)) {
    if (end !== undefined) break;
    words.push((word ?? "").replace(/'([^']*)'|"([^"]*)"/g, (_, one = "", two = "") => one + two));
  }
  return words;
}
