/** A map that forgets what was not asked for lately: at most `limit` entries, least recently used out first. */

export class BoundedCache<Key, Value> {
  readonly #limit: number;
  readonly #entries = new Map<Key, Value>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    // A Map keeps insertion order: putting it in again makes it the newest.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }
  delete(key: Key): void {
    this.#entries.delete(key);
  }
  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#limit) this.#entries.delete(this.#entries.keys().next().value as Key);
  }
}
