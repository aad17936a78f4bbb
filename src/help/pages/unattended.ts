/** What `keyturn unattended check` finds: data of `keyturn explain`. */
import type { ExplainPages } from "./page.ts";

export const UNATTENDED_PAGES: ExplainPages = {
  "unattended-run-failed": {
    means: "An execution of the unattended rotation failed, timed out or was stopped.",
    apart:
      "A halt is not a failure: such an execution succeeds, and reports why it halted and what to type next.",
    fix: "`keyturn rotate status --gate NAME`, then `keyturn rotate resume`. The hourly schedule continues as well.",
    runbook: "unattended-rotation",
  },
  "deployment-missing": {
    means: "All or part of the deployment that `keyturn unattended template` describes is missing.",
    apart:
      "deployment-outdated: it exists, but differs. Another account, region or --name means another deployment.",
    fix: "Generate the folder again and deploy it as its README describes. Check --profile, --region and --name first.",
    runbook: "unattended-rotation",
  },
  "deployment-outdated": {
    means:
      "The deployment differs from what this version of keyturn generates: keyturn was updated, keyturn.yaml was changed, or somebody changed the deployment by hand.",
    apart:
      "deployment-stopped: it does not run at all. An outdated deployment keeps working as it was deployed.",
    fix: "Generate the folder again and deploy it; an open rotation continues.",
    runbook: "unattended-rotation",
  },
  "deployment-stopped": {
    means:
      "A part is deployed, but switched off: a schedule, the function, the state machine, an alarm's actions.",
    apart: "deployment-silent: everything is switched on, but nothing starts.",
    fix: "Find out who stopped it and why; then deploy again, or switch it on.",
    runbook: "unattended-rotation",
  },
  "deployment-surplus": {
    means: "A schedule is deployed for a gate that is not in keyturn.yaml, so its executions fail.",
    apart: "deployment-missing is the reverse. With --gate, other gates' schedules are not checked.",
    fix: "Deploy again, which removes it; or put the gate back into keyturn.yaml.",
    runbook: "unattended-rotation",
  },
  "deployment-silent": {
    means: "No execution has started for hours, although the schedule is enabled and due every hour.",
    apart: "deployment-stopped: the schedule is disabled. unattended-run-failed: executions start, but fail.",
    fix: "Check the schedule's role and target; deploying again restores both.",
    runbook: "unattended-rotation",
  },
  "deployment-alarm": {
    means: "One of the deployment's CloudWatch alarms is in state ALARM.",
    apart: "unattended-run-failed reads the execution itself; an alarm stays in ALARM until its period ends.",
    fix: "`keyturn rotate status --gate NAME` shows what the rotation waits for.",
    runbook: "unattended-rotation",
  },
  "nobody-told": {
    means: "The deployment's topic has no confirmed subscription: halts and alarms reach nobody.",
    apart: "deployment-missing: there is no topic at all.",
    fix: "Deploy with an address, and confirm the subscription with the link in the email; or subscribe something else to the topic.",
    runbook: "unattended-rotation",
  },
};
