/** Secrets whose key cannot be replaced without breaking their readers: refused before anything changes. Pure. */
import type { Finding } from "../finding.ts";
import type { Gate } from "../gates/gate.ts";
import type { KeyType } from "../keys/key-pair.ts";
import { formRemedy } from "../keys/secret-form.ts";
import { shellWord } from "../text/shell-word.ts";
import type { PlanFacts } from "./plan-facts.ts";

interface FormFlags {
  readonly gate: Pick<Gate, "name">;
  readonly keep: readonly string[];
  readonly keyType: KeyType;
  readonly leavesStale: readonly string[];
}

/**
 * Signers expect the secret's current format; if it cannot be written back that way, refuse before anything changes.
 */
export function formRefusals(
  { signing, secret }: PlanFacts,
  { gate, keep, keyType, leavesStale }: FormFlags,
) {
  if ("trouble" in signing) return [];
  const stale = signing.form.stale(keyType).filter(({ field }) => !leavesStale.includes(field));
  const plan = ["keyturn rotate plan --gate", gate.name, ...(keep.length > 0 ? ["--keep", ...keep] : [])];
  const leaving = [...leavesStale, ...stale.map(({ field }) => field)].map(shellWord);
  return [
    ...signing.form.obstacles(keyType).map((obstacle) =>
      refusal(
        "secret-form",
        `secret ${secret.name} ${obstacle.message}, so it cannot be written back in the same format`,
        {
          evidence: [`its form: ${signing.form.words}`],
          remedy: formRemedy(obstacle, gate.name),
        },
      ),
    ),
    ...stale.map(({ field, what }) =>
      refusal(
        "secret-field-stale",
        `${field} in secret ${secret.name} holds the signing key's public half (${what}) and cannot be rewritten: it would become stale`,
        {
          evidence: ["remove it from the secret, or let it become stale if no program reads it"],
          remedy: [...plan, "--leaves-stale", ...leaving].join(" "),
        },
      ),
    ),
  ];
}

function refusal(
  id: string,
  message: string,
  rest: { evidence: readonly string[]; remedy: string },
): Finding {
  return { id, severity: "error", message, basis: "observed", ...rest };
}
