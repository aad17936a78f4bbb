/** The pages of findings and halts, by id. */

import { ALIASES } from "./aliases.ts";
import { AUDIT_PAGES } from "./pages/audit.ts";
import { AUDIT_MORE_PAGES } from "./pages/audit-more.ts";
import { CAUSE_PAGES } from "./pages/causes.ts";
import { CAUSE_MORE_PAGES } from "./pages/causes-more.ts";
import { DENIAL_PAGES } from "./pages/denials.ts";
import { DOCTOR_PAGES } from "./pages/doctor.ts";
import { FLOW_PAGES } from "./pages/flow.ts";
import { MINT_PAGES } from "./pages/mint.ts";
import type { ExplainPage, ExplainPages } from "./pages/page.ts";
import { PROBE_PAGES } from "./pages/probe.ts";
import { ROTATION_PAGES } from "./pages/rotation.ts";
import { S3_PAGES } from "./pages/s3.ts";
import { UNATTENDED_PAGES } from "./pages/unattended.ts";

/** An earlier table takes precedence over a later one. */
export const FINDING_PAGES: ExplainPages = {
  ...MINT_PAGES,
  ...S3_PAGES,
  ...UNATTENDED_PAGES,
  ...CAUSE_MORE_PAGES,
  ...CAUSE_PAGES,
  ...DOCTOR_PAGES,
  ...FLOW_PAGES,
  ...ROTATION_PAGES,
  ...DENIAL_PAGES,
  ...AUDIT_MORE_PAGES,
  ...AUDIT_PAGES,
  ...PROBE_PAGES,
};

/** Also accepts earlier spellings and the ids of denial matrix cases (`expired-allowed`). */
export function explainPage(id: string): ExplainPage | undefined {
  const own = FINDING_PAGES[ALIASES[id] ?? id];
  return own ?? (/^[a-z0-9-]+-allowed$/.test(id) ? FINDING_PAGES["CASE-allowed"] : undefined);
}

/** The runbook for a finding. */
export function runbookOf(id: string): string | undefined {
  return explainPage(id)?.runbook;
}
