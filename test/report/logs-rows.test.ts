/** Tables of `keyturn logs` on narrow terminals: no line is broken by the terminal, and nothing is lost. */
import { describe, expect, it } from "vitest";
import { rowsText } from "../../src/report/logs-rows.ts";
import { makeStyle } from "../../src/report/style.ts";

const styled = (columns: number, isTerminal = true) =>
  makeStyle({ colour: false, unicode: true, columns, isTerminal });
const DENIED = {
  bucket: "2026-11-29T22:37:00Z",
  answered_by: "edge-signature",
  wire_code: "MalformedSignature",
  reason: "key-pair-id-missing",
  requests: 4,
};
const textOf = async (rows: Parameters<typeof rowsText>[0], columns: number, isTerminal = true) =>
  rowsText(rows, await styled(columns, isTerminal)).join("\n");
const widthOf = (text: string) => Math.max(...text.split("\n").map(({ length }) => length));

describe("a table of logs", () => {
  it("is printed unchanged if it fits", async () => {
    const text = await textOf([DENIED], 100);
    expect(text).toBe(
      "    bucket                answered by     wire code           reason               requests\n    2026-11-29T22:37:00Z  edge-signature  MalformedSignature  key-pair-id-missing  4",
    );
    const width = widthOf(text);
    expect(await textOf([DENIED], width)).toBe(text);
    expect(await textOf([DENIED], width - 1)).not.toBe(text);
  });
  it("drops the year and the seconds on 80 columns, and labels times as UTC", async () => {
    const text = await textOf([DENIED, { ...DENIED, bucket: null }], 80);
    expect(text.split("\n").map((line) => line.trim().split(/ {2,}/))).toEqual([
      ["bucket UTC", "answered by", "wire code", "reason", "requests"],
      ["11-29 22:37", "edge-signature", "MalformedSignature", "key-pair-id-missing", "4"],
      ["-", "edge-signature", "MalformedSignature", "key-pair-id-missing", "4"],
    ]);
    expect(widthOf(text)).toBe(80);
  });
  it("keeps the seconds if any time has some", async () => {
    const rows = [
      { client: "d66d48ae", first_seen: "2026-11-29T22:37:28Z", last_seen: "2026-11-29T22:38:00Z" },
      { client: "d66d48af", first_seen: "2026-11-29T22:37:00Z", last_seen: "2026-11-29T22:39:00Z" },
    ];
    const text = await textOf(rows, 48);
    expect(text).toContain("11-29 22:37:28  11-29 22:38");
    expect(text).toContain("11-29 22:37:00  11-29 22:39");
  });
  it("becomes a paragraph per row if even that does not fit, without absent values", async () => {
    const text = await textOf([{ ...DENIED, wire_code: null }, DENIED], 40);
    expect(text).toBe(
      [
        "  2026-11-29T22:37:00Z: answered by",
        "    edge-signature, reason",
        "    key-pair-id-missing, requests 4",
        "  2026-11-29T22:37:00Z: answered by",
        "    edge-signature, wire code",
        "    MalformedSignature, reason",
        "    key-pair-id-missing, requests 4",
      ].join("\n"),
    );
  });
  it("keeps each row on one line in a file or pipe", async () => {
    expect((await textOf([DENIED], 80, false)).split("\n")).toHaveLength(2);
  });
  it("shows twelve rows, and how many more there are", async () => {
    const text = await textOf(Array(14).fill({ method: "GET", requests: 1 }), 80);
    expect(text.split("\n")).toHaveLength(14);
    expect(text).toMatch(/and 2 more rows: --json$/);
  });
});
