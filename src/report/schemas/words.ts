/** What the shapes of many commands are made of. */
import * as z from "zod";

/** How many, or a length in whole seconds. */
export const count = z.int().min(0);
/** RFC 3339, UTC. */
export const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
export const fingerprint = z.string().regex(/^(SHA256:[A-Za-z0-9+/]{43}|unreadable)$/);

/** Every word of a union: one that is missing, or of no union, does not compile. */
export function every<Word extends string>(words: Readonly<Record<Word, unknown>>) {
  return z.enum(Object.keys(words) as Word[]);
}
