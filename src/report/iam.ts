/** The report of `keyturn iam`: only the policy on stdout, ready for a file; remarks on stderr. */
import type { IamPolicy } from "../audit/iam.ts";
import type { Finding } from "../finding.ts";
import type { Report } from "./report.ts";

interface IamScope {
  readonly gate: string;
  readonly role: string;
  readonly commands: readonly string[];
}

export function iamReport(
  { policy, comments: all, trust }: IamPolicy,
  scope: IamScope,
): Report<IamPolicy & IamScope> {
  const comments = trust === undefined ? all : [];
  return {
    outcome: "done",
    result: { ...scope, policy, comments, trust },
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
    text: () => `${JSON.stringify(trust ?? policy, null, 2)}\n`,
  };
}
