// `npm run bench`: keyturn beside what people would use instead, as ratios of one run. Prints a table and writes it as
// JSON; `--short` proves that every figure can be taken, `--only ID` takes one. A benchmark, not a test.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { figures } from "./figures.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values: flags } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    only: { type: "string" },
    output: { type: "string" },
  },
});

const folder = mkdtempSync(join(tmpdir(), "keyturn-bench-"));
const taken = [];
try {
  for (const figure of figures.filter(({ id }) => flags.only === undefined || id === flags.only)) {
    process.stderr.write(`${figure.id} ...\n`);
    taken.push(...(await take(figure)));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
print(taken);
const output = flags.output ?? (flags.short || flags.only ? undefined : join(here, "figures.json"));
if (output !== undefined)
  writeFileSync(output, `${JSON.stringify({ machine: machine(), figures: taken }, null, 2)}\n`);
process.exitCode = taken.some(({ state, failed }) => failed || (state === "missed" && !flags.short)) ? 1 : 0;

/** A figure may give several rows. One that cannot be taken says why; it is never left out in silence. */
async function take(figure) {
  const keyturn = join(here, "../../bin/keyturn.js");
  let rows;
  try {
    rows = await figure.take({ folder, short: flags.short, keyturn });
  } catch (thrown) {
    // The others are worth their time all the same.
    process.stderr.write(`${figure.id} failed: ${thrown.stack}\n`);
    rows = [{ what: figure.id, failed: true, notMeasured: String(thrown.message).split("\n")[0] }];
  }
  return rows.map((row) => {
    const told = { id: figure.id, ...row };
    if (row.notMeasured !== undefined) return { ...told, state: "not measured" };
    const reached = row.bound === "at most" ? row.ratio <= row.target : row.ratio >= row.target;
    return { ...told, state: reached ? "reached" : "missed" };
  });
}

function print(rows) {
  const cells = rows.map((row) => [
    row.what,
    row.notMeasured === undefined ? number(row.ratio) : "-",
    row.failed ? "" : `${row.bound === "at most" ? "<=" : ">="} ${row.target}`,
    row.notMeasured === undefined ? `±${Math.round((row.spread ?? 0) * 100)}%` : "",
    row.notMeasured === undefined ? row.state : `not measured: ${row.notMeasured}`,
  ]);
  const head = ["figure", "ratio", "must reach", "spread", ""];
  const widths = head.map((title, at) => Math.max(title.length, ...cells.map((row) => row[at].length)));
  const line = (row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]))
      .join("  ")
      .trimEnd();
  process.stdout.write(`${[line(head), ...cells.map(line)].join("\n")}\n\n`);
  for (const [name, value] of Object.entries(machine())) process.stdout.write(`${name}: ${value}\n`);
}

function number(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function machine() {
  const version = (file, ...args) => {
    try {
      return execFileSync(file, args, { stdio: ["ignore", "pipe", "ignore"] })
        .toString()
        .split("\n")[0]
        .trim();
    } catch {
      return "absent";
    }
  };
  return {
    keyturn: JSON.parse(readFileSync(join(here, "../../package.json"), "utf8")).version,
    node: process.version,
    openssl: version("openssl", "version"),
    curl: version("curl", "--version"),
    aws: version("/usr/bin/aws", "--version"),
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}, ${arch()} ${platform()}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  };
}
