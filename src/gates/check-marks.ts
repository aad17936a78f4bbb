/** The guesses in a drafted keyturn.yaml: comments that `config init` marked CHECK, and nobody has removed since. */

export interface CheckMark {
  /** From 1. */
  readonly line: number;
  /** The comment's question. */
  readonly asks: string;
}

/** The file's introduction explains the mark without being one: it has no colon after it. */
export function checkMarks(text: string): CheckMark[] {
  return text.split("\n").flatMap((line, at) => {
    const asks = /(?:^|\s)# ?CHECK: *(.*)$/.exec(line)?.[1];
    return asks === undefined ? [] : [{ line: at + 1, asks }];
  });
}
