/** `runbook list WORD` finds a runbook by the words of somebody who does not know keyturn's terms. */
import { expect, it } from "vitest";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";

it.each([
  ["cost", "gate-is-open"],
  ["bill", "gate-is-open"],
  ["traffic grows", "gate-is-open"],
  ["scanner", "gate-is-open"],
  ["new users", "login-works-calls-fail"],
  ["503", "login-works-calls-fail"],
  ["empty page", "login-works-calls-fail"],
])("runbook list %s shows %s first", async (words, runbook) => {
  const { stdout, exitCode } = await runCommand(
    ["runbook", "list", ...words.split(" "), "--json"],
    memoryWorld(),
  );
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).result[0].name).toBe(runbook);
});
