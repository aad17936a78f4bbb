/**
 * `man keyturn`: a roff page generated from the help texts. `build.mjs` writes it; without a date, so that builds are
 * reproducible.
 */
import { EXIT, EXIT_MEANING } from "../exit-codes.ts";
import { COMMANDS } from "./command-table.ts";
import { globalOptions } from "./global-options.ts";

export function manPage(version: string): string {
  const lines = [
    `.TH KEYTURN 1 "" "keyturn ${version}" "User Commands"`,
    ".SH NAME",
    text("keyturn - operate CloudFront signing keys and signed cookies"),
    ".SH SYNOPSIS",
    ".B keyturn",
    ".I command",
    "[options]",
    ".SH DESCRIPTION",
    text(
      "keyturn creates signing keys, rotates them without locking out a valid viewer, mints test cookies, explains denials and proves that the edge denies what it must. Signed cookies are an edge gate, not authentication.",
    ),
    ".PP",
    text("keyturn COMMAND --help lists a command's options; keyturn help TOPIC explains a topic."),
    ".SH COMMANDS",
    ...COMMANDS.flatMap(({ words, summary, examples = [] }) => [
      ".TP",
      `.B ${text(words)}`,
      text(summary),
      ...examples.flatMap(([line, purpose]) => [".RS", ".PP", text(`${purpose}:`), ...code(line), ".RE"]),
    ]),
    ".SH OPTIONS",
    "Every command takes:",
    ...globalOptions().flatMap(({ flags, description }) => [".TP", `.B ${text(flags)}`, text(description)]),
    ".SH EXIT STATUS",
    ...Object.entries(EXIT).flatMap(([name, status]) => [
      ".TP",
      `.B ${status}`,
      text(EXIT_MEANING[name as keyof typeof EXIT]),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Hyphens are minus signs, which can be copied; a line that begins with a dot or a quote is not a request. */
function text(plain: string): string {
  return plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll('"', "\\(dq")
    .replace(/^\./, "\\&.");
}

const code = (line: string) => [".PP", ".nf", `.RS 2`, text(line), ".RE", ".fi"];
