/** The benchmark works: its short form measures every figure. The values themselves are not tested. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

interface Row {
  readonly id: string;
  readonly what: string;
  readonly ratio?: number;
  readonly notMeasured?: string;
}

test("the short form has every figure, or the reason why it is missing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-bench-test-"));
  try {
    const { figures } = await import(new URL("./figures.mjs", import.meta.url).href);
    const output = join(folder, "figures.json");
    const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
    const bench = join(import.meta.dirname, "bench.mjs");
    await promisify(execFile)(process.execPath, [bench, "--short", "--output", output], { env });
    const taken: Row[] = JSON.parse(readFileSync(output, "utf8")).figures;
    expect(new Set(taken.map(({ id }) => id))).toEqual(new Set(figures.map(({ id }: Row) => id)));
    for (const { what, ratio, notMeasured } of taken) {
      // A count of errors may be 0, a ratio may not.
      if (notMeasured === undefined) expect(ratio, what).toBeGreaterThan(what.startsWith("errors ") ? -1 : 0);
      else expect(notMeasured, what).toMatch(/^needs |core/);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
