/** Makes sure that the credentials belong to the gate's account before anything changes. */
import { AccessError, isError } from "../errors.ts";
import type { Cloud } from "../seams/cloud.ts";
import type { Gate } from "./gate.ts";

/** The account number in an ARN, or undefined. */
export function accountOfArn(arn: string): string | undefined {
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];
}

/** Throws ERR_ACCOUNT if the ARN (of the secret or a distribution) is not in the gate's declared account. */
export function refuseOtherAccount(gate: Pick<Gate, "name" | "account">, arn: string): void {
  const account = accountOfArn(arn);
  if (gate.account === undefined || account === undefined || account === gate.account) return;
  throw new AccessError(
    "ERR_ACCOUNT",
    `gate ${gate.name} is in account ${gate.account}, but these credentials are for ${account}`,
    ["add --profile NAME (a profile of that account)", "aws sts get-caller-identity"],
  );
}

type Needs = Pick<Cloud, "caller"> & { readonly vault: Pick<Cloud["vault"], "describe"> };

/**
 * The account of a gate's secret. Throws ERR_ACCOUNT if the gate declares a different one, and the vault's errors.
 * The wrong account most likely lacks the secret; then the caller's identity explains the error.
 */
export async function readAccount(
  { vault, caller }: Needs,
  secretId: string,
  gate?: Pick<Gate, "name" | "account">,
): Promise<string | undefined> {
  try {
    const { arn } = await vault.describe(secretId);
    if (gate !== undefined) refuseOtherAccount(gate, arn);
    return accountOfArn(arn);
  } catch (thrown) {
    const who = isError(thrown, "ERR_NOT_FOUND") ? await caller() : undefined;
    if (gate !== undefined && who !== undefined) refuseOtherAccount(gate, who);
    throw thrown;
  }
}
