/** What `keyturn unattended check` reads, as ARNs: everything is named after the deployment. Pure. */
import type { Gate } from "../gates/gate.ts";

interface Owner {
  readonly part: string;
  readonly owner: string;
  readonly region: string;
}

/** A deployment lives in the account of whoever deploys it, not in a gate's account that a role gives access to. */
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
    // Queried by name prefix, which IAM cannot restrict.
    alarms: [arn("cloudwatch", "alarm:*")],
    topic: [arn("sns", name)],
  };
}
