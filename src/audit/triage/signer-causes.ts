/** Why a signer may lack its key, when keyturn itself has just read it. Pure. */
import type { Finding } from "../../finding.ts";
import type { GateEvidence } from "./evidence.ts";

/** Narrows a failing mint down by what keyturn could do with the same secret. */
export function withSignerCauses(evidence: GateEvidence): GateEvidence {
  const { mint } = evidence;
  if (mint === undefined || !isKeyProven(evidence)) return evidence;
  return { ...evidence, mint: mint.map(narrowed) };
}

/** keyturn read the secret, and the edge accepts the key in it under its ID: only the signer's way to it is left. */
function isKeyProven({ account, edge }: GateEvidence): boolean {
  return (
    account?.snapshot.secret.signing?.keyPairId !== undefined &&
    (edge?.judged ?? []).some(
      ({ request, judgement }) => request.caseId === "valid" && judgement.verdict === "met",
    )
  );
}

function narrowed(finding: Finding): Finding {
  if (finding.id !== "login-works-mint-fails") return finding;
  return {
    ...finding,
    message: `${finding.message}. Your credentials can read the secret, and the edge accepts its key: that leaves the signer's credentials (expired, or without permission on the secret or on its KMS key), its network or host, or the application itself`,
  };
}
