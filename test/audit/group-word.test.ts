/**
 * Printed commands name a key group by its name, which fits on a line, and by its ID only if the name cannot be used.
 */
import { expect, it } from "vitest";
import { addKey, currentKeyId, probedSite, trustOnly } from "../probe/fault-site.ts";

it("the command that removes a stray key has the group's name, and fits on a line of 80 columns", async () => {
  const ill = await probedSite();
  const other = addKey(ill, "other.pem");
  await trustOnly(ill, currentKeyId(ill), other);
  const { stdout } = await ill.run("audit --gate demo");
  const line = stdout.split("\n").find((each) => each.includes("keyturn keys untrust"));
  expect(line).toMatch(new RegExp(`keyturn keys untrust ${other} --group demo-signers$`));
  expect(line?.length).toBeLessThanOrEqual(80);
  const { exitCode, stderr } = await ill.runWords([
    ...(line?.replace(/^.*?keyturn /, "").split(" ") ?? []),
    "--dry-run",
  ]);
  expect(exitCode, stderr).toBe(0);
});
