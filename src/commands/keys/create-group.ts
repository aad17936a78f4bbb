/** `keyturn keys create-group`: a key group for a new gate, with its first key. */
import { Argument, Command } from "commander";
import type { Bind } from "../../cli/bind.ts";
import type { GlobalFlags } from "../../cli/global-flags.ts";
import { offering } from "../../completion/offers.ts";
import { ConflictError } from "../../errors.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { findGates, gateAtHand } from "../../gates/open.ts";
import { findNamed, readAccountKeys } from "../../keys/account-keys.ts";
import type { Report } from "../../report/report.ts";
import type { World } from "../../seams/world.ts";
import { confirmed, type MutationFlags, mutating } from "../confirm.ts";

interface Flags extends GlobalFlags, MutationFlags {
  readonly name: string;
  readonly key: string;
}

export const createGroupCommand = (bind: Bind) =>
  mutating(
    new Command("create-group")
      .description(
        "Creates a key group that trusts one public key, and prints its ID for the cache behaviors. Give each gate its own group: if two gates share one, the rotation of one waits for the other.",
      )
      .argument("<name>", "name in CloudFront; unique in the account")
      .addArgument(
        offering(new Argument("<key>", "key pair ID, the start of one, or the key's name"), "keyIds"),
      ),
  ).action(bind(createGroup));

async function createGroup(flags: Flags, world: World): Promise<Report> {
  const gate = gateAtHand(await findGates(flags, world), flags, world);
  const { controlPlane, where } = await world.cloud(cloudOptionsOf(flags, world.env, gate));
  const account = await readAccountKeys(controlPlane);
  const key = findNamed(account.keys, flags.key, "public key");
  const existing = account.groups.find(({ name }) => name === flags.name);
  if (existing !== undefined && !existing.items.includes(key.id)) {
    throw new ConflictError(
      "ERR_EXISTS",
      `key group ${existing.name} (${existing.id}) exists and does not trust ${key.id}`,
      [`keyturn keys trust ${key.id} --group ${existing.id}`],
    );
  }
  const changes = [`create key group ${flags.name}, which trusts ${key.id} (${key.name})`];
  const isWanted = existing === undefined && (await confirmed({ where, changes }, flags, world));
  const config = { name: flags.name, items: [key.id], comment: "" };
  const group = isWanted ? (await controlPlane.createKeyGroup(config)).value : existing;
  return {
    outcome: "done",
    result: { keyGroupId: group?.id ?? null, name: flags.name, created: isWanted },
    findings: [],
    text: (style) =>
      group === undefined
        ? ""
        : `${style.good(style.sign.ok)} ${flags.name}: ${isWanted ? "created" : "is a duplicate"}\n  key group ID  ${style.bold(group.id)}`,
  };
}
