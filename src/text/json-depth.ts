/**
 * How deep JSON may nest. Readers recurse, and a document of nothing but brackets would use up all memory before it
 * is refused.
 */

export const DEEPEST_JSON = 100;

/** Does it open more than 100 objects and arrays inside each other? Looks no further than there; the rest may be anything. */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (isString) {
      if (character === "\\") at += 1;
      else if (character === '"') isString = false;
    } else if (character === '"') isString = true;
    else if (character === "{" || character === "[") {
      depth += 1;
      if (depth > DEEPEST_JSON) return true;
    } else if (character === "}" || character === "]") depth -= 1;
  }
  return false;
}
