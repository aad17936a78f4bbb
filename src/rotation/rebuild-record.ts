/**
 * Recovers a rotation whose record is gone or unreadable. Restores the previous record if Secrets Manager still has it.
 * Otherwise composes a new one from the rotation's traces, in a new epoch, that assumes nothing: signers may hold the
 * new key, nothing is proven, every wait starts again.
 */
import { ConflictError, HaltError, isError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import type { SecretVersion } from "../seams/cloud.ts";
import type { DriveTools } from "./drive.ts";
import { type LostRecord, lostRecord } from "./lost-record.ts";
import type { RotationRecord } from "./record.ts";
import { closedRecord, type Rebuilder, readTraces, recordFrom } from "./record-from-traces.ts";
import { isOfNewerKeyturn } from "./record-json.ts";
import { rebuildCommand, registerName } from "./register.ts";

type Tools = Pick<DriveTools, "controlPlane" | "vault" | "keyCache" | "clock" | "register">;

/** Traces of a rotation of a gate without a record; undefined if keyturn never rotated it. Reads only. */
export async function findLostRecord(tools: Tools, gate: Gate): Promise<LostRecord | undefined> {
  return lostRecord((await readTraces(tools, gate)).traces);
}

/** The error for a gate that lost its record, with the commands that restore it. */
export function lostRecordHalt(gate: string, { evidence, open }: LostRecord): HaltError {
  const shown = evidence.join("; ");
  return open === undefined
    ? new HaltError(
        "ERR_HALTED",
        `gate ${gate} was rotated by keyturn, but its rotation record is gone; there is no trace of an open rotation: ${shown}`,
        [`keyturn rotate plan --gate ${gate}`, `keyturn audit --gate ${gate}`],
      )
    : new HaltError(
        "ERR_HALTED",
        `the rotation record of gate ${gate} is gone, and rotation ${open.rotation} was open: ${shown}`,
        [
          rebuildCommand(gate),
          ...(open.isSwitched ? inAnEmergency(gate) : []),
          "once it is rebuilt, to go back instead of forward:",
          `keyturn rotate abort --gate ${gate} --wait`,
          "keyturn explain rotation-record-lost",
        ],
      );
}

/** No trace says that the rotation was an emergency, and any other puts the old key back until its cookies expire. */
const inAnEmergency = (gate: string): readonly string[] => [
  "if the rotation was an emergency, run this instead, or the old key stays trusted until its cookies expire:",
  `${rebuildCommand(gate)} --compromised --yes-cut-off-viewers`,
];

/**
 * Restores or composes a record, and resolves to a description of what it did; `isDry` writes nothing. No trace shows an
 * emergency, so the operator gives the mode; a restored record keeps its own. Throws ERR_HALTED if there is nothing left
 * to continue with, ERR_REFUSED if the record exists and is readable.
 */
export async function rebuildRecord(
  tools: Tools,
  gate: Gate,
  by: Pick<RotationRecord, "mode"> & Rebuilder,
  isDry: boolean,
): Promise<string> {
  const broken = await unreadableRecord(tools, gate);
  if (broken !== undefined && (await restored(tools, gate, broken, isDry))) {
    return "restore the last readable record";
  }
  const { traces, publicKeys, versions } = await readTraces(tools, gate);
  const lost = lostRecord(traces);
  const found = { publicKeys, versions, ...by };
  const open = lost?.open;
  if (open === undefined && broken === undefined) throw nothingLeft(gate.name, lost);
  const record =
    lost === undefined || open === undefined
      ? await closedRecord(tools, gate, lost?.epoch ?? 0, found)
      : await recordFrom(tools, gate, { ...lost, open }, found);
  if (!isDry) {
    if (broken === undefined) await tools.register.create(record);
    // Nobody can use the broken one, so replacing it loses nothing.
    else await tools.register.replace({ record, versionId: broken.versionId }, record);
  }
  if (open === undefined) return "replace the unreadable record: no rotation is open";
  return `rebuild the record of rotation ${record.rotation} in epoch ${record.epoch}: all proofs are discarded, and every wait starts again`;
}

/** The version that is unreadable as a record; undefined without a record. Throws ERR_REFUSED for a readable one. */
async function unreadableRecord({ vault, register }: Tools, gate: Gate): Promise<SecretVersion | undefined> {
  try {
    const registered = await register.read();
    if (registered === undefined) return undefined;
    throw new ConflictError(
      "ERR_REFUSED",
      `the record of rotation ${registered.record.rotation} exists and is readable: there is nothing to rebuild`,
      [`keyturn rotate resume --gate ${gate.name} --wait`],
    );
  } catch (thrown) {
    if (!isError(thrown, "ERR_SECRET_FORMAT")) throw thrown;
    const broken = await vault.get(registerName(gate.secret.id), { stage: "AWSCURRENT" });
    if ("text" in broken.value && isOfNewerKeyturn(broken.value.text.reveal())) throw thrown;
    return broken;
  }
}

/** A plain write over a good record leaves that record as AWSPREVIOUS: exactly the version that everybody read. */
async function restored(
  { vault }: Tools,
  gate: Gate,
  broken: SecretVersion,
  isDry: boolean,
): Promise<boolean> {
  const name = registerName(gate.secret.id);
  const { parseRecord } = await import("./read-record.ts");
  try {
    const previous = await vault.get(name, { stage: "AWSPREVIOUS" });
    const source = "text" in previous.value ? previous.value.text.reveal() : "";
    parseRecord(source, name);
    if (!isDry) {
      await vault.moveStage(name, "AWSCURRENT", { from: broken.versionId, to: previous.versionId });
    }
    return true;
  } catch (thrown) {
    if (isError(thrown, "ERR_SECRET_FORMAT", "ERR_NOT_FOUND")) return false;
    throw thrown;
  }
}

function nothingLeft(gate: string, lost: LostRecord | undefined): HaltError {
  if (lost !== undefined) return lostRecordHalt(gate, lost);
  return new HaltError(
    "ERR_HALTED",
    `no rotation of gate ${gate} left any traces: there is nothing to rebuild`,
    [`keyturn rotate plan --gate ${gate}`],
  );
}
