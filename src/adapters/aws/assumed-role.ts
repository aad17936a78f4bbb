/** Credentials of a gate's own role: AssumeRole with the caller's credentials, renewed before they expire. */
import type { STSClient } from "@aws-sdk/client-sts";
import { AccessError, isError, KeyturnError } from "../../errors.ts";
import type { AssumedRole } from "../../seams/cloud.ts";
import type { Clock } from "../../seams/world.ts";
import type { EpochSeconds, Seconds } from "../../time.ts";
import { awsError, type CallerSettings } from "./errors.ts";

/** The longest session that AWS grants to a role that assumes another role, as a function's role does. */
const LENGTH: Seconds = 3600;
/** A call may take minutes of retries: its credentials must outlive it. */
const SPARE: Seconds = 600;

interface AssumeRoleOptions extends CallerSettings {
  /** Made on first use. */
  readonly client: () => Promise<STSClient>;
  /** For CloudTrail, which shows it as the last part of the caller's ARN. */
  readonly sessionName: string;
  readonly clock: Pick<Clock, "now">;
  readonly interrupt: AbortSignal;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/**
 * A provider for the SDK's clients, which share its credentials. Throws ERR_ACCESS_DENIED with the trust that the role
 * needs, and what an AWS call throws.
 */
export function assumedRole(role: AssumedRole, options: AssumeRoleOptions): () => Promise<Credentials> {
  let known: { readonly credentials: Promise<Credentials>; readonly at: EpochSeconds } | undefined;
  return () => {
    const now = options.clock.now();
    // By the time elapsed here, not by AWS's dates: this machine's clock may be off.
    if (known === undefined || now >= known.at + LENGTH - SPARE || now < known.at) {
      const session = { credentials: assume(role, options), at: now };
      session.credentials.catch(() => {
        if (known === session) known = undefined;
      });
      known = session;
    }
    return known.credentials;
  };
}

async function assume(role: AssumedRole, options: AssumeRoleOptions): Promise<Credentials> {
  const { AssumeRoleCommand } = await import("@aws-sdk/client-sts");
  const call = { action: "sts:AssumeRole", subject: `role ${role.arn}` };
  try {
    const client = await options.client();
    const { Credentials: given } = await client.send(
      new AssumeRoleCommand({
        RoleArn: role.arn,
        RoleSessionName: options.sessionName,
        DurationSeconds: LENGTH,
        ExternalId: role.externalId,
      }),
      { abortSignal: options.interrupt },
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = given ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw new Error("the answer has no credentials");
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      // Always expired, so that the SDK calls this each time; otherwise it would cache them by this machine's clock.
      expiration: new Date(0),
    };
  } catch (thrown) {
    options.interrupt.throwIfAborted();
    const error = thrown instanceof KeyturnError ? thrown : awsError(thrown, call, options);
    throw isError(error, "ERR_ACCESS_DENIED") ? refused(error, role) : error;
  }
}

function refused({ message, cause }: KeyturnError, { externalId }: AssumedRole): AccessError {
  const more = externalId === undefined ? "" : " (its trust policy must name the externalId of keyturn.yaml)";
  return new AccessError(
    "ERR_ACCESS_DENIED",
    `${message}${more}`,
    ["aws sts get-caller-identity", "the trust that the role needs:", "keyturn iam --role rotator"],
    cause,
  );
}

/** What AWS accepts as a session name: 2 to 64 characters. */
export function sessionNameOf(user: string | undefined): string {
  const name = (user ?? "").replace(/[^\w+=,.@-]/g, "-");
  return `keyturn${name === "" ? "" : `-${name}`}`.slice(0, 64);
}
