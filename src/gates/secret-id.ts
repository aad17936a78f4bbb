/** The two ways to name a secret: its name, or its ARN, which adds region, account and six characters. */
import { shellWord } from "../text/shell-word.ts";
import type { Gate } from "./gate.ts";

export function secretNameOf(secretId: string): string {
  return /:secret:(.+)-[A-Za-z0-9]{6}$/.exec(secretId)?.[1] ?? secretId;
}

/** What takes the mark for deletion off a secret, by name or ARN. */
export function restoreCommand(secretId: string): string {
  return `aws secretsmanager restore-secret --secret-id ${shellWord(secretId)}`;
}

/** The copy in another region: its name is the same, its ARN differs in the region. */
export function secretIdIn(region: string, secretId: string): string {
  return secretId.replace(/^(arn:[^:]+:secretsmanager:)[^:]+(?=:)/, `$1${region}`);
}

type Owner = Pick<Gate, "secret" | "account" | "region" | "profile">;

/** One name in two accounts or two regions is two secrets. What a gate does not say is taken to be the other's. */
export function isSameSecret(one: Owner, other: Owner): boolean {
  if (secretNameOf(one.secret.id) !== secretNameOf(other.secret.id)) return false;
  const [here, there] = [placeOf(one), placeOf(other)];
  if (here.account === undefined || there.account === undefined) {
    // Two profiles are two accounts, as far as one can tell.
    if ((one.profile ?? "") !== (other.profile ?? "")) return false;
  } else if (here.account !== there.account) return false;
  return here.region === undefined || there.region === undefined || here.region === there.region;
}

function placeOf({ secret, account, region }: Owner) {
  const [, ofArn, owner] = /^arn:[^:]+:secretsmanager:([^:]+):(\d{12}):/.exec(secret.id) ?? [];
  return { account: owner ?? account, region: ofArn ?? region };
}
