/** What a third party can do to a rotation: each act has a name, happens once, and is not undone by itself. */
import { generateKeyPairSync } from "node:crypto";
import { commentWithEpoch, gateMark } from "../../../src/rotation/group-comment.ts";
import { DEMO } from "../../../src/sandbox/demo-gate.ts";
import { deleteSecret } from "../../../src/sandbox/secrets/lifecycle.ts";
import { editGroup, plainPut } from "../../../src/sandbox/third-party.ts";
import type { SiteWorld } from "../site-world.ts";

export interface ForeignAct {
  readonly name: string;
  readonly strike: (world: SiteWorld) => void;
  /** AWS's refusal contains the next step, so the test needs the real SDK. */
  readonly isRefusedByAws?: true;
}

export const RECORD = `${DEMO.secret}.keyturn`;

export const itemsOf = ({ site }: SiteWorld): readonly string[] =>
  site.account.cloudFront.keyGroups.get(site.ids.keyGroupId).config.items;

function edit({ site }: SiteWorld, change: (ids: readonly string[]) => readonly string[], comment?: string) {
  editGroup(site.account, site.ids.keyGroupId, change, comment);
}

/** Uploads somebody else's key, which is in no group yet. */
function uploadStranger({ site }: SiteWorld, name: string): { readonly id: string; readonly pem: string } {
  const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const encodedKey = pair.publicKey.export({ type: "spki", format: "pem" }) as string;
  const { publicKeys } = site.account.cloudFront;
  const { id } = publicKeys.create({ callerReference: name, name, encodedKey, comment: "" });
  return { id, pem: pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string };
}

const secretOf = ({ id, pem }: { readonly id: string; readonly pem: string }) =>
  JSON.stringify({ keyPairId: id, privateKey: pem });

/** Removes the key from the group first: CloudFront does not delete a key that a group holds. */
function deleteKey(world: SiteWorld, which: "newest" | "oldest"): void {
  const { publicKeys } = world.site.account.cloudFront;
  const items = itemsOf(world);
  const uploaded = publicKeys.list().map(({ id }) => id);
  const id = which === "oldest" ? uploaded[0] : uploaded.at(-1);
  if (id === undefined || uploaded.length < 2) return;
  if (items.includes(id) && items.length > 1) edit(world, (ids) => ids.filter((each) => each !== id));
  if (!itemsOf(world).includes(id)) publicKeys.delete(id, publicKeys.get(id).etag);
}

function hasRecord({ site }: SiteWorld): boolean {
  return site.account.secrets.registry.has(site.account.region, RECORD);
}

export const FOREIGN_ACTS: readonly ForeignAct[] = [
  { name: "deletes the new public key", strike: (world) => deleteKey(world, "newest") },
  { name: "deletes the old public key", strike: (world) => deleteKey(world, "oldest") },
  {
    name: "force-deletes the record",
    strike: ({ site: { account } }) => {
      deleteSecret(account.secrets.registry, account.region, RECORD, { isForced: true });
    },
  },
  {
    name: "marks the record for deletion",
    isRefusedByAws: true,
    strike: ({ site: { account } }) => {
      deleteSecret(account.secrets.registry, account.region, RECORD, { isForced: false });
    },
  },
  {
    name: "writes garbage over the record",
    strike: (world) => {
      if (hasRecord(world)) plainPut(world.site.account, RECORD, "not a record");
    },
  },
  {
    name: "writes garbage over the record, twice",
    strike: (world) => {
      if (!hasRecord(world)) return;
      plainPut(world.site.account, RECORD, "not a record");
      plainPut(world.site.account, RECORD, "{}");
    },
  },
  {
    name: "fills the group",
    strike: (world) => {
      while (itemsOf(world).length < 5) {
        const { id } = uploadStranger(world, `theirs-${itemsOf(world).length}`);
        edit(world, (ids) => [...ids, id]);
      }
    },
  },
  {
    name: "fills the group in place of the newest key",
    strike: (world) => {
      if (itemsOf(world).length > 1) edit(world, (ids) => ids.slice(0, -1));
      while (itemsOf(world).length < 5) {
        const { id } = uploadStranger(world, `theirs-${itemsOf(world).length}`);
        edit(world, (ids) => [...ids, id]);
      }
    },
  },
  {
    name: "fills the account's public keys",
    strike: (world) => {
      const { publicKeys } = world.site.account.cloudFront;
      while (publicKeys.list().length < 10) uploadStranger(world, `theirs-${publicKeys.list().length}`);
    },
  },
  {
    name: "raises the Comment's epoch",
    strike: (world) => {
      const { account, ids } = world.site;
      const { arn } = account.secrets.registry.findPrimary(DEMO.region, DEMO.secret);
      const { comment } = account.cloudFront.keyGroups.get(ids.keyGroupId).config;
      edit(world, (items) => items, commentWithEpoch(comment, gateMark(arn), 7));
    },
  },
  {
    name: "puts a key that is not trusted into the secret",
    strike: (world) => {
      plainPut(world.site.account, DEMO.secret, secretOf(uploadStranger(world, "theirs")));
    },
  },
  {
    name: "puts something that is not a key into the secret",
    strike: ({ site }) => {
      plainPut(site.account, DEMO.secret, '{"keyPairId":"KSTRANGER00000","privateKey":"none"}');
    },
  },
  {
    name: "rotates by hand",
    strike: (world) => {
      const theirs = uploadStranger(world, "theirs");
      if (itemsOf(world).length < 5) edit(world, (ids) => [...ids, theirs.id]);
      plainPut(world.site.account, DEMO.secret, secretOf(theirs));
    },
  },
  {
    name: "puts the old value into the secret",
    strike: ({ site }) => {
      const [first] = site.account.secrets.registry.findPrimary(DEMO.region, DEMO.secret).versions;
      plainPut(
        site.account,
        DEMO.secret,
        first !== undefined && "text" in first.value ? first.value.text : "",
      );
    },
  },
  {
    name: "switches managed rotation on",
    strike: ({ site }) => {
      const { registry } = site.account.secrets;
      const secret = registry.findWritable(DEMO.region, DEMO.secret);
      const lambdaArn = "arn:aws:lambda:us-east-1:111122223333:function:rotate";
      registry.save({
        ...secret,
        rotation: { enabled: true, lambdaArn, rules: { automaticallyAfterDays: 30 } },
      });
    },
  },
  {
    name: "takes the newest key out of the group",
    strike: (world) => {
      if (itemsOf(world).length > 1) edit(world, (ids) => ids.slice(0, -1));
    },
  },
  {
    name: "takes the oldest key out of the group",
    strike: (world) => {
      if (itemsOf(world).length > 1) edit(world, (ids) => ids.slice(1));
    },
  },
  {
    name: "takes keyturn's labels away",
    strike: ({ site }) => {
      const { secrets } = site.account;
      for (const [from, labels] of Object.entries(secrets.stages(DEMO.secret))) {
        for (const label of labels) {
          if (label.startsWith("keyturn-")) secrets.moveStage(DEMO.secret, label, { from });
        }
      }
    },
  },
  {
    name: "removes the versions that keyturn stored",
    strike: ({ site }) => {
      const { registry } = site.account.secrets;
      const secret = registry.findWritable(DEMO.region, DEMO.secret);
      const versions = secret.versions.filter(
        ({ id, stages }) => !id.startsWith("keyturn-") || stages.includes("AWSCURRENT"),
      );
      registry.save({ ...secret, versions });
    },
  },
];
