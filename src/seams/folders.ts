/** Folders of generated files, as a seam. Types only. */

/** Paths as given, relative to the working folder. Each throws ERR_FILE_UNREADABLE with the path and the reason. */
export interface Folders {
  /** Names in a folder, sorted; none if there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Atomic; replaces an existing file of that name. Creates the folder. */
  replace(path: string, content: Uint8Array): Promise<void>;
  /** Renames a file; never replaces an existing one (ERR_FILE_EXISTS). */
  move(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}
