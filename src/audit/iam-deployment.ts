/** What `keyturn unattended check` reads, as ARNs: everything is named after the deployment. Pure. */
import type { Gate } from "../gates/gate.ts";

interface Owner {
  readonly part: string;
  readonly owner: string;
  readonly region: string;
}

/** A deployment has the account of whoever deploys it: not a gate's that is reached by a role. */
export function deploymentArns(
  { assumeRole }: Pick<Gate, "assumeRole">,
  { part, owner, region }: Owner,
  name: string,
) {
  const arn = (service: string, path: string) =>
    `arn:${part}:${service}:${region}:${assumeRole === undefined ? owner : "*"}:${path}`;
  return {
    function: [arn("lambda", `function:${name}`)],
    machine: [arn("states", `stateMachine:${name}`)],
    executions: [arn("states", `execution:${name}:*`)],
    schedules: [arn("scheduler", `schedule/${name}/*`)],
    // Asked by the start of their names, which IAM does not see.
    alarms: [arn("cloudwatch", "alarm:*")],
    topic: [arn("sns", name)],
  };
}
