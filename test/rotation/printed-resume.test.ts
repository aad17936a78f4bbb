/**
 * A printed `rotate resume` is for somebody at a terminal, so it has --wait and reaches the end. The exception is after
 * --rebuild-record, where a decision comes first: continue, or abort.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const SOURCES = new URL("../../src/", import.meta.url);

const sources = (): readonly string[] =>
  readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

describe("a printed `rotate resume`", () => {
  it("waits until the rotation finishes or halts", () => {
    const lines = sources().flatMap((file) =>
      [
        ...readFileSync(new URL(file, SOURCES), "utf8").matchAll(/keyturn rotate resume --gate [^\\`"\n]+/g),
      ].map(([line]) => `${file}: ${line}`),
    );
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.filter((line) => !/ --wait$| --rebuild-record$/.test(line))).toEqual([]);
  });
});
