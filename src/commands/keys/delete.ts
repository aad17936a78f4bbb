/** `keyturn keys delete`: one public key, when nothing uses it. */
import { Argument, Command } from "commander";
import { type KeyUse, readAllMentions, usesOf } from "../../audit/key-uses.ts";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { offering } from "../../completion/offers.ts";
import { ConflictError } from "../../errors.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { findGates, gateAtHand } from "../../gates/open.ts";
import { type AccountKey, findNamed, readAccountKeys } from "../../keys/account-keys.ts";
import type { Report } from "../../report/report.ts";
import type { World } from "../../seams/world.ts";
import { confirmed, type MutationFlags, mutating } from "../confirm.ts";

type Needs = Pick<World, "cloud" | "env" | "files" | "cwd" | "terminal">;

interface DeleteFlags extends GlobalFlags, MutationFlags {
  readonly key: string;
}

export const deleteCommand = (bind: Bind) =>
  mutating(
    new Command("delete")
      .description(
        "Deletes a public key that no key group, no version of a gate's secret and no open rotation uses. You must type its key pair ID to confirm.",
      )
      .addArgument(
        offering(new Argument("<key>", "key pair ID, the start of one, or the key's name"), "keyIds"),
      ),
  ).action(bind(deleteKey));

async function deleteKey(flags: DeleteFlags, world: Needs): Promise<Report> {
  const file = await findGates(flags, world);
  const gates = [...(file?.gates.values() ?? [])];
  const chosen = gateAtHand(file, flags, world) ?? gates[0];
  const { controlPlane, where } = await world.cloud(cloudOptionsOf(flags, world.env, chosen));
  const key = findNamed((await readAccountKeys(controlPlane)).keys, flags.key, "public key");
  // Groups first: they may already block the deletion, and reading them needs no access to secrets.
  refuseUsed(key, usesOf(key, []));
  refuseUsed(key, usesOf(key, await readAllMentions(gates, flags, world)));
  const { etag } = await controlPlane.getPublicKey(key.id);
  const changes = [
    `delete public key ${key.id} (${key.name}, ${key.fingerprint ?? "unreadable"}); this cannot be undone`,
  ];
  const isWanted = await confirmed({ where, changes, typeBack: key.id }, flags, world);
  if (isWanted) await controlPlane.deletePublicKey(key.id, etag);
  return {
    outcome: "done",
    result: { keyPairId: key.id, name: key.name, fingerprint: key.fingerprint ?? null, deleted: isWanted },
    findings: [],
    text: (style) => (isWanted ? `${style.good(style.sign.ok)} ${key.id} (${key.name}): deleted` : ""),
  };
}

function refuseUsed(key: AccountKey, uses: readonly KeyUse[]): void {
  if (uses.length === 0) return;
  const signs = uses.some(({ isCurrent }) => isCurrent) ? "signers mint with it: " : "";
  throw new ConflictError(
    "ERR_IN_USE",
    `public key ${key.id} is in use: ${signs}${uses.map(({ by }) => by).join("; ")}`,
    ["to replace it without locking anyone out:", "keyturn rotate start", "keyturn keys list"],
  );
}
