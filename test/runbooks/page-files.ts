/** Reads the runbooks from their folder. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseRunbook } from "../../src/runbooks/runbook.ts";

const FOLDER = resolve(import.meta.dirname, "../../runbooks");

export const read = (file: string) => readFileSync(join(FOLDER, file), "utf8");

export const pages = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".md") && file !== "README.md")
  .map((file) => parseRunbook(file.slice(0, -3), read(file)));
