/** The name of a setting in text of unknown syntax: `.env`, YAML, TOML, properties, XML, a script. */

/** What may stand between the name of a setting and its value: an assignment, a block mark, an opening quote. */
const NAME =
  /(?:^|[\s;,{(<[])["']?([A-Za-z_][\w.-]*)["']?[ \t]*(?::=|=>|[=:]|(?<=<\1)>)[ \t]*(?:[|>][+-]?\d?[+-]?[ \t]*(?:#[^\n]*)?\r?\n[ \t]*)?(?:!!?[\w-]+[ \t]+)?(?:"""|'''|[$]?["'`])?(?:\\?\r?\n[ \t]*)?$/;
/** How far back to look for a name. */
const REACH = 300;

/** The name before a value that begins at `at`; undefined if it has none. */
export function nameBefore(text: string, at: number): readonly string[] {
  const name = NAME.exec(text.slice(Math.max(0, at - REACH), at))?.[1];
  return name === undefined ? [] : [name];
}

/** The value of a setting that is one word: `KEY_ID="K2JCJMDEHXQW5F"`. */
export function wordOf(
  text: string,
  name: string,
): { readonly from: number; readonly to: number } | undefined {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const setting = new RegExp(
    `(?:^|[\\s;,{(<[])\\\\*["']?${escaped}\\\\*["']?[ \\t]*(?::=|=>|[=:>])[ \\t]*\\\\*["']?([\\w-]*)`,
    "m",
  );
  const match = setting.exec(text);
  if (match === null) return undefined;
  const to = match.index + match[0].length;
  return { from: to - (match[1] as string).length, to };
}
