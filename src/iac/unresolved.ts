/** Values that are not in the file: placeholders until somebody needs them. */
import type { UnresolvedValue } from "./declaration.ts";

export class Unresolved {
  /** A phrase: `parameter KeyGroupId has no default`. */
  readonly what: string;
  /** The parameter that would supply it. */
  readonly parameter: string | undefined;
  constructor(what: string, parameter?: string) {
    this.what = what;
    this.parameter = parameter;
  }
}

const UNRESOLVED_PREFIX = "unresolved:";

/** Collects values that signing depends on but the file does not have. */
export class UnresolvedValues {
  readonly #found: UnresolvedValue[] = [];

  get all(): readonly UnresolvedValue[] {
    return this.#found;
  }

  /** The value, or undefined with a note. */
  known(value: string | Unresolved | undefined, where: string): string | undefined {
    if (!(value instanceof Unresolved)) return value;
    const { what, parameter } = value;
    this.#found.push({ where, what, parameter });
    return undefined;
  }

  /**
   * IDs in a list, each unresolved one replaced by a name that no resource has, so that the list does not become
   * empty.
   */
  ids(values: readonly (string | Unresolved)[] | Unresolved | undefined, where: string): string[] {
    if (values instanceof Unresolved) return [this.#standIn(values, where)];
    return (values ?? []).map((each, at) =>
      each instanceof Unresolved ? this.#standIn(each, `${where}[${at}]`) : each,
    );
  }

  #standIn(value: Unresolved, where: string): string {
    this.known(value, where);
    return `${UNRESOLVED_PREFIX}${value.what}`;
  }
}

/** For values that signing does not depend on. */
export const textOr = (value: string | Unresolved | undefined, otherwise: string): string =>
  value === undefined || value instanceof Unresolved ? otherwise : value;

export const textsOr = (
  values: readonly (string | Unresolved)[] | Unresolved | undefined,
  otherwise: readonly string[],
): readonly string[] =>
  values === undefined || values instanceof Unresolved
    ? otherwise
    : values.filter((each): each is string => typeof each === "string");
