/** What `keyturn logs` works with on this machine: a private folder, files, and DuckDB over them. */
import type { LogWorkspace, LogWorkspaceOptions } from "../../seams/logs.ts";
import { openDuckDb } from "./duckdb.ts";
import { localLogFiles } from "./log-files.ts";
import { makePrivateFolder } from "./private-folder.ts";

/** `interrupt` ends a running query; its caller then closes the workspace. */
export async function openLogWorkspace(
  { memoryLimit }: LogWorkspaceOptions,
  interrupt: AbortSignal,
): Promise<LogWorkspace> {
  const folder = makePrivateFolder();
  try {
    const engine = await openDuckDb(folder.path, memoryLimit, interrupt);
    return {
      files: localLogFiles(folder.path, engine, interrupt),
      engine,
      folder: folder.path,
      async close() {
        engine.close();
        folder.remove();
      },
    };
  } catch (thrown) {
    folder.remove();
    throw thrown;
  }
}
