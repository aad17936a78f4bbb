/**
 * The way back for a rotation whose record is gone or unreadable. The record that stood before is restored where
 * Secrets Manager still has it. Otherwise a new one is made from what the rotation left, in a new epoch, that believes
 * nothing: signers may hold the new key, nothing is proven, every wait begins anew.
 */
import { ConflictError, HaltError, isError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import type { SecretVersion } from "../seams.ts";
import type { DriveTools } from "./drive.ts";
import { type LostRecord, lostRecord } from "./lost-record.ts";
import type { RotationRecord } from "./record.ts";
import { closedRecord, readTraces, recordFrom } from "./record-from-traces.ts";
import { isOfNewerKeyturn } from "./record-json.ts";
import { rebuildCommand, registerName } from "./register.ts";

type Tools = Pick<DriveTools, "controlPlane" | "vault" | "memo" | "clock" | "register">;

/** What is left of a rotation of a gate that has no record; undefined where keyturn never rotated it. Reads only. */
export async function findLostRecord(tools: Tools, gate: Gate): Promise<LostRecord | undefined> {
  return lostRecord((await readTraces(tools, gate)).traces);
}

/** How a gate without a record is told: lost, with the way back. */
export function lostRecordHalt(gate: string, { evidence, open }: LostRecord): HaltError {
  const shown = evidence.join("; ");
  return open === undefined
    ? new HaltError(
        "ERR_HALTED",
        `gate ${gate} was rotated by keyturn, but its rotation record is gone; no open rotation shows: ${shown}`,
        [`keyturn rotate plan --gate ${gate}`, `keyturn audit --gate ${gate}`],
      )
    : new HaltError(
        "ERR_HALTED",
        `the rotation record of gate ${gate} is gone, and rotation ${open.rotation} was open: ${shown}`,
        [
          rebuildCommand(gate),
          ...(open.isSwitched ? inAnEmergency(gate) : []),
          `keyturn audit --gate ${gate}`,
        ],
      );
}

/** No trace says that the rotation was an emergency, and any other puts the old key back until its cookies expire. */
const inAnEmergency = (gate: string): readonly string[] => [
  "if the rotation was an emergency, say so again, or the old key is trusted until its cookies expire:",
  `${rebuildCommand(gate)} --compromised --yes-cut-off-viewers`,
];

/**
 * Puts a record there again, and resolves to what it did, for people; `isDry` writes nothing. No trace tells an emergency,
 * so the mode is the operator's word; a record that is put back keeps its own. Throws ERR_HALTED where
 * nothing is left to go on with, ERR_REFUSED where the record is there and readable.
 */
export async function rebuildRecord(
  tools: Tools,
  gate: Gate,
  by: Pick<RotationRecord, "startedBy" | "mode">,
  isDry: boolean,
): Promise<string> {
  const broken = await unreadableRecord(tools, gate);
  if (broken !== undefined && (await restored(tools, gate, broken, isDry))) {
    return "put the last readable record back";
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
    // Whoever reads the broken one can do nothing with it, so nobody loses by it.
    else await tools.register.replace({ record, versionId: broken.versionId }, record);
  }
  if (open === undefined) return "replace the unreadable record: no rotation is open";
  return `rebuild the record of rotation ${record.rotation} in epoch ${record.epoch}: nothing is taken for proven, and every wait begins anew`;
}

/** The version that cannot be read as a record; undefined where there is no record. Throws ERR_REFUSED for a good one. */
async function unreadableRecord({ vault, register }: Tools, gate: Gate): Promise<SecretVersion | undefined> {
  try {
    const registered = await register.read();
    if (registered === undefined) return undefined;
    throw new ConflictError(
      "ERR_REFUSED",
      `the record of rotation ${registered.record.rotation} is there and readable: nothing is to be rebuilt`,
      [`keyturn rotate resume --gate ${gate.name}`],
    );
  } catch (thrown) {
    if (!isError(thrown, "ERR_SECRET_FORMAT")) throw thrown;
    const broken = await vault.get(registerName(gate.secret.id), { stage: "AWSCURRENT" });
    if ("text" in broken.value && isOfNewerKeyturn(broken.value.text.reveal())) throw thrown;
    return broken;
  }
}

/** A plain write over a good record left that as AWSPREVIOUS: it is the very version that everybody read. */
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
    `nothing is left of any rotation of gate ${gate}: there is nothing to rebuild`,
    [`keyturn rotate plan --gate ${gate}`],
  );
}
