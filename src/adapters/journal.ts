/** The audit trail: JSON Lines in the XDG state folder, one file per name, synced before an entry counts as written. */
import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { unwritableFile } from "../file-errors.ts";
import { isRecord } from "../is-record.ts";
import type { JournalStore } from "../seams/world.ts";
import { printableJson } from "../text/printable.ts";

/** `$XDG_STATE_HOME/keyturn`, or `~/.local/state/keyturn`. */
export function journalFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "keyturn");
}

export function fileJournal(folder: string): JournalStore {
  const pathOf = (name: string) => join(folder, `${name.replace(/[^A-Za-z0-9_.-]+/g, "-")}.jsonl`);
  return {
    async newest(name) {
      const text = await tailOf(pathOf(name)).catch(() => "");
      return text.split("\n").flatMap(entryIn);
    },
    async append(name, entry) {
      const path = pathOf(name);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const flags = constants.O_CREAT | constants.O_APPEND | constants.O_WRONLY | constants.O_NOFOLLOW;
        const file = await open(path, flags, 0o600);
        try {
          // One write, so that two operators on one machine never interleave inside a line.
          await file.appendFile(`${printableJson(JSON.stringify(entry))}\n`);
          await file.sync();
        } finally {
          await file.close();
        }
      } catch (thrown) {
        throw unwritableFile(`the journal ${path}`, thrown, "set XDG_STATE_HOME to a writable folder");
      }
    },
  };
}

/** Many times what one rotation writes. */
const TAIL = 4 * 1024 * 1024;

async function tailOf(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** A truncated line, at the start of the tail or after a full disk, is not an entry. */
function entryIn(line: string): Readonly<Record<string, unknown>>[] {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? [value] : [];
  } catch {
    return [];
  }
}
