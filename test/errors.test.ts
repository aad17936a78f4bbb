/** Every place that creates an error uses the class that the code's page documents, and adds hints of what to type. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ErrorClass, ErrorCode } from "../src/errors.ts";
import { ERROR_PAGES } from "../src/help/error-pages.ts";
import { errorSitesIn } from "./source-code.ts";

const SRC = join(import.meta.dirname, "../src");

const sites = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .toSorted()
  .flatMap((file) =>
    errorSitesIn(readFileSync(join(SRC, file), "utf8")).map((site) => ({
      place: `${file}: ${site.code}`,
      errorClass: site.errorClass.toLowerCase() as ErrorClass,
      code: site.code as ErrorCode,
      hasHints: site.hasHints,
    })),
  );

/**
 * Errors without a person to type: the sandbox's servers answer programs over HTTP, and its rotation view catches its
 * own.
 */
const NOBODY_TO_TYPE =
  /^sandbox\/(api-control|faults|third-party|switches|origin|viewer|rehearsal|rotation-view)\b/;

describe("errors", () => {
  it("are created in many places", () => expect(sites.length).toBeGreaterThan(120));

  it("have the class that their help page documents", () => {
    const others = sites.filter(({ errorClass, code }) => errorClass !== ERROR_PAGES[code].errorClass);
    expect(others).toEqual([]);
  });

  it("have hints of what to type next", () => {
    const silent = sites.filter(
      ({ place, errorClass, hasHints }) =>
        errorClass !== "internal" && !NOBODY_TO_TYPE.test(place) && !hasHints,
    );
    expect(silent).toEqual([]);
  });

  it("use every code in the help pages", () => {
    const elsewhere = readdirSync(SRC, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !/^(errors|help\/error-pages)\.ts$/.test(file))
      .map((file) => readFileSync(join(SRC, file), "utf8"))
      .join("\n");
    const unused = Object.keys(ERROR_PAGES).filter((code) => !elsewhere.includes(`"${code}"`));
    expect(unused).toEqual([]);
  });
});
