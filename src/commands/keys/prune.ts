/** `keyturn keys prune`: deletes the public keys that nothing uses, listing each. */
import { Command } from "commander";
import { readAllMentions } from "../../audit/key-uses.ts";
import { type PruneCandidate, planPrune } from "../../audit/prune.ts";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { isError } from "../../errors.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { gateAtHand, openGates } from "../../gates/open.ts";
import { readAccountKeys } from "../../keys/account-keys.ts";
import type { Report } from "../../report/report.ts";
import type { ControlPlane } from "../../seams/cloud.ts";
import type { World } from "../../seams/world.ts";
import { wrap } from "../../text/layout.ts";
import { confirmed, type MutationFlags, mutating } from "../confirm.ts";

type Needs = Pick<World, "clock" | "cloud" | "env" | "files" | "cwd" | "terminal">;

export const pruneCommand = (bind: Bind) =>
  mutating(
    new Command("prune").description(
      "Deletes the public keys that no key group, no version of a gate's secret and no open rotation uses, if they are more than an hour old. Needs keyturn.yaml: a gate missing from it could sign with a key that looks unused.",
    ),
  ).action(bind(prune));

export async function prune(flags: GlobalFlags & MutationFlags, world: Needs): Promise<Report> {
  const file = await openGates(flags, world);
  const gates = [...file.gates.values()];
  const chosen = gateAtHand(file, flags, world) ?? gates[0];
  const { controlPlane, where, dates } = await world.cloud(cloudOptionsOf(flags, world.env, chosen));
  const { keys } = await readAccountKeys(controlPlane);
  const judged = planPrune(
    keys,
    await readAllMentions(gates, flags, world),
    dates.earliest ?? world.clock.now(),
  );
  const unused = judged.filter(({ kept }) => kept === undefined);
  const changes = unused.map(
    ({ key }) => `delete public key ${key.id} (${key.name}, ${key.fingerprint ?? "unreadable"})`,
  );
  const isWanted = unused.length > 0 && (await confirmed({ where, changes }, flags, world));
  const ended = new Map<string, Ending>();
  for (const { key } of isWanted ? unused : []) ended.set(key.id, await deleteUnused(key.id, controlPlane));
  return pruneReport(judged, ended);
}

type Ending = "deleted" | "changed";

/** `changed` if someone was faster: CloudFront rightly refuses to delete a key that is now in use. */
async function deleteUnused(id: string, plane: ControlPlane): Promise<Ending> {
  try {
    const { etag } = await plane.getPublicKey(id);
    await plane.deletePublicKey(id, etag);
    return "deleted";
  } catch (thrown) {
    if (isError(thrown, "ERR_IN_USE", "ERR_NOT_FOUND", "ERR_PRECONDITION")) return "changed";
    throw thrown;
  }
}

function pruneReport(judged: readonly PruneCandidate[], ended: ReadonlyMap<string, Ending>): Report {
  const rows = judged.map(({ key, kept }) => {
    const why =
      kept ?? (ended.get(key.id) === "changed" ? "changed in the meantime; run it again" : "unused");
    return { keyPairId: key.id, name: key.name, deleted: ended.get(key.id) === "deleted", why };
  });
  return {
    outcome: "done",
    result: { keys: rows },
    findings: [],
    text: (style) =>
      rows
        .map(({ keyPairId, name, deleted, why }) => {
          const sign = deleted ? style.good(style.sign.ok) : style.dim(style.sign.skip);
          const line = `${sign} ${keyPairId} (${name}): ${deleted ? "unused, deleted" : why}`;
          return wrap(line, style.columns, 0, 2);
        })
        .join("\n") || "no public keys",
  };
}
