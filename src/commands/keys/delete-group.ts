/** `keyturn keys delete-group`: a key group that no distribution trusts and no gate declares. */
import { Argument, Command } from "commander";
import { refuseDuringRotation } from "../../audit/key-trust.ts";
import { openRotationsOn } from "../../audit/key-uses.ts";
import type { Bind } from "../../cli/bind.ts";
import type { GlobalFlags } from "../../cli/global-flags.ts";
import { ConflictError } from "../../errors.ts";
import { cloudOptionsOf } from "../../gates/cloud-options.ts";
import { findGates, gateAtHand } from "../../gates/open.ts";
import { findNamed, readAccountKeys } from "../../keys/account-keys.ts";
import type { Report } from "../../report/report.ts";
import type { ControlPlane, KeyGroup } from "../../seams/cloud.ts";
import type { World } from "../../seams/world.ts";
import { confirmed, type MutationFlags, mutating } from "../confirm.ts";

interface Flags extends GlobalFlags, MutationFlags {
  readonly group: string;
}

export const deleteGroupCommand = (bind: Bind) =>
  mutating(
    new Command("delete-group")
      .description(
        "Deletes a key group that no distribution trusts, no gate in keyturn.yaml declares and no open rotation needs. Its public keys stay; keys prune deletes those that nothing else uses.",
      )
      .addArgument(new Argument("<group>", "ID, the start of one, or the group's name")),
  ).action(bind(deleteGroup));

async function deleteGroup(flags: Flags, world: World): Promise<Report> {
  const file = await findGates(flags, world);
  const gates = [...(file?.gates.values() ?? [])];
  const gate = gateAtHand(file, flags, world) ?? gates[0];
  const { controlPlane, where } = await world.cloud(cloudOptionsOf(flags, world.env, gate));
  const group = findNamed((await readAccountKeys(controlPlane)).groups, flags.group, "key group");
  const owners = gates
    .filter(({ keyGroups }) => keyGroups.includes(group.id))
    .map(({ name }) => `gate ${name}`);
  refuseUsed(group, [...(await distributionsOf(group.id, controlPlane)), ...owners]);
  refuseDuringRotation(await openRotationsOn([group.id], gates, flags, world));
  const { etag } = await controlPlane.getKeyGroup(group.id);
  const changes = [
    `delete key group ${group.name} (${group.id}), which holds ${group.items.join(", ")}; this cannot be undone`,
  ];
  const isWanted = await confirmed({ where, changes, typeBack: group.name }, flags, world);
  if (isWanted) await controlPlane.deleteKeyGroup(group.id, etag);
  return {
    outcome: "done",
    result: { keyGroupId: group.id, name: group.name, items: group.items, deleted: isWanted },
    findings: [],
    text: (style) => (isWanted ? `${style.good(style.sign.ok)} ${group.name} (${group.id}): deleted` : ""),
  };
}

async function distributionsOf(id: string, plane: ControlPlane): Promise<string[]> {
  const ids: string[] = [];
  for await (const each of plane.listDistributionsByKeyGroup(id)) ids.push(`distribution ${each}`);
  return ids;
}

function refuseUsed({ id, name }: KeyGroup, by: readonly string[]): void {
  if (by.length === 0) return;
  throw new ConflictError("ERR_IN_USE", `key group ${name} (${id}) is in use: ${by.join(", ")}`, [
    "keyturn audit --all --inventory",
  ]);
}
