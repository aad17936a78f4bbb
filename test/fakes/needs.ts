/** Programs outside npm that a test needs: it is skipped if one is missing, and fails under CI, where all are installed. */
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { describe } from "vitest";

/** Neither apt nor npm has these everywhere: their absence never fails. */
const OPTIONAL = new Set(["terraform", "moto_server", "boto3", "cosign", "gh"]);

/** `describe`, or a skipped one titled `skipped: needs X`. Takes several names: all must be there. */
export function needs(...programs: string[]): (title: string, tests: () => void) => void {
  const absent = programs.filter((program) => pathOf(program) === undefined);
  if (absent.length === 0) return describe;
  const reason = `needs ${absent.join(", ")}`;
  if (process.env.CI && absent.some((program) => !OPTIONAL.has(program))) {
    throw new Error(`${reason}: install it (.ci/run does)`);
  }
  return skipped(reason);
}

/** In place of `describe`: says why its tests do not run. */
export const skipped = (reason: string) => (title: string, tests: () => void) =>
  describe.skip(`skipped: ${reason}: ${title}`, tests);

/** The program's path, or undefined. A path is checked only as given. */
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
