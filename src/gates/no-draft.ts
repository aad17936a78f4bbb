/** Why an account yields no gate to draft, and what to do next. */
import { ConflictError } from "../errors.ts";
import { legacyBehaviors, type SurveyedAccount } from "./draft.ts";

/** Lists no more names than fit on a line. */
const MOST_NAMED = 3;

export function noDraft({ distributions, keyGroups }: SurveyedAccount): ConflictError {
  const trusting = distributions.flatMap(({ id, connectionMode, behaviors }) => {
    const groups = behaviors.flatMap(({ trustedKeyGroups }) => trustedKeyGroups);
    return connectionMode === "tenant-only" && groups.length > 0 ? [{ id, groups }] : [];
  });
  const [first] = trusting;
  if (first === undefined) {
    return new ConflictError(
      "ERR_NOT_FOUND",
      ["no distribution of this account trusts a key group", ...legacyBehaviors(distributions)].join("; "),
      ["keyturn runbook show first-set-up", "keyturn keys generate --out signing-key.pem"],
    );
  }
  const more = trusting.length - MOST_NAMED;
  const named = trusting.slice(0, MOST_NAMED).map(({ id }) => id);
  const trusted = keyGroups.find(({ id }) => first.groups.includes(id))?.id ?? first.groups[0];
  return new ConflictError(
    "ERR_NOT_FOUND",
    `only multi-tenant distributions of this account trust a key group (${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}): their viewers' hosts belong to tenants, which keyturn does not read`,
    [
      `write the gate by hand: distributions: [${first.id}], keyGroups: [${trusted}], and under canaries ${first.id}: the URL of a protected path of one of its tenants`,
      "keyturn help configuration",
      "keyturn config schema",
    ],
  );
}
