/**
 * One JSON file that outlives the process, replaced in one step: written to a temporary file, synced, then renamed over it. A file
 * that cannot be read is an error that names it.
 */
import { open, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../../errors.ts";
import { unwritableFile } from "../../file-errors.ts";
import { shellWord } from "../../text/shell-word.ts";
import { makeFolder, writeWhole } from "../folder.ts";

const FORMAT = "keyturn sandbox state, version 2";

export class StateFile<State, Saved> {
  readonly path: string;
  readonly #encode: (state: State) => Saved;
  #newest: State | undefined;
  #onDisk: State | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** `encode` returns a JSON-compatible value. */
  constructor(directory: string, name: string, encode: (state: State) => Saved) {
    this.path = join(directory, `${name}.json`);
    this.#encode = encode;
  }

  /** The last written state; undefined if there is no file yet. Throws ERR_FILE_UNREADABLE. */
  async read(): Promise<Saved | undefined> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw this.#unreadable((cause as Error).message, `ls -ld ${shellWord(dirname(this.path))}`, cause);
    }
    const { format, state } = parsed(text);
    if (format === FORMAT) return state as Saved;
    throw this.#unreadable("it is damaged, or was written by another version", setAside(dirname(this.path)));
  }

  /** The state for the next write. */
  save(state: State): void {
    this.#newest = state;
  }

  /**
   * Resolves once everything saved so far is on disk. One write at a time; callers that arrive during a write
   * share the next one. Throws ERR_FILE_UNREADABLE; the next call tries again.
   */
  saved(): Promise<void> {
    const write = () => this.#write();
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }

  async #write(): Promise<void> {
    const state = this.#newest;
    if (state === undefined || state === this.#onDisk) return;
    const folder = dirname(this.path);
    try {
      await makeFolder(folder);
      await writeWhole(this.path, JSON.stringify({ format: FORMAT, state: this.#encode(state) }));
      await syncFolder(folder);
    } catch (cause) {
      throw unwritableFile(this.path, cause);
    }
    this.#onDisk = state;
  }

  #unreadable(reason: string, hint: string, cause?: unknown): InputError {
    const message = `${this.path} cannot be used as the sandbox's state: ${reason}`;
    return new InputError("ERR_FILE_UNREADABLE", message, [hint], cause);
  }
}

function parsed(text: string): { readonly format?: unknown; readonly state?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Moves the whole folder: the files of one account refer to each other, and none is usable alone. */
export function setAside(folder: string): string {
  const path = shellWord(resolve(folder));
  return `mv ${path} ${path}.damaged`;
}

/** A rename is durable only once its folder is synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
