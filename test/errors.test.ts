/** Every place that makes an error: its class is the one that the code's page documents, and it says what to type. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ErrorClass, ErrorCode } from "../src/errors.ts";
import { ERROR_PAGES } from "../src/help/error-pages.ts";

const SRC = join(import.meta.dirname, "../src");

interface Site {
  readonly place: string;
  readonly errorClass: ErrorClass;
  readonly code: ErrorCode;
  /** As it is written: the list of hints, or a name for it. */
  readonly hints: string | undefined;
}

/** `new InputError("ERR_CONFIG", ...)`: those that name their code where they are made. */
function sitesIn(file: string): Site[] {
  const text = readFileSync(join(SRC, file), "utf8");
  return [...text.matchAll(/new (\w+)Error\(\s*"(ERR_\w+)",/g)].map((found) => ({
    place: `${file}:${text.slice(0, found.index).split("\n").length}`,
    errorClass: (found[1] as string).toLowerCase() as ErrorClass,
    code: found[2] as ErrorCode,
    hints: argumentsFrom(text, (found.index as number) + found[0].length)[1],
  }));
}

/** After the code, up to the bracket that closes the call. */
function argumentsFrom(text: string, start: number): string[] {
  const found = [""];
  let depth = 1;
  let quote = "";
  for (let at = start; at < text.length; at += 1) {
    const each = text[at] as string;
    if (quote !== "") {
      if (each === "\\") at += 1;
      else if (each === quote) quote = "";
    } else if (`"'\``.includes(each)) quote = each;
    else if ("([{".includes(each)) depth += 1;
    else if (")]}".includes(each)) depth -= 1;
    if (depth === 0) return found.map((written) => written.trim()).filter((written) => written !== "");
    if (each === "," && depth === 1 && quote === "") found.push("");
    else found[found.length - 1] += each;
  }
  throw new Error("a call that does not end");
}

const sites = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .toSorted()
  .flatMap(sitesIn);

/** The sandbox's own servers answer programs over HTTP: nobody is there to type a hint. */
const ANSWERED_OVER_HTTP = /^sandbox\/(api-control|faults|third-party|switches|origin|viewer|rehearsal)\b/;

describe("errors", () => {
  it("are made in many places", () => expect(sites.length).toBeGreaterThan(120));

  it.each(sites)("$place: $code has the class of its page", ({ errorClass, code }) => {
    expect(errorClass).toBe(ERROR_PAGES[code].errorClass);
  });

  it.each(
    sites.filter(({ place, errorClass }) => errorClass !== "internal" && !ANSWERED_OVER_HTTP.test(place)),
  )("$place: $code says what to type next", ({ hints }) => {
    expect(hints).toBeDefined();
    expect(hints).not.toBe("[]");
  });

  it("use every code that has a page", () => {
    const elsewhere = readdirSync(SRC, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !/^(errors|help\/error-pages)\.ts$/.test(file))
      .map((file) => readFileSync(join(SRC, file), "utf8"))
      .join("\n");
    const unused = Object.keys(ERROR_PAGES).filter((code) => !elsewhere.includes(`"${code}"`));
    expect(unused).toEqual([]);
  });
});
