/** Folders of generated files, as a seam. Types only. */

/** Paths as given, relative to the working folder. Each throws ERR_FILE_UNREADABLE with the path and the reason. */
export interface Folders {
  /** Names in a folder, sorted; none if there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Complete or as before; in place of a file of that name if there is one. Makes the folder. */
  replace(path: string, content: Uint8Array): Promise<void>;
  /** Gives a file another name; never over an existing one (ERR_FILE_EXISTS). */
  move(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}
