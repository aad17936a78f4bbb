/** The check for an open rotation whose record is gone: until it is rebuilt, nobody can continue or abort it. */
import { rebuildCommand } from "../../rotation/register.ts";
import type { Check } from "../check.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";

export const LOST_RECORD: Check<GateSnapshot> = {
  id: "rotation-record-lost",
  severity: "error",
  what: "a rotation was open, and its record is gone: nobody can continue, abort or start one",
  *look({ gate, rotation: { lost } }) {
    if (lost === undefined) return;
    yield {
      message: `rotation ${lost.open.rotation} was open, and its record is gone: rebuild the record first`,
      evidence: [
        ...lost.evidence,
        `once it is rebuilt, \`keyturn rotate abort --gate ${gate.name} --wait\` goes back, and \`keyturn rotate resume --gate ${gate.name} --wait\` continues`,
        ...(lost.open.isSwitched
          ? [
              "in an emergency add --compromised --yes-cut-off-viewers, or the old key is trusted again until its cookies expire",
            ]
          : []),
      ],
      remedy: rebuildCommand(gate.name),
    };
  },
};
