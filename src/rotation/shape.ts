/** Reading JSON strictly: each reader takes a value and where it stands, and returns it or throws a sentence. */

export type Read<T> = (value: unknown, path: string) => T;

/** What is wrong and where; the caller knows which document it is. */
export class ShapeError extends Error {}

const wrong = (path: string, what: string): never => {
  throw new ShapeError(`${path || "document"}: ${what}`);
};

export const text: Read<string> = (value, path) =>
  typeof value === "string" && value !== "" ? value : wrong(path, "text is expected");

export const amount: Read<number> = (value, path) =>
  typeof value === "number" && Number.isFinite(value) && value >= 0
    ? value
    : wrong(path, "a number of 0 or more is expected");

export const count: Read<number> = (value, path) =>
  Number.isInteger(amount(value, path)) ? (value as number) : wrong(path, "a whole number is expected");

export function oneOf<const Word>(...words: readonly Word[]): Read<Word> {
  return (value, path) =>
    words.includes(value as Word) ? (value as Word) : wrong(path, `one of ${words.join(", ")} is expected`);
}

export function either<One, Other>(one: Read<One>, other: Read<Other>): Read<One | Other> {
  return (value, path) => {
    try {
      return one(value, path);
    } catch (thrown) {
      if (!(thrown instanceof ShapeError)) throw thrown;
      return other(value, path);
    }
  };
}

export function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (value, path) =>
    Array.isArray(value)
      ? value.map((each, at) => read(each, `${path}[${at}]`))
      : wrong(path, "a list is expected");
}

export function mapOf<T>(read: Read<T>): Read<Readonly<Record<string, T>>> {
  return (value, path) =>
    Object.fromEntries(
      Object.entries(plain(value, path)).map(([key, each]) => [key, read(each, `${path}.${key}`)]),
    );
}

type Fields = Readonly<Record<string, Read<unknown>>>;
type Value<F extends Fields> = { readonly [Key in keyof F]: ReturnType<F[Key]> };

/** Every required field, any of the optional ones, and nothing else. */
export function shape<Required extends Fields, Optional extends Fields = Record<never, never>>(
  required: Required,
  optional?: Optional,
): Read<Value<Required> & Partial<Value<Optional>>> {
  const known = new Map(Object.entries({ ...required, ...optional }));
  return (value, path) => {
    const given = plain(value, path);
    const at = (key: string) => (path === "" ? key : `${path}.${key}`);
    for (const key of Object.keys(given)) {
      if (!known.has(key)) wrong(at(key), "it is not known");
    }
    for (const key of Object.keys(required)) {
      if (given[key] === undefined) wrong(at(key), "it is missing");
    }
    const read = Object.entries(given).map(([key, each]) => [key, known.get(key)?.(each, at(key))] as const);
    return Object.fromEntries(read) as Value<Required> & Partial<Value<Optional>>;
  };
}

function plain(value: unknown, path: string): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : wrong(path, "an object is expected");
}
