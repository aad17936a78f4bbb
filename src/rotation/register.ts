/**
 * The record as a compare-and-swap register in Secrets Manager, one secret per gate. *Create* is CreateSecret, which
 * fails if it exists. *Replace* puts a version under `keyturn-next`, then moves AWSCURRENT to it from the version that
 * was read, which AWS refuses if anyone was faster. Opening a record is the only lock.
 */
import { createHash } from "node:crypto";
import { ConflictError, InputError, isError } from "../errors.ts";
import { secretNameOf } from "../gates/secret-id.ts";
import { Sealed } from "../sealed.ts";
import type { SecretVault } from "../seams/cloud.ts";
import type { EpochSeconds } from "../time.ts";
import type { RotationRecord } from "./record.ts";
import { isOfNewerKeyturn, renderRecord } from "./record-json.ts";
import { LABEL } from "./version-id.ts";

export interface Registered {
  readonly record: RotationRecord;
  readonly versionId: string;
}

export interface Register {
  /** Name of the secret that holds the record. */
  readonly name: string;
  /** Undefined if the gate was never rotated. */
  read(): Promise<Registered | undefined>;
  /** Throws ERR_EXISTS if somebody opened one first. */
  create(record: RotationRecord): Promise<Registered>;
  /** Throws ERR_PRECONDITION if the record changed since `read`. */
  replace(read: Registered, record: RotationRecord): Promise<Registered>;
  /** Creation time of each version; empty without a record. */
  versions(): Promise<readonly EpochSeconds[]>;
}

/** The command that restores or rebuilds a record. */
export function rebuildCommand(gate: string): string {
  return `keyturn rotate resume --gate ${gate} --rebuild-record`;
}

/** `<secret>.keyturn`, beside the secret; accepts its name or ARN. */
export function registerName(secretId: string): string {
  return `${secretNameOf(secretId)}.keyturn`;
}

/** `gate`: if known, for the command that restores a record that somebody overwrote. */
export function secretRegister(vault: SecretVault, secretId: string, gate?: string): Register {
  const name = registerName(secretId);
  // Loaded here, while AWS answers, so that `--help` need not wait for it.
  const reader = import("./read-record.ts");
  const parsed = async (source: string): Promise<RotationRecord> => {
    const { parseRecord } = await reader;
    try {
      return parseRecord(source, name);
    } catch (thrown) {
      if (!(thrown instanceof InputError) || gate === undefined || isOfNewerKeyturn(source)) throw thrown;
      const hints = [rebuildCommand(gate), ...thrown.hints];
      throw new InputError(thrown.code, `${thrown.message}; keyturn did not write it`, hints, thrown);
    }
  };
  return {
    name,
    async read() {
      try {
        const { value, versionId } = await vault.get(name, { stage: "AWSCURRENT" });
        const source =
          "text" in value ? value.text.reveal() : Buffer.from(value.binary.reveal()).toString("utf8");
        return { record: await parsed(source), versionId };
      } catch (thrown) {
        if (isError(thrown, "ERR_NOT_FOUND")) return undefined;
        throw thrown;
      }
    },

    async create(record) {
      const text = renderRecord(record);
      const { versionId } = await vault.create(
        name,
        recordVersionId("", text),
        { text: new Sealed(text) },
        `keyturn: rotation record of gate ${record.gate}; holds no key material`,
      );
      return { record, versionId };
    },

    async replace(read, record) {
      const text = renderRecord(record);
      const token = recordVersionId(read.versionId, text);
      await vault.put(name, token, { text: new Sealed(text) }, [LABEL.next]);
      try {
        await vault.moveStage(name, "AWSCURRENT", { from: read.versionId, to: token });
      } catch (thrown) {
        // If the response was lost, the move may have happened: the next read shows it, and the token is ours alone.
        if (!isError(thrown, "ERR_PRECONDITION", "ERR_REMOTE", "ERR_UNREACHABLE", "ERR_THROTTLED"))
          throw thrown;
        const now = await vault.get(name, { stage: "AWSCURRENT" });
        if (now.versionId !== token) {
          if (!isError(thrown, "ERR_PRECONDITION")) throw thrown;
          throw new ConflictError(
            "ERR_PRECONDITION",
            "the rotation record changed: somebody else is working on this gate",
            [`keyturn rotate status --gate ${record.gate}`],
            thrown,
          );
        }
      }
      return { record, versionId: token };
    },

    async versions() {
      const created: EpochSeconds[] = [];
      for await (const { createdAt } of vault.listVersions(name)) created.push(createdAt);
      return created;
    },
  };
}

/**
 * The id of the version with this text that follows another; of the first one if `follows` is empty. A record never
 * returns to a previously current version.
 */
export function recordVersionId(follows: string, text: string): string {
  return createHash("sha256").update(`${follows}\n${text}`).digest("hex");
}
