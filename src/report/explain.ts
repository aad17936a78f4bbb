/** A page of `keyturn explain`, as text. */
import type { ExplainedId, ExplainedKind } from "../help/explain.ts";
import { wrap } from "../text/layout.ts";
import type { Report } from "./report.ts";
import type { Style } from "./style.ts";

const KIND_NAME: Readonly<Record<ExplainedKind, string>> = {
  finding: "finding",
  halt: "reason why a rotation halts",
  stage: "stage of a rotation",
  error: "error code",
  "edge-code": "the edge's answer",
  "undocumented-rule": "undocumented rule of the edge",
};

export function explainReport(explained: ExplainedId): Report<ExplainedId> {
  return { outcome: "done", result: explained, findings: [], text: (style) => explainText(explained, style) };
}

function explainText(
  { id, kind, asked: alias, means, apart, fix, runbook, also }: ExplainedId,
  style: Style,
): string {
  const named = alias === undefined ? "" : `; ${alias} is an earlier spelling`;
  const part = (name: string, text: string | undefined) =>
    text === undefined ? [] : [wrap(`${style.dim(name.padEnd(9))}${text}`, style.columns, 0, 9)];
  return [
    wrap(`${style.bold(id)} (${KIND_NAME[kind]}${named})`, style.columns),
    wrap(means, style.columns),
    ...part("compare", apart),
    ...part("fix", fix),
    ...part("formerly", also.length === 0 || alias !== undefined ? undefined : also.join(", ")),
    ...(runbook === undefined
      ? []
      : [`${style.dim("runbook  ")}${style.code(`keyturn runbook show ${runbook}`)}`]),
  ].join("\n\n");
}
