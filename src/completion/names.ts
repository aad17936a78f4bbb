/** The names that Tab offers: gates, runbooks and their steps, topics, key ids. All local, no network call. */
import type { GlobalFlags } from "../cli/bind.ts";
import { findGates } from "../gates/open.ts";
import type { World } from "../seams/world.ts";
import type { LocalNames } from "./offers.ts";

type Needs = Pick<World, "files" | "env" | "cwd" | "cache" | "runbooks">;

/** `plain`: the typed words, without flags. An unreadable source offers nothing. */
export async function namesFor(
  typed: readonly string[],
  plain: readonly string[],
  flags: GlobalFlags,
  world: Needs,
): Promise<LocalNames> {
  const { pageNames } = await import("../help/page.ts");
  const gates = await findGates({ ...flags, ...configIn(typed) }, world).catch(() => undefined);
  const { topics, errorCodes } = pageNames();
  return {
    gates: [...(gates?.gates.keys() ?? [])],
    runbooks: await world.runbooks.names().catch(() => []),
    keyIds: ((await world.cache?.read("key-ids")) ?? "").split("\n").filter((id) => id !== ""),
    topics: [...topics, ...errorCodes],
    ids: await idsFor(plain),
    steps: await stepsOf(plain, world),
  };
}

/** A --config on the line selects the file whose gates to offer. */
function configIn(typed: readonly string[]): Pick<GlobalFlags, "config"> {
  const config = typed[typed.indexOf("--config") + 1];
  return typed.includes("--config") && config ? { config } : {};
}

/** They come from every check and page, so they are loaded only for commands that take one. */
async function idsFor([group, verb]: readonly string[]): Promise<readonly string[]> {
  if (group !== "explain" && !(group === "runbook" && verb === "list")) return [];
  return (await import("../help/explain.ts")).allIds();
}

async function stepsOf(
  [group, verb, name]: readonly string[],
  { runbooks }: Needs,
): Promise<readonly string[]> {
  if (group !== "runbook" || verb !== "run" || name === undefined) return [];
  const { parseRunbook, stepNames } = await import("../runbooks/runbook.ts");
  return runbooks.read(name).then(
    (text) => stepNames(parseRunbook(name, text)),
    () => [],
  );
}
