/**
 * Programs outside npm that a test needs. The test is skipped if one is missing, but fails under CI, where all are
 * installed.
 */
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { describe } from "vitest";

/** Not available from apt or npm everywhere, so a missing one never fails. */
const OPTIONAL = new Set(["terraform", "moto_server", "boto3", "cosign", "gh"]);

/** `describe`, or a skipped one titled `skipped: needs X` if any of the programs is missing. */
export function needs(...programs: string[]): (title: string, tests: () => void) => void {
  const absent = programs.filter((program) => pathOf(program) === undefined);
  if (absent.length === 0) return describe;
  const reason = `needs ${absent.join(", ")}`;
  if (process.env.CI && absent.some((program) => !OPTIONAL.has(program))) {
    throw new Error(`${reason}: install it (.ci/run does)`);
  }
  return skipped(reason);
}

/** A skipped `describe` whose title says why its tests do not run. */
export const skipped = (reason: string) => (title: string, tests: () => void) =>
  describe.skip(`skipped: ${reason}: ${title}`, tests);

/** The program's path, or undefined. An absolute path is checked as given. */
export function pathOf(program: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return (isAbsolute(program) ? [program] : folders.map((folder) => join(folder, program))).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
