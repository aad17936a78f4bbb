/** What other people and their tools do to an account behind keyturn's back: plain writes, without any of its precautions. */
import { UsageError } from "../errors.ts";
import type { Account } from "./account.ts";
import { refuseCloudFront } from "./cloudfront/refusal.ts";

type Edited = Pick<Account, "cloudFront" | "secrets">;

/** A script that stores its own value, which becomes current. Returns the version's id. */
export function plainPut({ secrets }: Edited, secretId: string, text: string): string {
  return secrets.put(secretId, text);
}

/** Terraform, applied from an old state: the previous value is written again as a new version. */
export function rewriteOldValue({ secrets }: Edited, secretId: string): string {
  const old = secrets.text(secretId, "AWSPREVIOUS");
  if (old === undefined) throw new UsageError("ERR_USAGE", "the previous value is binary");
  return secrets.put(secretId, old);
}

/** A console user or a deployment: reads the group, changes its keys, writes it back at once. */
export function editGroup(
  { cloudFront }: Edited,
  groupId: string,
  edit: (keyPairIds: readonly string[]) => readonly string[],
  comment?: string,
): void {
  const group = cloudFront.state.keyGroups.get(groupId) ?? refuseCloudFront("NoSuchResource");
  const { config, etag } = group;
  const changed = { ...config, items: edit(config.items), comment: comment ?? config.comment };
  cloudFront.keyGroups.update(groupId, etag, changed);
}
