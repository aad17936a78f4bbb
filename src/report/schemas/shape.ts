/** JSON Schema in few words. Exact: an object has the members that are named, and no others. */

export type Shape = Readonly<Record<string, unknown>>;
type Members = Readonly<Record<string, Shape>>;

export const anything: Shape = {};
export const text: Shape = { type: "string" };
export const number: Shape = { type: "number" };
/** How many, or a length in whole seconds. */
export const count: Shape = { type: "integer", minimum: 0 };
export const yesOrNo: Shape = { type: "boolean" };
/** RFC 3339, UTC. */
export const instant: Shape = { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$" };
export const fingerprint: Shape = { type: "string", pattern: "^(SHA256:[A-Za-z0-9+/]{43}|unreadable)$" };

export function oneOf(...values: readonly (string | number)[]): Shape {
  return { enum: values };
}
/** Every word of a union: one that is missing, or of no union, does not compile. */
export function every<Word extends string>(words: Readonly<Record<Word, unknown>>): Shape {
  return { enum: Object.keys(words) };
}
export function orNull(shape: Shape): Shape {
  return { anyOf: [shape, { type: "null" }] };
}
export function either(...shapes: readonly Shape[]): Shape {
  return { anyOf: shapes };
}
export function list(items: Shape): Shape {
  return { type: "array", items };
}
/** Of names that are not known beforehand: IDs, cookie names. */
export function map(values: Shape): Shape {
  return { type: "object", additionalProperties: values };
}
export function object(required: Members, optional: Members = {}): Shape {
  return {
    type: "object",
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}
