/**
 * What the function may do: for each gate what a rotation needs (`audit/role-needs.ts`), or only assume its role.
 * Pure.
 */
import { iamPolicy } from "../audit/iam.ts";
import type { Gate } from "../gates/gate.ts";

export interface Allowed {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: unknown;
}

export interface PolicyOptions {
  /** For gates that name no region. */
  readonly region?: string | undefined;
  readonly kmsKeys?: readonly string[] | undefined;
}

/** Actions under the same condition share one statement. */
export function functionPolicy(gates: readonly Gate[], { region, kmsKeys }: PolicyOptions): Allowed[] {
  const merged = new Map<string, Allowed>();
  const add = (statement: Omit<Allowed, "Effect">) => {
    const { Sid, Action, Resource, Condition } = statement;
    const name = JSON.stringify([Sid, Action, Condition]);
    const known = merged.get(name)?.Resource ?? [];
    const all = [...new Set([...known, ...Resource])];
    merged.set(name, { Sid, Effect: "Allow", Action, Resource: all, Condition });
  };
  for (const gate of gates) {
    if (gate.assumeRole !== undefined) {
      add({ Sid: "RolesOfGates", Action: ["sts:AssumeRole"], Resource: [gate.assumeRole] });
      continue;
    }
    const { policy } = iamPolicy(gate, { role: "unattended", region: gate.region ?? region, kmsKeys });
    for (const { Sid, Action, Resource, Condition } of policy.Statement) {
      add({ Sid, Action, Resource: [Resource].flat(), Condition });
    }
  }
  return numbered([...merged.values()]);
}

/** A Sid is unique within its policy. */
function numbered(statements: readonly Allowed[]): Allowed[] {
  const seen = new Map<string, number>();
  return statements.map((statement) => {
    const times = (seen.get(statement.Sid) ?? 0) + 1;
    seen.set(statement.Sid, times);
    return times === 1 ? statement : { ...statement, Sid: `${statement.Sid}${times}` };
  });
}

/**
 * Lets a service assume a role. Other accounts' machines and schedules may not use it through the service. Lambda sends
 * no source account. `account`: this account's id, in the words of the template.
 */
export function assumeRolePolicy(service: string, account: unknown) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sts:AssumeRole",
        Condition:
          service === "lambda.amazonaws.com" ? undefined : { StringEquals: { "aws:SourceAccount": account } },
      },
    ],
  };
}
