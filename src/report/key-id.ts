/** `keyturn secret set-key-id` for people: the ID in the secret, when signers read it, and what the edge decides. */
import type { KeyIdFix } from "../audit/key-id-fix.ts";
import type { GateProof } from "../audit/trust-proof.ts";
import type { Finding } from "../finding.ts";
import type { Gate } from "../gates/gate.ts";
import type { AccountKey } from "../keys/account-keys.ts";
import { wrap } from "../text/layout.ts";
import { formatDuration } from "../time.ts";
import type { Report } from "./report.ts";
import { seeGates } from "./see-gates.ts";
import type { Style } from "./style.ts";

export interface KeyIdOutcome {
  readonly gate: Gate;
  readonly fix: KeyIdFix;
  /** The new current version; undefined if nothing was written (--dry-run). */
  readonly versionId?: string;
  /** Absent under --no-proof. */
  readonly proof?: GateProof | undefined;
}

export function keyIdReport(outcome: KeyIdOutcome): Report {
  const { gate, fix, versionId, proof } = outcome;
  const findings = proof?.asked && !proof.proven ? [unprovenTrust(gate, fix.key, proof)] : [];
  return {
    outcome: findings.length > 0 ? "finding" : "done",
    result: {
      secret: fix.secretId,
      keyPairId: fix.key.id,
      was: fix.was ?? null,
      changed: fix.value !== undefined && versionId !== undefined,
      versionId: versionId ?? fix.from,
      proof: proof && proofJson(gate, proof),
    },
    findings,
    text: (style) =>
      versionId === undefined ? "" : [keyIdText(outcome, style), ...seeGates(findings, style)].join("\n"),
  };
}

export function proofJson(gate: Gate, { proven, why, locations }: GateProof) {
  return { gate: gate.name, proven, why: why || undefined, locations };
}

export function unprovenTrust(gate: Gate, key: Pick<AccountKey, "id">, { why = "" }: GateProof): Finding {
  return {
    id: "trust-unproven",
    severity: "warning",
    basis: "observed",
    message: `the edge does not accept ${key.id} yet`,
    evidence: [why],
    remedy: `keyturn keys trust ${key.id} --gate ${gate.name}`,
    where: `gate ${gate.name}`,
  };
}

function keyIdText({ gate, fix, versionId, proof }: KeyIdOutcome, style: Style): string {
  const good = style.good(style.sign.ok);
  const written =
    fix.value === undefined
      ? [`${good} secret ${fix.secretId}: already has ${fix.key.id}, its key's ID`]
      : [
          `${good} secret ${fix.secretId}: now has ${fix.key.id}, in version ${versionId}`,
          `${style.sign.bullet} ${signersReadIt(gate)}`,
        ];
  return [...written, edgeLine(gate, proof, style)].map((line) => wrap(line, style.columns, 0, 2)).join("\n");
}

/** When signers start to use the current version. */
export function signersReadIt({ signer: { cacheTtl } }: Gate): string {
  return cacheTtl === "until-restart"
    ? "signers read it when they restart"
    : `signers read it within ${formatDuration(cacheTtl)} (signer.cacheTtl)`;
}

/** `proof`: undefined under --no-proof. */
export function edgeLine(gate: Gate, proof: GateProof | undefined, style: Style): string {
  if (proof === undefined) return `${style.dim(style.sign.skip)} unproven: --no-proof`;
  return proof.proven
    ? `${style.good(style.sign.ok)} gate ${gate.name}: the edge accepts it (edge locations seen: ${proof.locations.join(", ")})`
    : `${style.warn(style.sign.skip)} gate ${gate.name}: unproven: ${proof.why ?? ""}`;
}
