/** An unfinished rotation of this gate, whose record is open or gone. It makes all other refusals irrelevant. */
import type { Finding } from "../finding.ts";
import { gateMark } from "./group-comment.ts";
import { lostRecord } from "./lost-record.ts";
import type { PlanFacts } from "./plan-facts.ts";
import { openedByText } from "./record.ts";
import { type PlanChoices, refusalFinding } from "./refusal.ts";
import { rebuildCommand } from "./register.ts";

export function unfinishedRotation(facts: PlanFacts, choices: PlanChoices): readonly Finding[] {
  return [...openRotation(facts, choices), ...lostRotation(facts, choices)];
}

function openRotation({ registered }: PlanFacts, { gate }: PlanChoices): readonly Finding[] {
  const record = registered?.record;
  if (record === undefined || record.finished !== undefined) return [];
  const goOn = "continue with `keyturn rotate resume`";
  const ways = record.goal === "abort" ? goOn : `${goOn}, or abort it with \`keyturn rotate abort\``;
  return [
    refusalFinding(
      "rotation-open",
      `rotation ${record.rotation} of this gate is open (goal ${record.goal}): ${ways}`,
      {
        evidence: [`epoch ${record.epoch}, started by ${openedByText(record)}`],
        remedy: `keyturn rotate status --gate ${gate.name}`,
      },
    ),
  ];
}

/** The lost rotation's new key looks like another signer's, but is not: --keep would leave two keys behind forever. */
function lostRotation(facts: PlanFacts, { gate }: PlanChoices): readonly Finding[] {
  if (facts.registered !== undefined) return [];
  const lost = lostRecord({ gate: gate.name, mark: gateMark(facts.secret.arn), ...facts });
  if (lost?.open === undefined) return [];
  return [
    refusalFinding(
      "rotation-record-lost",
      `rotation ${lost.open.rotation} of this gate was open, and its record is gone: finish it first`,
      { evidence: lost.evidence, remedy: rebuildCommand(gate.name) },
    ),
  ];
}
