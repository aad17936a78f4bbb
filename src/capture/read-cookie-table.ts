/** Cookie tables copied from browsers' developer tools: Name, Value, Domain, Path, Expires, flags. */
import type { CapturedCookie, CapturedRequest, StoredAttributes } from "./capture.ts";

const COLUMNS = [
  "name",
  "value",
  "domain",
  "path",
  "expires",
  "size",
  "httponly",
  "secure",
  "samesite",
] as const;
type Column = (typeof COLUMNS)[number] | "partition";

/** Columns separated by tabs or Markdown bars: at least name and value, with a CloudFront cookie or a header row. */
export function looksLikeCookieTable(text: string): boolean {
  const rows = rowsOf(text.split("\n", 200));
  if (rows.length === 0) return false;
  return headOf(rows[0] as string[]) !== undefined || rows.some(isCookieRow);
}

/** Undefined if no row is a cookie. */
export function readCookieTable(text: string): CapturedRequest | undefined {
  const rows = rowsOf(text.split("\n"));
  const head = headOf(rows[0] ?? []);
  const cookies = (head === undefined ? rows : rows.slice(1)).flatMap((row) => cookieOf(row, head) ?? []);
  if (cookies.length === 0) return undefined;
  return {
    form: "cookie-jar",
    source: `cookie table of a browser, ${cookies.length} cookies`,
    cookies,
    remarks: [],
  };
}

function rowsOf(lines: readonly string[]): string[][] {
  return lines
    .map((line) => line.replace(/\r$/, ""))
    .filter((line) => line.trim() !== "" && !/^[\s|:-]+$/.test(line))
    .map((line) => {
      const cells = line.includes("\t")
        ? line.split("\t")
        : line
            .trim()
            .replace(/^\||\|$/g, "")
            .split("|");
      return cells.map((cell) => cell.trim().replace(/^(["'`])(.*)\1$/s, "$2"));
    })
    .filter((cells) => cells.length > 1);
}

const ALIAS: Readonly<Record<string, Column>> = {
  "expires / max-age": "expires",
  "expires/max-age": "expires",
  expiration: "expires",
  host: "domain",
  "partition key": "partition",
  "partition key site": "partition",
  http: "httponly",
};

/** The column that each cell of a header row names; undefined if the row is already a cookie. */
function headOf(row: readonly string[]): (Column | undefined)[] | undefined {
  const names = row.map((cell) => cell.toLowerCase().replace(/ [▲▼↑↓]$/, ""));
  if (!names.includes("name") || !names.includes("value")) return undefined;
  return names.map((name) => ALIAS[name] ?? COLUMNS.find((column) => column === name.replace("-", "")));
}

const isCookieRow = ([name = "", value = ""]: readonly string[]): boolean =>
  /^cloudfront-[\w-]+$/i.test(name) && value !== "" && !/\s/.test(value);

function cookieOf(
  row: readonly string[],
  head: readonly (Column | undefined)[] | undefined,
): CapturedCookie | undefined {
  // Without a header row, reads only the columns that all browsers share: Chrome and Safari order the flags differently.
  const columns = head ?? COLUMNS.slice(0, 5);
  const cell = (column: Column) => row[columns.indexOf(column)];
  const name = cell("name") ?? "";
  const value = cell("value") ?? "";
  if (name === "" || (head === undefined && !/^[\w!#$%&'*+.^`|~-]+$/.test(name))) return undefined;
  const domain = cell("domain");
  if (domain === undefined || !/^\.?[\w.-]+$/.test(domain)) return { name, value };
  return { name, value, stored: storedOf(domain, cell, head !== undefined) };
}

function storedOf(
  domain: string,
  cell: (column: Column) => string | undefined,
  hasFlags: boolean,
): StoredAttributes {
  const path = cell("path");
  const expires = Date.parse(cell("expires") ?? "");
  const sameSite = (["Strict", "Lax", "None"] as const).find((mode) => mode === cell("samesite"));
  return {
    domain: domain.replace(/^\./, "").toLowerCase(),
    hostOnly: !domain.startsWith("."),
    path: path?.startsWith("/") ? path : undefined,
    secure: hasFlags ? /^(?:✓|true|yes|x)$/i.test(cell("secure") ?? "") : undefined,
    sameSite,
    expires: Number.isFinite(expires) ? expires / 1000 : undefined,
  };
}

/** `CloudFront-Policy: "..."`, one per line, as copied from Firefox or by hand; also with `=`. */
const LINE = /^["']?(CloudFront-[\w-]+)["']?\s*[:=]\s*(["']?)([^"'\s;,]+)\2[;,]?$/i;

export function looksLikeCookieLines(text: string): boolean {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.length > 1 && lines.length < 20 && lines.every((line) => LINE.test(line.trim()));
}

export function readCookieLines(text: string): CapturedRequest | undefined {
  const cookies = text.split("\n").flatMap((line) => {
    const [, name, , value] = LINE.exec(line.trim()) ?? [];
    return name === undefined || value === undefined ? [] : [{ name, value }];
  });
  return { form: "cookie-header", source: `${cookies.length} cookies, one per line`, cookies, remarks: [] };
}
