/** Does the gate's epoch fit into each group's Comment, beside people's text and other gates' epochs? */
import type { Finding } from "../finding.ts";
import { excessOf, gateMark, LONGEST_COMMENT } from "./group-comment.ts";
import type { PlanFacts } from "./plan-facts.ts";
import { refusalFinding } from "./refusal.ts";

/** Reserve room for epochs up to this, so that a rotation never runs out of it midway. */
const ANY_EPOCH = 9999;

export function commentRoomFindings({ groups, secret }: PlanFacts): readonly (Finding | undefined)[] {
  return groups.map(({ id, name, comment }) => {
    const excess = excessOf(comment, gateMark(secret.arn), ANY_EPOCH);
    if (excess === 0) return undefined;
    return refusalFinding(
      "comment-full",
      `the Comment of key group ${name} has no room for the rotation's epoch: it is ${excess} characters too long (CloudFront allows ${LONGEST_COMMENT})`,
      {
        evidence: [`Comment: ${comment}`],
        remedy: `shorten the Comment of key group ${id} by ${excess} characters, in its code or in the console`,
      },
    );
  });
}
