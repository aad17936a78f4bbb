/** Which faults are on: one set, changed by in-process tests, the control endpoint and the page's switches. */
import { UsageError } from "../errors.ts";

/** The switch's label on the page. */
export interface SwitchLabel {
  readonly title: string;
  /** The heading above it. */
  readonly group: string;
}

export class Switches<Id extends string = string> {
  readonly labels: ReadonlyMap<Id, SwitchLabel>;
  readonly #set = new Set<Id>();
  #on: readonly Id[] = [];
  #changes = 0;

  constructor(labels: Readonly<Record<Id, SwitchLabel>>) {
    this.labels = new Map(Object.entries(labels) as [Id, SwitchLabel][]);
  }

  has(id: Id): boolean {
    return this.#set.has(id);
  }
  get on(): readonly Id[] {
    return this.#on;
  }
  /** Increases with every change, so that values derived from the switches can be cached until then. */
  get revision(): number {
    return this.#changes;
  }
  /** Throws ERR_USAGE for an unknown name. */
  turn(id: string, on: boolean): void {
    if (!this.labels.has(id as Id)) {
      throw new UsageError("ERR_USAGE", `the sandbox has no fault named "${id}"`, [
        `one of: ${[...this.labels.keys()].join(", ")}`,
      ]);
    }
    if (on) this.#set.add(id as Id);
    else this.#set.delete(id as Id);
    this.#changed();
  }
  clear(): void {
    this.#set.clear();
    this.#changed();
  }

  #changed(): void {
    this.#on = [...this.#set];
    this.#changes += 1;
  }
}
