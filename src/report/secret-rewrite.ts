/** `keyturn secret rewrite` for people: the form that the secret has now, who must be able to read it, and the way back. */
import type { RewritePlan } from "../audit/secret-rewrite.ts";
import type { Gate } from "../gates/gate.ts";
import { shellWord } from "../text/shell-word.ts";
import { signersReadIt } from "./key-id.ts";
import type { Report } from "./report.ts";
import { upkeepReport } from "./secret-upkeep.ts";
import { SEE_GATES } from "./see-gates.ts";

export interface RewriteOutcome {
  readonly gate: Gate;
  readonly plan: RewritePlan;
  /** The version that is current now; undefined if nothing was written (--dry-run). */
  readonly versionId?: string;
}

export function rewriteReport({ gate, plan, versionId }: RewriteOutcome): Report {
  const { secretId, key, was, form, changes, from, value } = plan;
  const isWritten = value !== undefined && versionId !== undefined;
  return upkeepReport({
    result: {
      secret: secretId,
      keyPairId: key.id,
      was,
      form,
      changes,
      changed: isWritten,
      versionId: versionId ?? from,
    },
    done: doneLines({ gate, plan, versionId }),
    next: isWritten
      ? [`keyturn secret set-current ${from} --gate ${shellWord(gate.name)}`, SEE_GATES]
      : [SEE_GATES],
  });
}

function doneLines({ gate, plan, versionId }: RewriteOutcome): readonly string[] {
  const { secretId, value, form } = plan;
  if (value === undefined) {
    return [
      `secret ${secretId} already has a form that a rotation can write back, ${form}; nothing was changed`,
    ];
  }
  if (versionId === undefined) return [];
  return [
    `secret ${secretId}: version ${versionId} is current, with the same key written as ${form}; ${signersReadIt(gate)}`,
    `${mustRead(gate, plan)}; if it cannot, the first command makes the previous version current again, and the second shows whether users get in:`,
  ];
}

/** What only the application's owner knows. */
export function mustRead({ name }: Gate, { form, was }: RewritePlan): string {
  return form === was
    ? `the application of gate ${name} must be able to read it: ${form}, as before`
    : `the application of gate ${name} must be able to read it: ${form} instead of ${was}`;
}
