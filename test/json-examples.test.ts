/** The jq line in each command's help is valid, and finds something in a document of that command. */
import { execFileSync } from "node:child_process";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../src/cli/command-table.ts";
import { jsonExample } from "../src/cli/json-examples.ts";
import { documentSchema } from "../src/report/schemas/envelope.ts";
import { memoryWorld, runCommand } from "./fakes/memory-world.ts";
import { needs } from "./fakes/needs.ts";
import { sampleOf } from "./fakes/sample-document.ts";

const ajv = new Ajv2020({ strict: false });

/** For filters that select by value: a generated sample has only the first value of each enum. */
const SAMPLES: Readonly<Record<string, object>> = {
  probe: { result: { requests: [{ verdict: "failed", url: "https://h.example/" }] } },
  "config schema": { result: documentSchema("rotate status") ?? {} },
};

needs("jq")("the jq line", () => {
  it.each(COMMANDS.map(({ words }) => words))("of %s finds something", (words) => {
    const [line = ""] = jsonExample(words) ?? [];
    const [, filter = ""] = /--json \| jq -r '?(.*?)'?$/.exec(line) ?? [];
    const schema = documentSchema(words);
    const sample = sampleOf(schema as Parameters<typeof sampleOf>[0]);
    expect(ajv.validate(schema as object, sample), ajv.errorsText()).toBe(true);
    const input = JSON.stringify(SAMPLES[words] ?? sample);
    const found = execFileSync("jq", ["-r", filter], { input, encoding: "utf8" });
    expect(found.trim()).not.toMatch(/^(?:|null)$/);
  });
});

describe("the help of every command", () => {
  it.each(COMMANDS.map(({ words }) => words))("%s has a jq line as its last example", async (words) => {
    const { stdout } = await runCommand([...words.split(" "), "--help"], memoryWorld());
    const [line = "missing"] = jsonExample(words) ?? [];
    expect(stdout).toContain(`  ${line}\n\nUsage:`);
    expect(line.length).toBeLessThanOrEqual(78);
  });

  it.each(COMMANDS.map(({ words }) => words))(
    "%s points to the global options instead of listing them",
    async (words) => {
      const { stdout } = await runCommand([...words.split(" "), "--help"], memoryWorld());
      expect(stdout).toContain("keyturn help options");
      expect(stdout).not.toMatch(/^ +--(?:endpoint-url|no-color|no-pager) /m);
    },
  );
});
