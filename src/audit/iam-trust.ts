/** The trust policy of a gate's own role (`assumeRole` in keyturn.yaml). */
import { UsageError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";

export interface TrustPolicy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: "Allow";
    readonly Principal: { readonly AWS: string };
    readonly Action: string;
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  }[];
}

/** What lets `caller` assume the gate's role. Throws ERR_USAGE for a gate without one. Pure. */
export function trustPolicy(gate: Gate, caller: string): TrustPolicy {
  if (gate.assumeRole === undefined) {
    throw new UsageError(
      "ERR_USAGE",
      `gate ${gate.name} has no assumeRole: your own credentials work on it, and no role has to trust them`,
      [`keyturn iam --role rotator --gate ${gate.name}`],
    );
  }
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "MayAssume",
        Effect: "Allow",
        Principal: { AWS: caller },
        Action: "sts:AssumeRole",
        Condition:
          gate.externalId === undefined ? undefined : { StringEquals: { "sts:ExternalId": gate.externalId } },
      },
    ],
  };
}
