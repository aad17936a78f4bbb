/** Runs `keyturn logs` in process on files in a temporary folder. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "../../src/finding.ts";
import type { LogsResult } from "../../src/report/logs.ts";
import { type MemoryWorldOptions, memoryWorld, runCommand } from "../fakes/memory-world.ts";

let folder: string | undefined;
process.once("exit", () => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

let count = 0;
/** Writes a file with a unique name and this extension. It is removed when the tests end. */
export function logFile(content: string | Uint8Array, ending = "log"): string {
  folder ??= mkdtempSync(join(tmpdir(), "keyturn-test-logs-"));
  count += 1;
  const path = join(folder, `${count}.${ending}`);
  writeFileSync(path, content);
  return path;
}

export interface AskedLogs {
  readonly result: LogsResult;
  readonly findings: readonly Finding[];
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function askLogs(argv: readonly string[], options: MemoryWorldOptions = {}): Promise<AskedLogs> {
  const world = memoryWorld(options);
  const { stdout, stderr, exitCode } = await runCommand(["logs", ...argv, "--json"], world);
  const document = JSON.parse(stdout) as { result: LogsResult; findings: Finding[] };
  return { ...document, exitCode, stdout, stderr };
}

export const rowsOf = (asked: AskedLogs, question: string) => asked.result.questions[question]?.rows ?? [];
export const idsOf = ({ findings }: AskedLogs) => findings.map(({ id }) => id).sort();
