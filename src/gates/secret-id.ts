/** The two ways to name a secret: its name, or its ARN, which adds region, account and six characters. */
import { shellWord } from "../text/shell-word.ts";
import type { Gate } from "./gate.ts";

export function secretNameOf(secretId: string): string {
  return /:secret:(.+)-[A-Za-z0-9]{6}$/.exec(secretId)?.[1] ?? secretId;
}

/** The command that cancels a secret's scheduled deletion, by name or ARN. */
export function restoreLine(secretId: string): string {
  return `keyturn secret restore ${shellWord(secretId)}`;
}

/** The replica in another region: same name, but its ARN has that region. */
export function secretIdIn(region: string, secretId: string): string {
  return secretId.replace(/^(arn:[^:]+:secretsmanager:)[^:]+(?=:)/, `$1${region}`);
}

type Owner = Pick<Gate, "secret" | "account" | "region" | "profile">;

/** The same name in two accounts or regions is two secrets. What one gate leaves out counts as equal. */
export function isSameSecret(one: Owner, other: Owner): boolean {
  if (secretNameOf(one.secret.id) !== secretNameOf(other.secret.id)) return false;
  const [here, there] = [placeOf(one), placeOf(other)];
  if (here.account === undefined || there.account === undefined) {
    // Two profiles count as two accounts.
    if ((one.profile ?? "") !== (other.profile ?? "")) return false;
  } else if (here.account !== there.account) return false;
  return here.region === undefined || there.region === undefined || here.region === there.region;
}

function placeOf({ secret, account, region }: Owner) {
  const [, ofArn, owner] = /^arn:[^:]+:secretsmanager:([^:]+):(\d{12}):/.exec(secret.id) ?? [];
  return { account: owner ?? account, region: ofArn ?? region };
}
