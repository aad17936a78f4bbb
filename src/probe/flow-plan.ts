/** Where a login flow asks, read off the gate. */
import { UsageError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import { splitUrl, type Target, targetsOfGate } from "./target.ts";

export interface FlowPlan {
  readonly gate: Gate;
  readonly login: string;
  readonly mint: string;
  readonly logout?: string;
  readonly bodyTemplate: string;
  readonly targets: readonly Target[];
  readonly forbidden?: string;
  /** Mint this often in a row, expecting to be stopped. */
  readonly abuse?: number;
  /** Wait for the cookies' end and mint again. */
  readonly remint: boolean;
}

/** All that a flow may ask. */
export const urlsOfFlow = ({ login, mint, logout, forbidden, targets }: FlowPlan): string[] =>
  [login, mint, logout, forbidden, ...targets.map(({ url }) => url)].filter((url) => url !== undefined);

/** Throws ERR_USAGE when the gate does not tell where to log in and to mint. */
export function planFlow(
  gate: Gate,
  choice: { readonly abuse?: number | undefined; readonly remint: boolean },
): FlowPlan {
  const { loginEndpoint: login, mintEndpoint: mint, logoutEndpoint: logout } = gate.signer;
  if (login === undefined || mint === undefined) {
    throw new UsageError("ERR_USAGE", `gate ${gate.name} does not say where to log in and to mint`, [
      "add signer.loginEndpoint and signer.mintEndpoint to keyturn.yaml",
    ]);
  }
  const targets = targetsOfGate(gate).filter(({ protection }) => protection === "edge");
  const base = splitUrl(targets[0]?.url ?? login).base;
  return {
    gate,
    login,
    mint,
    ...(logout === undefined ? {} : { logout }),
    bodyTemplate: gate.flow?.loginBody ?? '{"username":"{username}","password":"{password}"}',
    targets,
    ...(gate.flow?.forbiddenPath === undefined ? {} : { forbidden: base + gate.flow.forbiddenPath }),
    ...(choice.abuse === undefined ? {} : { abuse: choice.abuse }),
    remint: choice.remint,
  };
}
