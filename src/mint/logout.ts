/** `keyturn mint --logout`: the clearing set for the places that a plan would set cookies in. */

import { clearingSetCookies } from "../browser/clear.ts";
import { UsageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import type { Report } from "../report/report.ts";
import type { MintPlan } from "./mint-plan.ts";

const notRevoked: Finding = {
  id: "copies-stay-valid",
  severity: "note",
  message:
    "Clearing makes this browser forget the cookies; it revokes no copy. One that was copied works until its policy ends, or until its key leaves the key group.",
  basis: "observed",
  evidence: [],
  remedy: "keyturn runbook show logout-does-not-clear",
};

/** Throws ERR_USAGE for a form that cannot clear. */
export function logoutReport({ sets, format }: MintPlan): Report {
  if (format !== "set-cookie" && format !== "header") {
    throw new UsageError(
      "ERR_USAGE",
      `--logout writes Set-Cookie lines; --format ${format} cannot clear a cookie`,
      ["keyturn mint --logout"],
    );
  }
  const places = new Map(sets.map(({ attributes }) => [JSON.stringify(attributes), attributes]));
  const values = [...places.values()].flatMap(clearingSetCookies);
  return {
    outcome: "done",
    result: { setCookies: values },
    findings: [notRevoked],
    findingsOn: "stderr",
    text: () => values.map((value) => `Set-Cookie: ${value}`).join("\n"),
  };
}
