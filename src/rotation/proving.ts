/** The rule that sends canary checks until a proof is complete, and halts once they show that it never will be. */
import { shellWord } from "../text/shell-word.ts";
import type { CurrentRun, HaltReason, NextAction, RotationStep } from "./next.ts";
import { isAbout, isOverdue, isProven, nextCheckAt } from "./proof.ts";
import type { Proof, ProofName } from "./record.ts";
import type { Situation } from "./situation.ts";

/** Undefined once proven for the present groups. `keyPairId`: the key being proven. */
export function prove(
  { record, observed, now }: Situation,
  run: CurrentRun,
  subject: {
    readonly proof: ProofName;
    readonly keyPairId: string;
    readonly step: RotationStep;
    readonly unproven: HaltReason;
  },
): NextAction | undefined {
  const { proof: name, keyPairId, step, unproven } = subject;
  const proof = record.proofs[name];
  if (isProven(proof, keyPairId, observed.groups)) return undefined;
  const accepts = name === "gone" ? `denies ${keyPairId}` : `accepts ${keyPairId}`;
  const canaryCheck: NextAction = {
    act: "send-triple",
    step,
    why: `check that the edge ${accepts}`,
    proof: name,
    keyPairId,
  };
  // A proof dated in the future is invalid: some clock was wrong, so start again.
  const isFuture = proof !== undefined && proof.lastAt > now + record.settings.skew + 1;
  if (isFuture || !isAbout(proof, keyPairId, observed.groups)) return canaryCheck;
  const overdue = isOverdue(proof, record.settings);
  // An operator who resumes after a halt has fixed something: check the edge again at once.
  if ((proof.controlFailed || overdue) && !run.tried.includes(name)) return canaryCheck;
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
        `keyturn rotate resume --gate ${record.gate} --wait`,
      ],
    };
  }
  if (overdue) {
    return {
      halt: unproven,
      step,
      message: `no proof that the edge ${accepts}: ${proof.complaint ?? "canary checks keep failing"}`,
      remedies: [
        ...(isCanaryAtFault(proof)
          ? [
              "if the canary's host was replaced, correct canaries in keyturn.yaml, then:",
              `keyturn rotate amend --gate ${record.gate}`,
            ]
          : []),
        ...Object.values(record.settings.canaries).map(
          (url) => `keyturn probe ${shellWord(url)} --gate ${record.gate}`,
        ),
        `keyturn rotate resume --gate ${record.gate} --wait`,
      ],
    };
  }
  const due = nextCheckAt(proof, record.settings);
  if (now >= due) return canaryCheck;
  const question = `does the edge ${name === "gone" ? "deny" : "accept"} ${keyPairId}?`;
  const behind = Object.keys(proof.behind ?? {}).join(", ");
  const waitingFor =
    proof.good > 0 && behind !== ""
      ? `edge location ${behind}, which was behind: ${question}`
      : proof.good > 0
        ? `canary check ${proof.good + 1} of ${Math.max(2, record.settings.triples)}: ${question}`
        : `the edge to get the change: ${question}`;
  return { waitUntil: due, step, waitingFor };
}

/** No response, or one from a path without signature checks: the canary is at fault, not the key. */
const isCanaryAtFault = ({ complaint }: Proof) =>
  /did not answer$|did not deny an un(signed|known)/.test(complaint ?? "");
