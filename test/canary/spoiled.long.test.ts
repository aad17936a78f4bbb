/**
 * Runs every command while AWS and the edge respond with terminal control sequences, and searches the output and files
 * for them.
 */
import { describe, expect, it } from "vitest";
import { SCENES } from "./scenes.ts";
import { CONTROL_CHARACTERS } from "./spoiled.ts";
import { canaryStage } from "./stage.ts";

const around = (text: string, at: number) => JSON.stringify(text.slice(Math.max(0, at - 60), at + 20));
let writtenOut = 0;

/** The same function writes every JSON document, so a few scenes are enough. */
const IN_JSON = ["keys in files", "a probe that writes reports", "a rotation from plan to evidence"];

describe.each(["--verbose", "--json"])("with %s", (mode) => {
  const scenes = SCENES.filter(({ name }) => mode !== "--json" || IN_JSON.includes(name));
  it.each(scenes.map((scene) => [scene.name, scene] as const))(
    "no control sequence is printed: %s",
    async (_, scene) => {
      const { run, traces } = await canaryStage({ ...scene.stage, spoiled: true });
      const printed: Record<string, string> = {};
      for (const line of scene.lines) {
        const { stdout, stderr } = await run(`${mode} ${line}`);
        Object.assign(printed, { [`${line}: stdout`]: stdout, [`${line}: stderr`]: stderr });
      }
      // AWS must receive a name unchanged, and the journal has its own test.
      const { journal: _j, "an argument, the record or another call to AWS": _c, ...kept } = traces();
      // The Lambda function's code contains nothing from AWS.
      const texts = Object.entries({ ...printed, ...kept }).filter(
        ([place]) => !place.endsWith(".zip/index.js"),
      );
      writtenOut += texts.filter(([, text]) => /\\u\{?0?0?9b/.test(text)).length;
      const found = texts.filter(([, text]) => CONTROL_CHARACTERS.test(text));
      expect(
        found.map(([place, text]) => `${place}: ${around(text, text.search(CONTROL_CHARACTERS))}`),
      ).toEqual([]);
    },
  );
});

it("the responses really contained control sequences, which were printed escaped", () => {
  expect(writtenOut).toBeGreaterThan(10);
});
