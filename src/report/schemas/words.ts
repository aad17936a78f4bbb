/** Building blocks of many commands' shapes. */
import * as z from "zod";

/** A count, or a duration in whole seconds. */
export const countSchema = z.int().min(0);
/** RFC 3339, UTC. */
export const instantSchema = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
export const fingerprintSchema = z.string().regex(/^(SHA256:[A-Za-z0-9+/]{43}|unreadable)$/);

/** All members of a union: a missing or extra one does not compile. */
export function every<Word extends string>(words: Readonly<Record<Word, unknown>>) {
  return z.enum(Object.keys(words) as Word[]);
}
