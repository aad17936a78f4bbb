/**
 * One JSON file that outlives the process: written whole to a temporary file, synced, then renamed over the old one. Its
 * own checksum stands in the first line, so that a damaged file is refused by name and never half believed.
 */
import { createHash } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../../errors.ts";
import { unwritable } from "../../file-errors.ts";
import { shellWord } from "../../text/shell-word.ts";
import { makeFolder, openDraft } from "../folder.ts";

const FORMAT = "keyturn sandbox state, version 1";

export class StateFile<State, Saved> {
  readonly path: string;
  readonly #encode: (state: State) => Saved;
  #unsaved: State | undefined;
  #writing: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;

  /** `encode` gives what JSON can hold. */
  constructor(directory: string, name: string, encode: (state: State) => Saved) {
    this.path = join(directory, `${name}.json`);
    this.#encode = encode;
  }

  /** What was saved last; undefined when there is no file yet. Throws ERR_FILE_UNREADABLE. */
  async read(): Promise<Saved | undefined> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw this.#unreadable((cause as Error).message, cause);
    }
    const end = text.indexOf("\n");
    const body = text.slice(end + 1);
    if (text.slice(0, end) !== header(body))
      throw this.#unreadable("its checksum does not match its content");
    return JSON.parse(body) as Saved;
  }

  /** Replaces what is there. States that come while a write is under way share the next one: the newest is written. */
  save(state: State): void {
    this.#unsaved = state;
  }

  /** Resolves once everything saved so far is on the disk. Throws ERR_FILE_UNREADABLE; the next call tries again. */
  saved(): Promise<void> {
    if (this.#unsaved === undefined) return this.#writing;
    this.#queued ??= this.#afterThisWrite();
    return this.#queued;
  }

  async #afterThisWrite(): Promise<void> {
    await this.#writing.catch(() => {
      // Whoever waited for that write was told; its state is unsaved again and goes out with this one.
    });
    this.#queued = undefined;
    const state = this.#unsaved as State;
    this.#unsaved = undefined;
    this.#writing = this.#write(state).catch((cause: unknown) => {
      this.#unsaved ??= state;
      throw unwritable(this.path, cause);
    });
    await this.#writing;
  }

  async #write(state: State): Promise<void> {
    const body = JSON.stringify(this.#encode(state));
    const folder = dirname(this.path);
    await makeFolder(folder);
    // Secret values are in it.
    const { draft, file } = await openDraft(this.path);
    try {
      await file.writeFile(`${header(body)}\n${body}`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.path);
    await syncFolder(folder);
  }

  #unreadable(reason: string, cause?: unknown): InputError {
    const folder = dirname(this.path);
    return new InputError(
      "ERR_FILE_UNREADABLE",
      `${this.path} cannot be used as the sandbox's state: ${reason}`,
      [cause === undefined ? setAside(folder) : `ls -ld ${shellWord(folder)}`],
      cause,
    );
  }
}

/** The whole folder: the files of one account name each other's ids, and without one the others are of no use. */
export function setAside(folder: string): string {
  const path = shellWord(resolve(folder));
  return `mv ${path} ${path}.damaged`;
}

const header = (body: string) => `${FORMAT}, sha256 ${createHash("sha256").update(body).digest("hex")}`;

/** A rename is on the disk only once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
