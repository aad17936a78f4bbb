/** Documents that are read strictly: a plan, a record. */
import { describe, expect, it } from "vitest";
import { shape, text } from "../../src/rotation/shape.ts";

describe("a shape", () => {
  const read = shape({ gate: text }, { ticket: text });

  it.each(["__proto__", "constructor", "toString", "other"])("refuses the member %s", (name) => {
    expect(() => read(JSON.parse(`{"gate":"app","${name}":{}}`), "")).toThrow(`${name}: it is not known`);
  });
  it("takes what it knows", () => {
    expect(read(JSON.parse('{"gate":"app","ticket":"OPS-1"}'), "")).toEqual({ gate: "app", ticket: "OPS-1" });
  });
});
