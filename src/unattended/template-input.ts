/** The flags about a deployment, validated. Pure. */
import { UsageError } from "../errors.ts";
import { parseDuration, type Seconds } from "../time.ts";

interface TemplateFlags {
  readonly every: string;
  readonly startAt: string;
  readonly name: string;
  readonly kmsKey?: readonly string[];
}
export interface TemplateInput {
  readonly every: Seconds;
  readonly startAt: string;
  readonly name: string;
  readonly kmsKeys: readonly string[];
}

export const DEFAULTS = { every: "30d", startAt: "cron(0 9 ? * MON-THU *)", name: "keyturn" } as const;

const DAY: Seconds = 86_400;

/** It is part of names of at most 64 characters. */
export const isDeploymentName = (name: string) => /^[A-Za-z0-9][A-Za-z0-9-]{0,23}$/.test(name);

/** Throws ERR_USAGE, ERR_DURATION. */
export function templateInput({ every, startAt, name, kmsKey = [] }: TemplateFlags): TemplateInput {
  const age = parseDuration(every);
  if (age < DAY) {
    throw new UsageError("ERR_USAGE", `--every ${every} is too short: a rotation alone may take a day`, [
      "--every 30d",
    ]);
  }
  if (!/^(rate|cron)\([\w ,*?/#-]+\)$/.test(startAt)) {
    throw new UsageError("ERR_USAGE", `--start-at ${startAt} is not a schedule of EventBridge Scheduler`, [
      '--start-at "cron(0 9 ? * MON-THU *)"',
      '--start-at "rate(1 day)"',
    ]);
  }
  if (!isDeploymentName(name)) {
    throw new UsageError("ERR_USAGE", `--name ${name} is not valid: use up to 24 letters, digits and -`, [
      "--name keyturn",
    ]);
  }
  const wrong = kmsKey.find((key) => !/^arn:[^:]+:kms:[^:]+:\d{12}:key\//.test(key));
  if (wrong !== undefined) {
    throw new UsageError("ERR_USAGE", `--kms-key ${wrong} is not the ARN of a KMS key`, [
      "--kms-key arn:aws:kms:eu-west-1:111122223333:key/...",
      "aws kms describe-key --key-id ALIAS --query KeyMetadata.Arn",
    ]);
  }
  return { every: age, startAt, name, kmsKeys: kmsKey };
}
