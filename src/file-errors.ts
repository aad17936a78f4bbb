/** The operating system's file errors, in words. */
import { dirname } from "node:path";
import { InputError } from "./errors.ts";
import { shellWord } from "./text/shell-word.ts";

/** For a missing file, suggest listing its folder. */
export function unreadableFile(path: string, thrown: unknown): InputError {
  return new InputError("ERR_FILE_UNREADABLE", `${path} cannot be read: ${reasonOf(thrown)}`, [
    codeOf(thrown) === "ENOENT" ? `ls -l ${shellWord(dirname(path))}` : `ls -l ${shellWord(path)}`,
  ]);
}

/** `next` is the command that shows why, or fixes it. A KeyturnError passes through unchanged. */
export function unwritableFile(path: string, thrown: unknown, next = nextFor(path, thrown)): InputError {
  if (thrown instanceof InputError) return thrown;
  const reason = WRITE_REASONS[codeOf(thrown) ?? ""] ?? reasonOf(thrown);
  return new InputError("ERR_FILE_UNREADABLE", `${path} cannot be written: ${reason}`, [next], thrown);
}

function nextFor(path: string, thrown: unknown): string {
  const folder = shellWord(dirname(path));
  const code = codeOf(thrown);
  if (code === "ENOENT") return `mkdir -p ${folder}`;
  if (code === "ENOSPC") return `df -h ${folder}`;
  return code === "EEXIST" ? `ls -ld ${shellWord(path)}` : `ls -ld ${folder}`;
}

/** For a new file, "missing" means its folder; "not a folder" means part of its path. */
const WRITE_REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such folder",
  EEXIST: "it is not a folder",
};

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  ENOSPC: "no space left",
  EROFS: "the file system is read-only",
  ELOOP: "too many symlinks",
  EFBIG: "it is too large",
};

function reasonOf(thrown: unknown): string {
  const code = codeOf(thrown) ?? "unknown reason";
  return REASONS[code] ?? code;
}

/** The operating system's name of the failure, such as ENOENT. */
export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : undefined;
}
