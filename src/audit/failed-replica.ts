/** A replica that is not in sync: what AWS says about it, and the command that repairs it. Pure. */
import { secretNameOf } from "../gates/secret-id.ts";
import type { SecretDescription } from "../seams/cloud.ts";
import { shellWord } from "../text/shell-word.ts";
import type { CheckResult } from "./check.ts";

type Replica = Pick<SecretDescription["replicas"][number], "region" | "status" | "message">;

export function failedReplica(
  { region, status, message }: Replica,
  secretId: string,
  gate: string,
): CheckResult {
  const said = message === undefined ? "" : `: ${message.replace(/\.$/, "")}`;
  const look = `aws secretsmanager describe-secret --secret-id ${shellWord(secretNameOf(secretId))} --region ${region}`;
  return {
    message: `the replica in ${region} is ${status}${said}`,
    evidence: isNameTaken(message)
      ? [`--overwrite deletes the secret that has the name now; look at it first: \`${look}\``]
      : [],
    remedy: replicateLine(region, gate, message),
    where: region,
  };
}

/** `message`: what AWS says about the replica. It never succeeds without --overwrite while another secret has the name. */
export function replicateLine(region: string, gate: string, message: string | undefined): string {
  return `keyturn secret replicate ${region} --gate ${shellWord(gate)}${isNameTaken(message) ? " --overwrite" : ""}`;
}

const isNameTaken = (message: string | undefined) => /already exists/.test(message ?? "");
