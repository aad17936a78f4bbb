/** The rule that sends canary triples until a proof is complete, and halts when they tell that it never will be. */
import { shellWord } from "../text/shell-word.ts";
import type { HaltReason, Next, Run, Step } from "./next.ts";
import { isAbout, isOverdue, isProven, nextCheckAt } from "./proof.ts";
import type { Proof, ProofName } from "./record.ts";
import type { Situation } from "./situation.ts";

/** Undefined once proven for the groups as they are. `keyPairId` is the key that the proof is about. */
export function prove(
  { record, observed, now }: Situation,
  run: Run,
  asked: {
    readonly proof: ProofName;
    readonly keyPairId: string;
    readonly step: Step;
    readonly unproven: HaltReason;
  },
): Next | undefined {
  const { proof: name, keyPairId, step, unproven } = asked;
  const proof = record.proofs[name];
  if (isProven(proof, keyPairId, observed.groups)) return undefined;
  const accepts = name === "gone" ? `denies ${keyPairId}` : `accepts ${keyPairId}`;
  const triple: Next = {
    act: "send-triple",
    step,
    why: `ask whether the edge ${accepts}`,
    proof: name,
    keyPairId,
  };
  // A proof that was written later than now is none: some clock was wrong, so it begins anew.
  const isFuture = proof !== undefined && proof.lastAt > now + record.settings.skew + 1;
  if (isFuture || !isAbout(proof, keyPairId, observed.groups)) return triple;
  const overdue = isOverdue(proof, record.settings);
  // Whoever resumes after a halt has mended something: the edge is asked again at once.
  if ((proof.controlFailed || overdue) && !run.tried.includes(name)) return triple;
  if (proof.controlFailed) {
    return {
      halt: "canary-not-protected",
      step,
      message: `the canary proves nothing: ${proof.complaint ?? "its negative control failed"}`,
      remedies: [
        "point canaries in keyturn.yaml at a path whose cache behavior trusts the gate's key group, then:",
        `keyturn rotate amend --gate ${record.gate}`,
        ...Object.values(record.settings.canaries).map(
          (url) => `keyturn probe ${shellWord(url)} --gate ${record.gate}`,
        ),
        `keyturn rotate resume --gate ${record.gate}`,
      ],
    };
  }
  if (overdue) {
    return {
      halt: unproven,
      step,
      message: `no proof that the edge ${accepts}: ${proof.complaint ?? "triples keep failing"}`,
      remedies: [
        ...(isCanaryAtFault(proof)
          ? [
              "where the canary's host was replaced, correct canaries in keyturn.yaml, then:",
              `keyturn rotate amend --gate ${record.gate}`,
            ]
          : []),
        ...Object.values(record.settings.canaries).map(
          (url) => `keyturn probe ${shellWord(url)} --gate ${record.gate}`,
        ),
        `keyturn rotate resume --gate ${record.gate}`,
      ],
    };
  }
  const due = nextCheckAt(proof, record.settings);
  if (now >= due) return triple;
  const question = `does the edge ${name === "gone" ? "deny" : "accept"} ${keyPairId}?`;
  const behind = Object.keys(proof.behind ?? {}).join(", ");
  const waitingFor =
    proof.good > 0 && behind !== ""
      ? `edge location ${behind}, which was behind: ${question}`
      : proof.good > 0
        ? `triple ${proof.good + 1} of ${Math.max(2, record.settings.triples)}: ${question}`
        : `the edge to learn: ${question}`;
  return { waitUntil: due, step, waitingFor };
}

/** Nobody answered, or somebody who does not check signatures: the canary is at fault, not the key. */
const isCanaryAtFault = ({ complaint }: Proof) =>
  /did not answer$|did not deny an un(signed|known)/.test(complaint ?? "");
