/** Finds keyturn.yaml and the selected gate: --config, KEYTURN_CONFIG, then this folder and its parents. */
import { InputError, UsageError } from "../errors.ts";
import type { World } from "../seams/world.ts";
import { nearest } from "../text/nearest.ts";
import type { Gate } from "./gate.ts";

/** The global flags that select the gate. */
export interface GateChoice {
  readonly config?: string;
  readonly gate?: string;
}
export interface GatesFile {
  readonly path: string;
  readonly gates: ReadonlyMap<string, Gate>;
}
type Needs = Pick<World, "files" | "env" | "cwd">;

const NAME = "keyturn.yaml";

/** Throws ERR_CONFIG, ERR_FILE_UNREADABLE; ERR_GATE if the gate is ambiguous or unknown. */
export async function openGate(
  choice: GateChoice,
  world: Needs,
  without: readonly string[] = [],
): Promise<Gate> {
  const file = await openGates(choice, world, without);
  return chooseGate(file, choice.gate ?? (world.env.KEYTURN_GATE || undefined));
}

/**
 * All gates in the file. Throws ERR_CONFIG, ERR_FILE_UNREADABLE. `without`: the hint for commands that also work
 * without the file.
 */
export async function openGates(
  choice: GateChoice,
  world: Needs,
  without: readonly string[] = [],
): Promise<GatesFile> {
  const found = await findGates(choice, world);
  if (found === undefined) throw noConfig(without);
  return found;
}

/** Like openGates, but undefined if no file is named and none is found. */
export async function findGates(choice: GateChoice, world: Needs): Promise<GatesFile | undefined> {
  const found = await findConfig(choice, world);
  if (found === undefined) return undefined;
  const { parseGates } = await import("./read.ts");
  return { path: found.path, gates: parseGates(found.text, found.path) };
}

/** The raw file, unchecked. Throws ERR_CONFIG if there is none, ERR_FILE_UNREADABLE. */
export async function readConfig(choice: GateChoice, world: Needs): Promise<{ path: string; text: string }> {
  const found = await findConfig(choice, world);
  if (found === undefined) throw noConfig();
  return found;
}

async function findConfig(
  choice: GateChoice,
  world: Needs,
): Promise<{ path: string; text: string } | undefined> {
  const path = choice.config ?? (world.env.KEYTURN_CONFIG || (await searchUpward(world)));
  if (path === undefined) return undefined;
  return { path, text: new TextDecoder().decode(await readBounded(path, world.files)) };
}

/** Far above any real file; parsing a larger one would block the process, and its signals, for minutes. */
const LARGEST = 1024 * 1024;

async function readBounded(path: string, files: World["files"]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of files.stream(path)) {
    pieces.push(piece);
    size += piece.length;
    if (size > LARGEST) {
      throw new InputError("ERR_CONFIG", `${path} is larger than 1 MiB, too large for a ${NAME}`, [
        "keyturn config schema",
        "add --config FILE, or export KEYTURN_CONFIG=FILE",
      ]);
    }
  }
  return Buffer.concat(pieces);
}

function noConfig(without: readonly string[] = []): InputError {
  return new InputError("ERR_CONFIG", `there is no ${NAME} in this folder or above it`, [
    "keyturn config init",
    ...without,
    "add --config FILE, or export KEYTURN_CONFIG=FILE",
    "to try everything without AWS, in a local cloud that has a gate:",
    "keyturn sandbox",
  ]);
}

/**
 * For commands that can do without a gate: the named one, else the only one; undefined if there is no file, or there are
 * several gates and none is named. Throws ERR_GATE for an unknown name.
 */
export function gateAtHand(
  file: GatesFile | undefined,
  choice: GateChoice,
  { env }: Pick<World, "env">,
): Gate | undefined {
  const named = choice.gate ?? (env.KEYTURN_GATE || undefined);
  if (file === undefined || (named === undefined && file.gates.size !== 1)) return undefined;
  return chooseGate(file, named);
}

/** A name, or an unambiguous start of one. Optional if there is only one gate. */
export function chooseGate({ path, gates }: GatesFile, name: string | undefined): Gate {
  const names = [...gates.keys()];
  const only = names.length === 1 ? gates.get(names[0] as string) : undefined;
  if (name === undefined) {
    if (only !== undefined) return only;
    throw new UsageError("ERR_GATE", `${path} has ${names.length} gates: ${names.join(", ")}`, [
      `add --gate ${names[0]}`,
    ]);
  }
  const exact = gates.get(name);
  if (exact !== undefined) return exact;
  const started = names.filter((each) => each.startsWith(name));
  if (started.length === 1) return gates.get(started[0] as string) as Gate;
  const meant = nearest(name, names);
  throw new UsageError("ERR_GATE", `${path} has no gate "${name}"; it has ${names.join(", ")}`, [
    meant === undefined ? `add --gate ${names[0]}` : `did you mean --gate ${meant}?`,
  ]);
}

async function searchUpward({ files, cwd }: Needs): Promise<string | undefined> {
  const folders = cwd.split(/[\\/]/).filter((part) => part !== "").length;
  for (let up = 0; up <= folders; up += 1) {
    const path = "../".repeat(up) + NAME;
    if ((await files.mode(path)) !== undefined) return path;
  }
  return undefined;
}
