/**
 * Answers whose Dates contradict each other: no wait and no proof that is measured by them holds, so nothing is switched
 * or taken away. Repairs come before it: they only put back, or move AWSCURRENT to a trusted key.
 */
import type { Contradiction } from "../answer-dates.ts";
import type { Finding } from "../finding.ts";
import type { Gate } from "../gates/gate.ts";
import { formatDuration, formatInstant, type Seconds } from "../time.ts";
import type { Halt, Step } from "./next.ts";
import type { PlanFacts } from "./plan-facts.ts";
import { confirmedReadOf, type Situation } from "./situation.ts";

/** Dates are whole seconds: two clocks that agree may differ by one. */
const RESOLUTION: Seconds = 1;

/** `step` would be next. `cut-now` waits for nothing, so no clock stops it. */
export function haltOnClocks({ record, observed, now }: Situation, step: Step): Halt | undefined {
  const { gate, goal, mode, settings } = record;
  if (goal === "forward" && mode === "cut-now") return undefined;
  const resume = `keyturn rotate resume --gate ${gate}`;
  const found = contradictionText(observed.contradiction, settings.skew);
  if (found !== undefined) {
    const remedies = ["keyturn help ERR_CLOCKS_DISAGREE", resume];
    return { halt: "clocks-disagree", step, message: found, remedies };
  }
  const seenAt = confirmedReadOf(record)?.at ?? now;
  if (seenAt - now <= settings.skew + RESOLUTION) return undefined;
  return {
    halt: "clocks-disagree",
    step,
    message: `the record says that AWSCURRENT was seen at ${formatInstant(seenAt)}, and AWS's answers say that it is ${formatInstant(now)}: ${formatDuration(seenAt - now)} before that, more than the skew of ${formatDuration(settings.skew)}`,
    remedies: [
      "keyturn help ERR_CLOCKS_DISAGREE",
      ...(goal === "forward" ? [`keyturn rotate abort --gate ${gate}`] : []),
      `${resume} (from ${formatInstant(seenAt)} on it goes on)`,
    ],
  };
}

/** A plan is refused for it: a rotation's waits are measured by the Dates of these answers. */
export function clockRefusals(
  { contradiction }: Pick<PlanFacts, "contradiction">,
  { gate }: { readonly gate: Gate },
): readonly Finding[] {
  const message = contradictionText(contradiction, gate.rotation.skew);
  if (message === undefined) return [];
  const remedy = "keyturn help ERR_CLOCKS_DISAGREE";
  return [{ id: "clocks-disagree", severity: "error", message, basis: "observed", evidence: [], remedy }];
}

/** Undefined where the Dates differ by no more than the skew. */
function contradictionText(found: Contradiction | undefined, skew: Seconds): string | undefined {
  if (found === undefined || found.seconds <= skew + RESOLUTION) return undefined;
  const { earlier, later, seconds } = found;
  const whose = later.by === earlier.by ? `a later one of ${later.by}` : `one of ${later.by} after it`;
  return `an answer of ${earlier.by} was dated ${formatInstant(earlier.date)}, ${whose} ${formatInstant(later.date)}: ${formatDuration(seconds)} back, more than the skew of ${formatDuration(skew)}`;
}
