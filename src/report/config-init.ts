/** The report of `config init`: the drafted gates, and what to type next. */
import type { Finding } from "../finding.ts";
import type { DraftGate } from "../gates/draft.ts";
import type { Report } from "./report.ts";

/** `by`: the words with which the next commands find the new file, or none. */
export function initReport(
  file: string,
  by: readonly string[],
  drafts: readonly DraftGate[],
  leftOut: readonly string[],
  yaml: string,
): Report {
  const gates = drafts.map(({ name, distributions, keyGroups, secret }) => ({
    name,
    distributions,
    keyGroups,
    secret: secret?.id ?? null,
  }));
  return {
    outcome: "done",
    result: { file: file === "-" ? null : file, gates, yaml },
    // If the file goes to stdout, print nothing else; its comments say the same as the findings.
    findings:
      file === "-"
        ? []
        : [
            ...drafts.flatMap(({ name, doubts }) =>
              doubts.map((doubt) => note("draft-uncertain", `gate ${name}: ${doubt}`)),
            ),
            ...leftOut.map((each) => note("draft-left-out", each)),
          ],
    text: (style) =>
      file === "-"
        ? yaml
        : [
            `${style.good(style.sign.ok)} ${file}`,
            ...gates.map(({ name, secret }) => `  gate ${name}, secret ${secret ?? "not found: fill it in"}`),
            "Review the lines marked CHECK, then:",
            `${style.sign.arrow} ${style.code(["keyturn config check", ...by].join(" "))}`,
            `${style.sign.arrow} ${style.code(["keyturn audit", ...by].join(" "))}`,
          ].join("\n"),
  };
}

function note(id: string, message: string): Finding {
  return { id, severity: "note", message, basis: "observed", evidence: [] };
}
