/**
 * Reads a request's JSON into typed values, within the limits of the API model. A wrong type is a
 * SerializationException, a broken limit a ValidationException in AWS's words. Values never get into a message.
 */
import { refuse } from "./refusal.ts";

export type Reader<T> = (value: unknown, path: string) => T;
type Readers = Readonly<Record<string, Reader<unknown>>>;
type Read<R extends Readers> = { readonly [name in keyof R]: ReturnType<R[name]> };
type ReadSome<R extends Readers> = { readonly [name in keyof R]?: ReturnType<R[name]> | undefined };

export function text(min: number, max: number, pattern?: RegExp): Reader<string> {
  return (value, path) => {
    if (typeof value !== "string") return refuseType(path, "a string");
    const length = Buffer.byteLength(value);
    if (length < min) refuseLimit(path, `Member must have length greater than or equal to ${min}`);
    if (length > max) refuseLimit(path, `Member must have length less than or equal to ${max}`);
    if (pattern !== undefined && !pattern.test(value)) {
      refuseLimit(path, `Member must satisfy regular expression pattern: ${pattern.source}`);
    }
    return value;
  };
}

export function oneOf<const T extends string>(...allowed: readonly T[]): Reader<T> {
  return (value, path) => {
    if (typeof value !== "string") return refuseType(path, "a string");
    const found = allowed.find((each) => each === value);
    return found ?? refuseLimit(path, `Member must satisfy enum value set: [${allowed.join(", ")}]`);
  };
}

export function integer(min: number, max: number): Reader<number> {
  return (value, path) => {
    if (typeof value !== "number" || !Number.isInteger(value)) return refuseType(path, "an integer");
    if (value < min) refuseLimit(path, `Member must have value greater than or equal to ${min}`);
    if (value > max) refuseLimit(path, `Member must have value less than or equal to ${max}`);
    return value;
  };
}

export const flag: Reader<boolean> = (value, path) =>
  typeof value === "boolean" ? value : refuseType(path, "true or false");

/** Base64 of 1 to `max` bytes; given back in its canonical form. */
export function blob(max: number): Reader<string> {
  return (value, path) => {
    if (typeof value !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return refuseType(path, "base64");
    const bytes = Buffer.from(value, "base64");
    if (bytes.length < 1) refuseLimit(path, "Member must have length greater than or equal to 1");
    if (bytes.length > max) refuseLimit(path, `Member must have length less than or equal to ${max}`);
    return bytes.toString("base64");
  };
}

export function list<T>(member: Reader<T>, min: number, max: number): Reader<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) return refuseType(path, "a list");
    if (value.length < min) refuseLimit(path, `Member must have length greater than or equal to ${min}`);
    if (value.length > max) refuseLimit(path, `Member must have length less than or equal to ${max}`);
    return value.map((each, index) => member(each, `${path}.${index + 1}.member`));
  };
}

/** A structure. A member that the API does not know is refused: a choice, as AWS may well ignore it. */
export function shape<R extends Readers, O extends Readers>(
  required: R,
  optional: O,
): Reader<Read<R> & ReadSome<O>> {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return refuseType(path === "" ? "the request" : path, "a structure");
    }
    const given = new Map(Object.entries(value).filter(([, member]) => member !== null));
    const read: Record<string, unknown> = {};
    const at = (name: string) => [path, lowerFirst(name)].filter(Boolean).join(".");
    for (const [name, member] of given) {
      const reader = [required, optional].find((readers) => Object.hasOwn(readers, name))?.[name];
      if (reader === undefined) refuse("SerializationException", `Unknown member ${at(name)}`);
      read[name] = reader(member, at(name));
    }
    for (const name of Object.keys(required)) {
      if (!given.has(name)) refuseLimit(at(name), "Member must not be null", "Value null at");
    }
    return read as Read<R> & ReadSome<O>;
  };
}

const lowerFirst = (name: string) => name[0]?.toLowerCase() + name.slice(1);

function refuseType(path: string, expected: string): never {
  return refuse("SerializationException", `Expected ${expected} at ${path}`);
}

function refuseLimit(path: string, constraint: string, what = "Value at"): never {
  return refuse(
    "ValidationException",
    `1 validation error detected: ${what} '${path}' failed to satisfy constraint: ${constraint}`,
  );
}
