/** The next line to type for a verdict: always a whole command with real ids, never a template. Pure. */
import type { Finding } from "../../finding.ts";
import { urlOf } from "../../probe/target.ts";
import { isToType } from "../../text/layout.ts";
import { shellWord } from "../../text/shell-word.ts";
import type { GateEvidence } from "./evidence.ts";

/** Undefined when there is nothing to do. */
export function nextStepLine(
  verdict: string,
  cause: Finding | undefined,
  evidence: GateEvidence,
): string | undefined {
  const { gate, rotation, silences } = evidence;
  const fromRotation = rotation?.typeNext.find(isToType);
  if (verdict === "healthy") return fromRotation;
  if (verdict === "cannot-tell")
    return silences.find(({ hint }) => hint !== undefined)?.hint ?? lookCloser(evidence);
  // An open rotation knows which key belongs where; a change outside it would only be undone or make it halt.
  if (fromRotation !== undefined && cause !== undefined && IS_REPAIRED_BY_ROTATION.test(cause.id))
    return fromRotation;
  const remedy = cause?.remedy;
  if (remedy !== undefined && isWholeCommand(remedy)) {
    return remedy === "keyturn audit" ? lookCloser(evidence) : withGate(remedy, gate.name);
  }
  return lookCloser(evidence, cause);
}

const IS_REPAIRED_BY_ROTATION =
  /^(rotation-outage|key-not-trusted|key-mismatch|key-pair-id-unknown|valid-denied-)/;

/** A word in capitals is a placeholder that the reader would have to fill in. */
function isWholeCommand(text: string): boolean {
  return isToType(text) && !/(^|\s)[A-Z]{2,}(\s|$)/.test(text) && !/[:;,] /.test(text);
}

function withGate(command: string, gate: string): string {
  return /^keyturn (audit|matrix|probe)$/.test(command) ? `${command} --gate ${shellWord(gate)}` : command;
}

/** One URL, one cause: works with and without keyturn.yaml. */
function lookCloser({ gate, isDeclared, edge }: GateEvidence, cause?: Finding): string {
  const failed = (edge?.judged ?? []).filter(({ judgement }) => judgement.verdict === "failed");
  const culprit =
    failed.find(({ judgement }) => judgement.verdict === "failed" && judgement.fault === cause?.id) ??
    failed[0];
  const url = culprit?.request.target.url ?? sampleOf(gate);
  if (url !== undefined) return `keyturn doctor ${shellWord(url)}`;
  return isDeclared ? `keyturn audit --gate ${shellWord(gate.name)}` : "keyturn config init";
}

function sampleOf(gate: GateEvidence["gate"]): string | undefined {
  const route = gate.routes.find(({ layers }) => layers.includes("edge"));
  const [distribution] = gate.distributions;
  const url = route && distribution !== undefined ? urlOf(gate, distribution, route) : undefined;
  return url !== undefined && !/[*?]/.test(new URL(url).host) ? url : undefined;
}
