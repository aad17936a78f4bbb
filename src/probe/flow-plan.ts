/** The URLs of a login flow, from the gate. */
import { UsageError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import { type Target, targetsOfGate, urlParts } from "./target.ts";

export interface FlowPlan {
  readonly gate: Gate;
  readonly login: string;
  readonly mint: string;
  readonly logout?: string;
  readonly bodyTemplate: string;
  readonly targets: readonly Target[];
  readonly forbidden?: string;
  /** Mint this many times in a row and expect to be rate-limited. */
  readonly abuse?: number;
  /** Wait until the cookies expire, then mint again. */
  readonly remint: boolean;
}

/** Every URL that the flow may request. */
export const urlsOfFlow = ({ login, mint, logout, forbidden, targets }: FlowPlan): string[] =>
  [login, mint, logout, forbidden, ...targets.map(({ url }) => url)].filter((url) => url !== undefined);

/** Whether the gate says where to log in and mint. */
export function canMint({ signer }: Pick<Gate, "signer">): boolean {
  return signer.loginEndpoint !== undefined && signer.mintEndpoint !== undefined;
}

/** Throws ERR_USAGE when the gate does not say where to log in and mint. */
export function planFlow(
  gate: Gate,
  choice: { readonly abuse?: number | undefined; readonly remint: boolean },
): FlowPlan {
  const { loginEndpoint: login, mintEndpoint: mint, logoutEndpoint: logout } = gate.signer;
  if (login === undefined || mint === undefined) {
    throw new UsageError("ERR_USAGE", `gate ${gate.name} does not say where to log in and mint`, [
      "add signer.loginEndpoint and signer.mintEndpoint to keyturn.yaml",
    ]);
  }
  const targets = targetsOfGate(gate).filter(({ protection }) => protection === "edge");
  const base = urlParts(targets[0]?.url ?? login).base;
  return {
    gate,
    login,
    mint,
    logout,
    bodyTemplate: gate.flow?.loginBody ?? '{"username":"{username}","password":"{password}"}',
    targets,
    forbidden: gate.flow?.forbiddenPath === undefined ? undefined : base + gate.flow.forbiddenPath,
    abuse: choice.abuse,
    remint: choice.remint,
  };
}
