/** Checks that the key that signs and the key that the groups trust are the same. */
import { DEFAULT_QUOTA } from "../../keys/account-keys.ts";
import { describeKey, keyTypeOf } from "../../keys/key-pair.ts";
import type { KeyGroup } from "../../seams/cloud.ts";
import { shellWord } from "../../text/shell-word.ts";
import { formatDuration, formatInstant } from "../../time.ts";
import type { Check } from "../check.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";

export const KEY_CHECKS: readonly Check<GateSnapshot>[] = [
  {
    id: "key-kind-unusable",
    severity: "error",
    what: "the secret holds a key that no key group can trust",
    *look({ gate, secret }) {
      const { signing } = secret;
      if (signing === undefined || keyTypeOf(signing.privateKey) !== undefined) return;
      yield {
        message: `the secret holds an ${describeKey(signing.privateKey)} key; key groups take RSA 2048 and ECDSA P-256 only`,
        evidence: [`fingerprint ${signing.fingerprint}`],
        remedy: `keyturn rotate start --gate ${gate.name}`,
        where: gate.secret.id,
      };
    },
  },
  {
    id: "key-pair-id-unknown",
    severity: "error",
    what: "signers use a key pair ID that does not exist in the account: everything minted gets InvalidKey",
    *look({ gate, secret, inventory }) {
      const id = secret.signing?.keyPairId;
      if (id === undefined || inventory.publicKeys.has(id)) return;
      yield {
        message: `the secret contains key pair ID ${id}, but the account has no such public key`,
        evidence: [`public keys of the account: ${list([...inventory.publicKeys.keys()])}`],
        remedy: isInAccount(inventory, secret)
          ? `keyturn secret set-key-id --gate ${gate.name}`
          : `keyturn rotate start --gate ${gate.name}`,
        where: `${gate.secret.id} ${gate.secret.fields.keyPairId}`,
      };
    },
  },
  {
    id: "key-pair-id-missing",
    severity: "error",
    what: "nothing says which key pair ID belongs to the signing key",
    *look({ gate, secret }) {
      if (secret.signing === undefined || secret.signing.keyPairId !== undefined) return;
      // A key that CloudFront cannot accept is reported as such.
      if (keyTypeOf(secret.signing.privateKey) === undefined) return;
      if (gate.signer.keyPairId === "in-secret") {
        yield {
          message: `the secret has no field ${gate.secret.fields.keyPairId}, where signers read their key pair ID`,
          evidence: ["signer.keyPairId: in-secret"],
          remedy: `keyturn secret set-key-id --gate ${gate.name}`,
          where: gate.secret.id,
        };
      } else {
        yield {
          message: "no public key in the account matches the private key in the secret",
          evidence: [
            `fingerprint ${secret.signing.fingerprint}`,
            `signer.keyPairId: ${gate.signer.keyPairId}`,
          ],
          remedy: "keyturn keys list",
          where: gate.secret.id,
        };
      }
    },
  },
  {
    id: "key-mismatch",
    severity: "error",
    what: "the private key does not match its key pair ID: everything minted gets AccessDenied",
    *look({ gate, secret, inventory }) {
      const { signing } = secret;
      const known = inventory.publicKeys.get(signing?.keyPairId ?? "");
      if (signing === undefined || known === undefined || known.fingerprint === signing.fingerprint) return;
      const right = [...inventory.publicKeys.values()].find((key) => key.fingerprint === signing.fingerprint);
      yield {
        message: `the private key in the secret does not match public key ${known.id}`,
        evidence: [
          `private key: ${signing.fingerprint}`,
          `public key ${known.id}: ${known.fingerprint ?? "unreadable"}`,
          right === undefined
            ? "no public key in the account matches it"
            : `it matches ${right.id} (${right.name})`,
        ],
        remedy:
          right === undefined
            ? `keyturn rotate start --gate ${gate.name}`
            : `keyturn secret set-key-id --gate ${gate.name}`,
        where: gate.secret.id,
      };
    },
  },
  {
    id: "key-not-trusted",
    severity: "error",
    what: "the signing key is not in every key group of the gate: InvalidKey there",
    *look({ gate, secret, inventory, groups, rotation }) {
      const id = secret.signing?.keyPairId;
      if (id === undefined || !inventory.publicKeys.has(id)) return;
      const without = groups.filter(({ items }) => !items.includes(id));
      if (without.length === 0) return;
      yield {
        message: `the signing key ${id} is in ${without.length === groups.length ? "no key group of the gate" : "not every key group of the gate"}`,
        evidence: without.map((group) => `key group ${group.id} (${group.name}) holds ${list(group.items)}`),
        remedy: isOpen(rotation)
          ? `keyturn rotate resume --gate ${gate.name} --wait`
          : `keyturn keys trust ${id} --gate ${gate.name}`,
        where: without.map((group) => group.id).join(", "),
      };
    },
  },
  {
    id: "key-left-in-group",
    severity: "warning",
    what: "the gate trusts a second key although no rotation is open: whoever holds it gets in",
    *look({ secret, groups, rotation, inventory, otherGates }) {
      if (isOpen(rotation) || rotation.lost !== undefined) return;
      const signing = secret.signing?.keyPairId;
      if (signing === undefined) return;
      // If id and private key belong to different pairs, the extra key may be the one that signs: key-mismatch comes first.
      if (inventory.publicKeys.get(signing)?.fingerprint !== secret.signing?.fingerprint) return;
      for (const group of groups.filter(({ items }) => items.includes(signing))) {
        if (otherGates.some(({ keyGroups }) => keyGroups.includes(group.id))) continue;
        // A full group is a separate finding with the same remedy.
        if (group.items.length >= DEFAULT_QUOTA.keysPerGroup) continue;
        const extra = group.items.filter((id) => id !== signing);
        if (extra.length === 0) continue;
        yield {
          message: `key group ${group.name} trusts ${extra.length === 1 ? "another key" : "other keys"} besides the signing key, and no rotation is open`,
          evidence: [
            ...extra.map((id) => `${id}${nameOf(inventory.publicKeys.get(id))}`),
            `the signing key is ${signing}`,
            "remove it once nothing signs with it and its last cookie has expired",
          ],
          remedy: extra
            .map((id) => `keyturn keys untrust ${id} --group ${groupWord(group, inventory.keyGroups)}`)
            .join(" && "),
          where: group.id,
        };
      }
    },
  },
  {
    id: "key-in-several-gates",
    severity: "warning",
    what: "one key opens several gates: a leak or rotation affects all of them",
    *look({ gate, secret, inventory, otherGates }) {
      const id = secret.signing?.keyPairId;
      if (id === undefined) return;
      const elsewhere = [...inventory.keyGroups.values()].filter(
        (group) => group.items.includes(id) && !gate.keyGroups.includes(group.id),
      );
      const sharing = otherGates.filter((other) =>
        other.keyGroups.some((group) => gate.keyGroups.includes(group)),
      );
      if (elsewhere.length === 0 && sharing.length === 0) return;
      yield {
        message: `the signing key ${id} opens more than this gate`,
        evidence: [
          ...elsewhere.map((group) => {
            const owner = otherGates.find(({ keyGroups }) => keyGroups.includes(group.id));
            return `key group ${group.id} (${group.name})${owner === undefined ? " of no gate" : ` of gate ${owner.name}`} holds it`;
          }),
          ...sharing.map(({ name }) => `gate ${name} uses the same key group`),
        ],
        remedy: "give each gate its own key, or declare them as one gate",
        where: id,
      };
    },
  },
  {
    id: "key-too-old",
    severity: "warning",
    what: "the signing key is older than the gate's maxKeyAge",
    *look({ gate, secret, inventory, now }) {
      const key = inventory.publicKeys.get(secret.signing?.keyPairId ?? "");
      if (gate.maxKeyAge === undefined || key === undefined) return;
      const age = now - key.createdAt;
      if (age <= gate.maxKeyAge) return;
      yield {
        message: `the signing key ${key.id} is ${formatDuration(age)} old; maxKeyAge is ${formatDuration(gate.maxKeyAge)}`,
        evidence: [`uploaded ${formatInstant(key.createdAt)}`],
        remedy: `keyturn rotate plan --gate ${gate.name}`,
        where: key.id,
      };
    },
  },
];

const list = (ids: readonly string[]) => (ids.length === 0 ? "none" : ids.join(", "));
const nameOf = (key: { readonly name: string } | undefined) => (key === undefined ? "" : ` (${key.name})`);
const isOpen = ({ record }: GateSnapshot["rotation"]) =>
  record !== undefined && record.finished === undefined;
/** A public key belongs to the private key in the secret. */
const isInAccount = ({ publicKeys }: GateSnapshot["inventory"], { signing }: GateSnapshot["secret"]) =>
  [...publicKeys.values()].some((key) => key.fingerprint === signing?.fingerprint);

/** Its name, which fits a narrow terminal, unless that reads as another group or as an option. */
function groupWord({ id, name }: KeyGroup, all: ReadonlyMap<string, KeyGroup>): string {
  const isPlain = /^[A-Za-z0-9]/.test(name) && !all.has(name);
  const isOnly = [...all.values()].every((other) => other.id === id || other.name !== name);
  return isPlain && isOnly ? shellWord(name) : id;
}
