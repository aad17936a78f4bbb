/** Tests that need a program outside npm: run where it is, said to be skipped where it is not, failed in CI. */
import { spawnSync } from "node:child_process";
import { describe, it } from "vitest";

/** Neither apt nor npm provides these, so that CI may lack them too. */
const UNOBTAINABLE: ReadonlySet<string> = new Set(["terraform", "aws2"]);

export function isInstalled(program: string): boolean {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;
}

/** In the place of `describe`: `needs("openssl")("signs as openssl does", () => { ... })`. The body runs only where all are there. */
export function needs(...programs: readonly string[]): (name: string, body: () => void) => void {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) return (name, body) => void describe(name, body);
  const fails = process.env.CI === "true" && missing.some((program) => !UNOBTAINABLE.has(program));
  return (name) => {
    describe(name, () => {
      const reason = `skipped: needs ${missing.join(", ")}`;
      if (fails) {
        it(reason, () => {
          throw new Error(`CI must have ${missing.join(", ")}`);
        });
      } else {
        it.skip(reason, () => {});
      }
    });
  };
}
