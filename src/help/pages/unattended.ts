/** What `keyturn unattended check` finds: data of `keyturn explain`. */
import type { Pages } from "./page.ts";

export const UNATTENDED_PAGES: Pages = {
  "unattended-run-failed": {
    means: "An execution that rotates unattended failed, timed out or was stopped.",
    apart: "A halt is not a failure: that execution succeeds, and says why it halted and what to type.",
    fix: "`keyturn rotate status --gate NAME`, then `keyturn rotate resume`. The hourly schedule goes on as well.",
    runbook: "unattended-rotation",
  },
  "deployment-missing": {
    means: "What `keyturn unattended template` would deploy, or a part of it, is not there.",
    apart:
      "deployment-outdated: it is there, but differs. Another account, region or --name shows another deployment.",
    fix: "Write the folder again and deploy it: its README has the lines. Check --profile, --region and --name first.",
    runbook: "unattended-rotation",
  },
  "deployment-outdated": {
    means:
      "What is deployed is not what this version of keyturn would write: keyturn was updated, keyturn.yaml was changed, or somebody changed it by hand.",
    apart: "deployment-stopped: it does not work at all. An outdated one goes on as it was deployed.",
    fix: "Write the folder again and deploy it: an open rotation goes on.",
    runbook: "unattended-rotation",
  },
  "deployment-stopped": {
    means:
      "A part is there, but switched off: a schedule, the function, the state machine, an alarm's actions.",
    apart: "deployment-silent: everything is switched on, and still nothing starts.",
    fix: "Find out who stopped it and why; then deploy again, or switch it on.",
    runbook: "unattended-rotation",
  },
  "deployment-surplus": {
    means: "A schedule is deployed for a gate that keyturn.yaml does not have: its executions fail.",
    apart: "deployment-missing is the reverse. With --gate, other gates' schedules are not looked at.",
    fix: "Deploy again, which removes it; or put the gate back into keyturn.yaml.",
    runbook: "unattended-rotation",
  },
  "deployment-silent": {
    means: "No execution began for hours, although the schedule is enabled and due every hour.",
    apart: "deployment-stopped: the schedule is disabled. unattended-run-failed: executions begin, and fail.",
    fix: "Check the schedule's role and target; deploying again restores both.",
    runbook: "unattended-rotation",
  },
  "deployment-alarm": {
    means: "One of the deployment's CloudWatch alarms is in state ALARM.",
    apart: "unattended-run-failed reads the execution itself; an alarm keeps ringing for its period.",
    fix: "`keyturn rotate status --gate NAME` shows what the rotation waits for.",
    runbook: "unattended-rotation",
  },
  "nobody-told": {
    means: "The deployment's topic has no confirmed subscription: halts and alarms reach nobody.",
    apart: "deployment-missing: there is no topic at all.",
    fix: "Deploy with an address, and confirm the subscription by the link in the mail; or subscribe something else to the topic.",
    runbook: "unattended-rotation",
  },
};
