/** Checks that the secret exists, is readable, is rotated by nobody else, and is the same in every region. */
import { isSameSecret, restoreLine } from "../../gates/secret-id.ts";
import { isFixVersionId } from "../../keys/new-version.ts";
import { PEM_REPAIR_MEANING } from "../../keys/pem-repair.ts";
import { formRemedy } from "../../keys/secret-form.ts";
import type { RotationRecord } from "../../rotation/record.ts";
import { LABEL, parseVersionId } from "../../rotation/version-id.ts";
import { shellWord } from "../../text/shell-word.ts";
import { formatDuration, formatInstant, type Seconds } from "../../time.ts";
import type { Check } from "../check.ts";
import { failedReplica, replicateLine } from "../failed-replica.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";
import { LOST_RECORD } from "./lost-record.ts";

const DAY: Seconds = 86_400;

/** How long a rotation waits, not counting waits for a person (signers restarted by hand). */
function usualLength({ settings }: RotationRecord): Seconds {
  const { settle, longestLife, cacheTtl, skew } = settings;
  return 2 * settle + longestLife + (cacheTtl === "until-restart" ? 0 : cacheTtl) + skew;
}

export const SECRET_CHECKS: readonly Check<GateSnapshot>[] = [
  {
    id: "secret-missing",
    severity: "error",
    what: "the gate's secret does not exist in this account and region",
    *look({ gate, secret }) {
      if (secret.description !== undefined) return;
      yield {
        message: `the secret ${gate.secret.id} does not exist`,
        evidence: [],
        remedy: "check secret.id, the region and the account: aws secretsmanager list-secrets",
        where: gate.secret.id,
      };
    },
  },
  {
    id: "secret-being-deleted",
    severity: "error",
    what: "the secret is scheduled for deletion: signers can no longer read it",
    *look({ gate, secret }) {
      const deletedAt = secret.description?.deletedAt;
      if (deletedAt === undefined) return;
      yield {
        message: `the secret ${gate.secret.id} is scheduled for deletion`,
        evidence: [`DeletedDate ${formatInstant(deletedAt)}`],
        remedy: restoreLine(gate.secret.id),
        where: gate.secret.id,
      };
    },
  },
  {
    id: "secret-unreadable",
    severity: "error",
    what: "the secret does not hold what the gate declares: signers cannot sign",
    *look({ gate, secret }) {
      if (secret.trouble === undefined) return;
      yield {
        message: secret.trouble.message,
        evidence: [
          `secret.format: ${gate.secret.format}`,
          ...(secret.current === undefined ? [] : [`version ${secret.current.versionId}`]),
        ],
        remedy: `correct secret.format and secret.fields of gate ${gate.name}, or fix whatever writes the secret`,
        where: gate.secret.id,
      };
    },
  },
  {
    id: "private-key-mangled",
    severity: "note",
    what: "the private key's PEM has lost its line breaks: most libraries read it only after a program restores them",
    *look({ gate, secret }) {
      const repaired = secret.signing?.repaired ?? [];
      if (repaired.length === 0) return;
      yield {
        message: "the private key's PEM in the secret has no line breaks of its own",
        evidence: [...repaired.map((repair) => PEM_REPAIR_MEANING[repair]), "a rotation keeps this form"],
        remedy: `leave it if your signers can sign; if they cannot read the key: \`keyturn secret rewrite --gate ${shellWord(gate.name)} --form pkcs8\``,
        where: gate.secret.id,
      };
    },
  },
  {
    id: "secret-form",
    severity: "warning",
    what: "the secret's format cannot be kept with another key: a rotation would be refused",
    *look({ gate, secret }) {
      const { form, keyType } = secret.signing ?? {};
      if (form === undefined || keyType === undefined) return;
      for (const obstacle of form.obstacles(keyType)) {
        yield {
          message: `the secret ${obstacle.message}: a rotation could not write it back`,
          evidence: [`its form: ${form.words}`],
          remedy: formRemedy(obstacle, gate.name),
          where: gate.secret.id,
        };
      }
    },
  },
  {
    id: "secret-field-stale",
    severity: "note",
    what: "a field of the secret repeats the public half in a form that a rotation cannot rewrite",
    *look({ gate, secret }) {
      const { form, keyType } = secret.signing ?? {};
      if (form === undefined || keyType === undefined) return;
      for (const { field, what } of form.stale(keyType)) {
        yield {
          message: `${field} in the secret holds ${what} and would go stale in a rotation`,
          evidence: [`its form: ${form.words}`],
          remedy: `if no program reads it: \`keyturn rotate plan --gate ${shellWord(gate.name)} --leaves-stale ${shellWord(field)}\`; otherwise let programs derive it from the private key, and remove it from the secret`,
          where: gate.secret.id,
        };
      }
    },
  },
  {
    id: "managed-rotation-on",
    severity: "error",
    what: "Secrets Manager's managed rotation is on: it and keyturn would overwrite each other",
    *look({ gate, secret }) {
      if (secret.description?.rotationEnabled !== true) return;
      yield {
        message: "managed rotation is on for the secret",
        evidence: [
          "RotationEnabled: true",
          "it makes a new version current before any edge location trusts its key",
        ],
        remedy: `keyturn secret cancel-rotation --gate ${shellWord(gate.name)}`,
        where: gate.secret.id,
      };
    },
  },
  {
    id: "secret-is-replica",
    severity: "warning",
    what: "the gate's region holds only a replica: rotations must write to the primary and are refused here",
    *look({ gate, secret }) {
      const { arn = "", primaryRegion } = secret.description ?? {};
      const region = arn.split(":")[3];
      if (primaryRegion === undefined || region === undefined || primaryRegion === region) return;
      yield {
        message: `the secret in ${region} is a replica of ${primaryRegion}`,
        evidence: [
          `PrimaryRegion: ${primaryRegion}`,
          "replicas are read-only; only the primary shows open rotations and the replicas' state",
        ],
        remedy: gate.secret.id.startsWith("arn:")
          ? `in gate ${gate.name}, set secret to the ARN of the primary in ${primaryRegion}, set region to ${primaryRegion}, and add ${region} to signer.regions`
          : `in gate ${gate.name}, set region to ${primaryRegion}, and add ${region} to signer.regions; until then: \`keyturn audit --gate ${gate.name} --region ${primaryRegion}\``,
        where: gate.secret.id,
      };
    },
  },
  {
    id: "replica-out-of-sync",
    severity: "error",
    what: "a replica is behind or failed: signers in its region use an older key",
    *look({ gate, secret }) {
      for (const replica of secret.description?.replicas ?? []) {
        if (replica.status !== "InSync") yield failedReplica(replica, gate.secret.id, gate.name);
      }
    },
  },
  {
    id: "replica-other-version",
    severity: "error",
    what: "AWSCURRENT differs between regions: two keys sign at once",
    *look({ gate, secret }) {
      for (const { region, versionId, trouble } of secret.copies) {
        if (secret.current === undefined || versionId === secret.current.versionId) continue;
        yield {
          message:
            versionId === undefined
              ? `the secret cannot be read in ${region}, where signers read it`
              : `${region} has a different current version from the primary region`,
          evidence: [
            `here: ${secret.current.versionId}`,
            `${region}: ${versionId ?? trouble ?? "no answer"}`,
          ],
          remedy: replicateLine(
            region,
            gate.name,
            secret.description?.replicas.find((replica) => replica.region === region)?.message,
          ),
          where: region,
        };
      }
    },
  },
  {
    id: "secret-in-several-gates",
    severity: "error",
    what: "two gates share a secret: rotating one changes the other's key",
    *look({ gate, otherGates }) {
      const sharing = otherGates.filter((other) => isSameSecret(gate, other));
      if (sharing.length === 0) return;
      yield {
        message: `gate ${sharing.map(({ name }) => name).join(", ")} declares the same secret`,
        evidence: [`secret.id: ${gate.secret.id}`],
        remedy: "declare them as one gate with all key groups and distributions, or give each its own secret",
        where: gate.secret.id,
      };
    },
  },
  {
    id: "rotation-open",
    severity: "warning",
    what: "a rotation is a day overdue: two keys are trusted and it is waiting for somebody",
    *look({ gate, rotation, now }) {
      const { record } = rotation;
      if (record === undefined || record.finished !== undefined) return;
      const open = now - record.openedAt;
      yield {
        // A nightly audit must not fail because a rotation is in progress.
        ...(open <= usualLength(record) + DAY && { severity: "note" as const }),
        message: `rotation ${record.rotation} has been open for ${formatDuration(open)}`,
        evidence: [
          `goal ${record.goal}, mode ${record.mode}, opened ${formatInstant(record.openedAt)}`,
          `old key ${record.old.keyPairId}${record.new === undefined ? "" : `, new key ${record.new.keyPairId}`}`,
          ...(record.startedBy.caller === undefined ? [] : [`started by ${record.startedBy.caller}`]),
        ],
        remedy: `keyturn rotate status --gate ${gate.name}`,
      };
    },
  },
  {
    id: "record-unreadable",
    severity: "error",
    what: "the rotation record cannot be read: no rotation can start or continue",
    *look({ rotation }) {
      if (rotation.trouble === undefined) return;
      yield {
        message: rotation.trouble.message,
        evidence: [],
        remedy: rotation.trouble.hints[0],
      };
    },
  },
  LOST_RECORD,
  {
    id: "rotation-labels-left",
    severity: "warning",
    what: "a rotation's staging labels are left over, but no rotation is open: somebody ended one by hand",
    *look({ gate, secret, rotation }) {
      // While its record is lost, a rotation still needs them.
      if (rotation.trouble !== undefined || rotation.lost !== undefined) return;
      if (rotation.record !== undefined && rotation.record.finished === undefined) return;
      const left = Object.entries(secret.description?.stagesByVersion ?? {}).flatMap(([version, stages]) =>
        stages.filter((stage) => OWN_LABELS.includes(stage)).map((stage) => `${stage} on ${version}`),
      );
      if (left.length === 0) return;
      yield {
        message: "the secret has staging labels of a rotation, but none is open",
        evidence: left,
        remedy: `keyturn secret release-labels --gate ${shellWord(gate.name)}`,
        where: gate.secret.id,
      };
    },
  },
  {
    id: "secret-written-by-hand",
    severity: "warning",
    what: "somebody made another version current after the last rotation: its key may be unproven",
    *look({ secret, rotation }) {
      const finished = rotation.record?.finished;
      const { current } = secret;
      if (rotation.record === undefined || finished === undefined || current === undefined) return;
      const isOurs = parseVersionId(current.versionId) !== undefined || isFixVersionId(current.versionId);
      if (isOurs || current.createdAt <= finished.at) return;
      yield {
        message: "something other than keyturn wrote the secret's current version after the last rotation",
        evidence: [
          `version ${current.versionId} of ${formatInstant(current.createdAt)}`,
          `rotation ${rotation.record.rotation} finished ${formatInstant(finished.at)}`,
        ],
        remedy:
          "find out who writes it (CloudTrail: PutSecretValue); make Terraform ignore changes to the value",
      };
    },
  },
];

const OWN_LABELS: readonly string[] = Object.values(LABEL);
