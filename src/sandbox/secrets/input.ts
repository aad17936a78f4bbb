/**
 * Reads a request's JSON into typed values, within the limits of the API model. A value of the wrong type is a
 * SerializationException; broken limits are one ValidationException, in AWS's words.
 */
import { refuseSecrets } from "./refusal.ts";

/** Adds a broken limit to `problems` and continues, because AWS reports all of them at once. */
export type Reader<T> = (value: unknown, path: string, problems: string[]) => T;
type Readers = Readonly<Record<string, Reader<unknown>>>;
type Read<R extends Readers> = { readonly [name in keyof R]: ReturnType<R[name]> };
type ReadSome<R extends Readers> = { readonly [name in keyof R]?: ReturnType<R[name]> | undefined };

/** Throws SerializationException or ValidationException. */
export function readRequest<T>(read: Reader<T>, request: unknown): T {
  const problems: string[] = [];
  const input = read(request, "", problems);
  if (problems.length === 0) return input;
  const count = `${problems.length} validation ${problems.length === 1 ? "error" : "errors"}`;
  return refuseSecrets("ValidationException", `${count} detected: ${problems.join("; ")}`);
}

export function textOfLength(min: number, max: number, pattern?: RegExp): Reader<string> {
  return (value, path, problems) => {
    if (typeof value !== "string") return refuseType(path, "a string");
    checkLength(`'${value}'`, Buffer.byteLength(value), { min, max }, path, problems);
    if (pattern !== undefined && !pattern.test(value)) {
      const constraint = `Member must satisfy regular expression pattern: ${pattern.source}`;
      problems.push(problem(`'${value}'`, path, constraint));
    }
    return value;
  };
}

/** Like `textOfLength`, but messages omit the value, because the API model marks the member as sensitive. */
export function secretText(min: number, max: number, pattern?: RegExp): Reader<string> {
  const read = textOfLength(min, max, pattern);
  return (value, path, problems) => {
    const own: string[] = [];
    const found = read(value, path, own);
    problems.push(...own.map((each) => each.replace(`Value '${found}' at`, () => "Value at")));
    return found;
  };
}

export function enumOf<const T extends string>(...allowed: readonly T[]): Reader<T> {
  return (value, path, problems) => {
    if (typeof value !== "string") return refuseType(path, "a string");
    if (!allowed.some((each) => each === value)) {
      const constraint = `Member must satisfy enum value set: [${allowed.join(", ")}]`;
      problems.push(problem(`'${value}'`, path, constraint));
    }
    return value as T;
  };
}

export function integer(min: number, max: number): Reader<number> {
  return (value, path, problems) => {
    if (typeof value !== "number" || !Number.isInteger(value)) return refuseType(path, "an integer");
    const limit = (which: string, bound: number) =>
      problem(`'${value}'`, path, `Member must have value ${which} than or equal to ${bound}`);
    if (value < min) problems.push(limit("greater", min));
    if (value > max) problems.push(limit("less", max));
    return value;
  };
}

export const flag: Reader<boolean> = (value, path) =>
  typeof value === "boolean" ? value : refuseType(path, "true or false");

/** Base64 of 1 to `max` bytes, returned in its canonical form. Sensitive: messages never repeat it. */
export function blob(max: number): Reader<string> {
  return (value, path, problems) => {
    if (typeof value !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return refuseType(path, "base64");
    const bytes = Buffer.from(value, "base64");
    checkLength("", bytes.length, { min: 1, max }, path, problems);
    return bytes.toString("base64");
  };
}

export function listOf<T>(member: Reader<T>, min: number, max: number): Reader<readonly T[]> {
  return (value, path, problems) => {
    if (!Array.isArray(value)) return refuseType(path, "a list");
    checkLength(`'[${value.map(printed).join(", ")}]'`, value.length, { min, max }, path, problems);
    return value.map((each, index) => member(each, `${path}.${index + 1}.member`, problems));
  };
}

/** A structure. Unknown members are ignored, as on AWS. */
export function shape<R extends Readers, O extends Readers>(
  required: R,
  optional: O,
): Reader<Read<R> & ReadSome<O>> {
  return (value, path, problems) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return refuseType(path === "" ? "the request" : path, "a structure");
    }
    const given = new Map(Object.entries(value).filter(([, member]) => member !== null));
    const read: Record<string, unknown> = {};
    const at = (name: string) => [path, lowerFirst(name)].filter(Boolean).join(".");
    for (const [name, member] of given) {
      const reader = [required, optional].find((readers) => Object.hasOwn(readers, name))?.[name];
      if (reader !== undefined) read[name] = reader(member, at(name), problems);
    }
    for (const name of Object.keys(required)) {
      if (!given.has(name)) problems.push(problem("null", at(name), "Member must not be null"));
    }
    return read as Read<R> & ReadSome<O>;
  };
}

const lowerFirst = (name: string) => name[0]?.toLowerCase() + name.slice(1);
const printed = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));

function checkLength(
  value: string,
  length: number,
  { min, max }: { readonly min: number; readonly max: number },
  path: string,
  problems: string[],
): void {
  if (length < min)
    problems.push(problem(value, path, `Member must have length greater than or equal to ${min}`));
  if (length > max)
    problems.push(problem(value, path, `Member must have length less than or equal to ${max}`));
}

/** `value` in quotes, `null`, or nothing for a sensitive member. */
function problem(value: string, path: string, constraint: string): string {
  return `${["Value", value, "at"].filter(Boolean).join(" ")} '${path}' failed to satisfy constraint: ${constraint}`;
}

function refuseType(path: string, expected: string): never {
  return refuseSecrets("SerializationException", `Expected ${expected} at ${path}`);
}
