/** A value that must not be printed. `reveal()` is the only way to it, so that a search for the word finds every use. */
import { inspect } from "node:util";

export class Sealed<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }
  reveal(): T {
    return this.#value;
  }
  toString(): string {
    return "[sealed]";
  }
  toJSON(): string {
    return "[sealed]";
  }
  [inspect.custom](): string {
    return "[sealed]";
  }
}
