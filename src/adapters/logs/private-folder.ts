/** Folders for copies of access logs, which are usable credentials: owner-only, and deleted at the end. */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unwritableFile } from "../../file-errors.ts";

const PREFIX = "keyturn-logs-";

export interface PrivateFolder {
  readonly path: string;
  remove(): void;
}

/** Mode 0700. Deleted by `remove`, at the latest when the process ends. Throws ERR_FILE_UNREADABLE. */
export function makePrivateFolder(): PrivateFolder {
  removeOrphans();
  const pattern = join(tmpdir(), `${PREFIX}${process.pid}-`);
  let path: string;
  try {
    path = mkdtempSync(pattern);
  } catch (cause) {
    throw unwritableFile(pattern, cause);
  }
  const remove = () => {
    rmSync(path, { recursive: true, force: true });
    process.off("exit", remove);
  };
  process.on("exit", remove);
  return { path, remove };
}

/** keyturn's folders that a killed process left behind. */
function removeOrphans(): void {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX));
  for (const name of folders) {
    const path = join(tmpdir(), name);
    const pid = Number(/^keyturn-logs-(\d+)-/.exec(name)?.[1]);
    try {
      if (statSync(path).uid === process.getuid?.() && !isAlive(pid))
        rmSync(path, { recursive: true, force: true });
    } catch {
      // Another user's, or deleted meanwhile.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
}
