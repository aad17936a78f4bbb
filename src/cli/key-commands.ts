/** The command table's part for keys, key groups and the secret that holds a key. */
import type { CommandEntry } from "./command-entry.ts";

export const KEY_COMMANDS: readonly CommandEntry[] = [
  {
    words: "keys generate",
    summary: "create a signing key pair in two new files",
    examples: [
      ["keyturn keys generate --out signing-key.pem", "RSA 2048, which CloudFront has always accepted"],
    ],
    load: async () => (await import("../commands/keys/generate.ts")).generateCommand,
  },
  {
    words: "keys upload",
    summary: "upload a public key to CloudFront unless it is already there",
    examples: [
      ["keyturn keys upload signing-key.pub.pem --name app-2026", "prints the key pair ID"],
      ["keyturn keys upload signing-key.pub.pem --group GROUP_ID", "also adds it to a key group"],
    ],
    load: async () => (await import("../commands/keys/upload.ts")).uploadCommand,
  },
  {
    words: "keys list",
    summary: "the account's public keys: age, key groups, gates, quota",
    examples: [["keyturn keys list", "reads only CloudFront, no secret"]],
    load: async () => (await import("../commands/keys/list.ts")).listCommand,
  },
  {
    words: "keys match",
    summary: "find the key pair ID of a key file",
    examples: [["keyturn keys match signing-key.pem", "private key, public key or certificate"]],
    load: async () => (await import("../commands/keys/match.ts")).matchCommand,
  },
  {
    words: "keys trust",
    summary: "add a public key to a gate's key groups, then prove it at the edge",
    examples: [
      ["keyturn keys trust K2JCJMDEHXQW5F --gate app", "put back a key that somebody removed"],
      ["keyturn keys trust K2JCJMDEHXQW5F --group GROUP_ID --dry-run", "one group; show what would change"],
    ],
    load: async () => (await import("../commands/keys/trust.ts")).trustCommand,
  },
  {
    words: "keys untrust",
    summary: "remove a public key from a gate's key groups, then prove it at the edge",
    examples: [["keyturn keys untrust K2JCJMDEHXQW5F --gate app", "a key that no longer signs anything"]],
    load: async () => (await import("../commands/keys/untrust.ts")).untrustCommand,
  },
  {
    words: "keys delete",
    summary: "delete a public key that nothing uses",
    examples: [["keyturn keys delete K2JCJMDEHXQW5F", "asks you to type the key pair ID again"]],
    load: async () => (await import("../commands/keys/delete.ts")).deleteCommand,
  },
  {
    words: "keys prune",
    summary: "delete all public keys that nothing uses",
    examples: [["keyturn keys prune --dry-run", "what would be deleted, and why the rest stays"]],
    load: async () => (await import("../commands/keys/prune.ts")).pruneCommand,
  },
  {
    words: "keys create-group",
    summary: "create a key group that trusts one public key",
    examples: [["keyturn keys create-group app-signers K2JCJMDEHXQW5F", "prints the key group's ID"]],
    load: async () => (await import("../commands/keys/create-group.ts")).createGroupCommand,
  },
  {
    words: "keys delete-group",
    summary: "delete a key group that no distribution trusts",
    examples: [["keyturn keys delete-group old-signers --dry-run", "what would be deleted"]],
    load: async () => (await import("../commands/keys/delete-group.ts")).deleteGroupCommand,
  },
  {
    words: "secret set-key-id",
    summary: "set the key pair ID in a gate's secret to that of its private key",
    examples: [
      ["keyturn secret set-key-id --gate app --dry-run", "the ID that it finds, and what would change"],
      ["keyturn secret set-key-id --gate app", "asks first, writes a new current version, checks the edge"],
    ],
    load: async () => (await import("../commands/secret/set-key-id.ts")).setKeyIdCommand,
  },
  {
    words: "secret rewrite",
    summary: "write a gate's secret in a form that a rotation can write back",
    examples: [
      ["keyturn secret rewrite --gate app --dry-run", "the form that it has, and what would change"],
      ["keyturn secret rewrite --gate app --form pkcs8", "a form for keys of every type"],
    ],
    load: async () => (await import("../commands/secret/rewrite.ts")).rewriteCommand,
  },
  {
    words: "secret set-current",
    summary: "make an older version of a gate's secret current again",
    examples: [["keyturn secret set-current VERSION --gate app --dry-run", "its key, and what would change"]],
    load: async () => (await import("../commands/secret/set-current.ts")).setCurrentCommand,
  },
  {
    words: "secret store",
    summary: "create a new gate's secret from a private key file",
    examples: [
      ["keyturn secret store app/signing-key --private-key signing-key.pem", "finds its key pair ID"],
    ],
    load: async () => (await import("../commands/secret/store.ts")).storeCommand,
  },
  {
    words: "secret restore",
    summary: "cancel the scheduled deletion of a gate's secret or rotation record",
    examples: [
      ["keyturn secret restore --gate app", "the gate's own secret"],
      ["keyturn secret restore app/signing-key.keyturn", "the rotation record beside it"],
    ],
    load: async () => (await import("../commands/secret/restore.ts")).restoreCommand,
  },
  {
    words: "secret replicate",
    summary: "replicate a gate's secret to a region, or repair the replica there",
    examples: [["keyturn secret replicate eu-west-1 --gate app", "waits until it is in sync"]],
    load: async () => (await import("../commands/secret/replicate.ts")).replicateCommand,
  },
  {
    words: "secret cancel-rotation",
    summary: "turn off Secrets Manager's own rotation of a gate's secret",
    examples: [["keyturn secret cancel-rotation --gate app", "the value stays"]],
    load: async () => (await import("../commands/secret/cancel-rotation.ts")).cancelRotationCommand,
  },
  {
    words: "secret release-labels",
    summary: "release staging labels that a rotation left on a gate's secret",
    examples: [["keyturn secret release-labels --gate app --dry-run", "which labels, on which versions"]],
    load: async () => (await import("../commands/secret/release-labels.ts")).releaseLabelsCommand,
  },
];
