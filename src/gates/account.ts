/** The account that a gate is declared for: any other is refused before anything is changed. */
import { AccessError } from "../errors.ts";
import type { Gate } from "./gate.ts";

/** The account number in an ARN, or undefined. */
export function accountOfArn(arn: string): string | undefined {
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];
}

/** Throws ERR_ACCOUNT when the ARN (of the secret, or of a distribution) is in another account than the gate says. */
export function refuseOtherAccount(gate: Pick<Gate, "name" | "account">, arn: string): void {
  const seen = accountOfArn(arn);
  if (gate.account === undefined || seen === undefined || seen === gate.account) return;
  throw new AccessError(
    "ERR_ACCOUNT",
    `gate ${gate.name} is in account ${gate.account}, these credentials are for ${seen}`,
    ["add --profile NAME (a profile of that account)", "aws sts get-caller-identity"],
  );
}
