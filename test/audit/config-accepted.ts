/** `config init` on an account, then `config check` and `audit` of the file that it wrote, unchanged. */
import { expect } from "vitest";
import { type MemoryWorld, runCommand } from "../fakes/memory-world.ts";

export interface Accepted {
  readonly yaml: string;
  /** The first gate's key pair ID, as the audit found it in the secret. */
  readonly keyPairId: string | undefined;
}

export async function configAccepted(world: MemoryWorld): Promise<Accepted> {
  expect(await runCommand(["config", "init"], world)).toMatchObject({ exitCode: 0 });
  expect(await runCommand(["config", "check"], world)).toMatchObject({ exitCode: 0 });
  const { stdout, exitCode } = await runCommand(["audit", "--all", "--json"], world);
  const { result, findings } = JSON.parse(stdout) as {
    result: { gates: { signingKey?: { keyPairId: string } }[] };
    findings: { severity: string }[];
  };
  expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
  expect(exitCode).toBe(0);
  return { yaml: world.files.text("keyturn.yaml"), keyPairId: result.gates[0]?.signingKey?.keyPairId };
}
