/** `keyturn iam`, told: the policy alone on stdout, fit for a file; what there is to say of it on stderr. */
import type { IamPolicy } from "../audit/iam.ts";
import type { Finding } from "../finding.ts";
import type { Report } from "./report.ts";

interface IamScope {
  readonly gate: string;
  readonly role: string;
  readonly commands: readonly string[];
}

export function iamReport({ policy, comments }: IamPolicy, asked: IamScope): Report<IamPolicy & IamScope> {
  return {
    outcome: "done",
    result: { ...asked, policy, comments },
    findings: comments.map(
      ({ sid, text }): Finding => ({
        id: "policy-comment",
        severity: "note",
        basis: "observed",
        message: text,
        evidence: [],
        where: sid,
      }),
    ),
    findingsOn: "stderr",
    text: () => `${JSON.stringify(policy, null, 2)}\n`,
  };
}
