/**
 * The gate's rotation as `keyturn rotate status` shows it, read directly from the models: this must not use up
 * faults scheduled for calls, and needs no network.
 */
import { ConflictError, KeyturnError, RemoteError } from "../errors.ts";
import { KeyCache } from "../rotation/key-cache.ts";
import { nextAction } from "../rotation/next-action.ts";
import { observe } from "../rotation/observe.ts";
import { PROOFS, type RotationRecord } from "../rotation/record.ts";
import { secretRegister } from "../rotation/register.ts";
import { type RotationStatus, statusOf } from "../rotation/status.ts";
import { Sealed } from "../sealed.ts";
import type { ControlPlane, SecretVault, SecretVersion } from "../seams/cloud.ts";
import { DEMO } from "./demo-gate.ts";
import { SecretsRefusal } from "./secrets/refusal.ts";
import { readValue } from "./secrets/values.ts";
import type { Site } from "./site.ts";

export interface RotationView {
  readonly record: RotationRecord;
  /** Absent while somebody is writing, or if the state cannot be read. */
  readonly status?: RotationStatus;
}

const NEVER = new AbortController().signal;

/** Undefined if the gate was never rotated. */
export async function rotationView(
  site: Pick<Site, "account" | "clock">,
  secretId: string = DEMO.secret,
): Promise<RotationView | undefined> {
  const vault = vaultReads(site);
  const register = secretRegister(vault, secretId);
  let record: RotationRecord | undefined;
  try {
    record = (await register.read())?.record;
    if (record === undefined) return undefined;
    const clock = {
      ...{ now: () => site.clock.now(), latest: () => site.clock.now(), asking: () => () => {} },
      ...{ contradiction: () => undefined, machineAhead: () => undefined },
      // Reads that disagree mean that somebody is writing now; the next attempt is a second away.
      sleep: () => Promise.reject(new RemoteError("ERR_REMOTE", "the state is being written; try again")),
    };
    const sources = {
      clock,
      vault,
      register,
      controlPlane: controlPlaneReads(site),
      keyCache: new KeyCache(),
      interrupt: NEVER,
    };
    const observation = await observe(sources);
    if (observation === undefined) return undefined;
    const seen = observation.registered.record;
    const now = clock.now();
    const next = nextAction(seen, observation.observed, now, { tried: PROOFS, told: seen.repairs.length });
    return { record: seen, status: statusOf(seen, observation.observed, next, now) };
  } catch (thrown) {
    if (!(thrown instanceof KeyturnError)) throw thrown;
    return record === undefined ? undefined : { record };
  }
}

function controlPlaneReads({ account }: Pick<Site, "account">): ControlPlane {
  const { state } = account.cloudFront;
  const reads: Pick<ControlPlane, "listPublicKeys" | "getKeyGroup"> = {
    async *listPublicKeys() {
      for (const { id, createdAt, config } of state.publicKeys.values()) yield { id, createdAt, ...config };
    },
    async getKeyGroup(id) {
      const group = state.keyGroups.get(id);
      if (group === undefined) throw absent(`key group ${id}`);
      return { etag: group.etag, value: { id, modifiedAt: group.modifiedAt, ...group.config } };
    },
  };
  // An observation does not use the rest of CloudFront's API.
  return reads as ControlPlane;
}

function vaultReads({ account }: Pick<Site, "account">): SecretVault {
  const { secrets, region } = account;
  const { registry } = secrets;
  const ask = <T>(call: () => T): T => {
    try {
      return call();
    } catch (thrown) {
      if (!(thrown instanceof SecretsRefusal)) throw thrown;
      throw /NotFound/.test(thrown.code)
        ? absent(thrown.message)
        : new RemoteError("ERR_REMOTE", thrown.message);
    }
  };
  const reads: Pick<SecretVault, "get" | "describe" | "listVersions"> = {
    async get(id, which): Promise<SecretVersion> {
      const { view, version } = ask(() => readValue(registry, region, id, which));
      const { id: versionId, stages, createdAt, value } = version;
      const sealed =
        "text" in value
          ? { text: new Sealed(value.text) }
          : { binary: new Sealed(Uint8Array.from(Buffer.from(value.base64, "base64"))) };
      return { arn: view.arn, name: view.secret.name, versionId, stages, createdAt, value: sealed };
    },
    async describe(id) {
      const { secret, arn } = ask(() => registry.find(region, id));
      const labelled = secret.versions.filter(({ stages }) => stages.length > 0);
      return {
        ...{
          arn,
          name: secret.name,
          rotationEnabled: secret.rotation?.enabled ?? false,
          replicas: [],
          tags: {},
        },
        stagesByVersion: Object.fromEntries(labelled.map((version) => [version.id, version.stages])),
      };
    },
    async *listVersions(id) {
      for (const { id: versionId, stages, createdAt } of ask(() => registry.find(region, id)).secret.versions)
        yield { versionId, stages, createdAt };
    },
  };
  return reads as SecretVault;
}

const absent = (what: string) => new ConflictError("ERR_NOT_FOUND", what, []);
