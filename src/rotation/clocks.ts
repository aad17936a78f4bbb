/**
 * Responses whose Dates contradict each other: waits and proofs measured by them are unreliable, so nothing is switched
 * or removed. Repairs come first: they only put keys back, or move AWSCURRENT to a trusted key.
 */
import type { DateContradiction } from "../answer-dates.ts";
import type { Finding } from "../finding.ts";
import type { Gate } from "../gates/gate.ts";
import { formatDuration, formatInstant, type Seconds } from "../time.ts";
import type { Halt, RotationStep } from "./next.ts";
import type { PlanFacts } from "./plan-facts.ts";
import { confirmedReadOf, type Situation } from "./situation.ts";

/** Dates are whole seconds: clocks that agree may differ by one. */
const RESOLUTION: Seconds = 1;

/** `step`: the step that would be next. `cut-now` waits for nothing, so no clock stops it. */
export function haltOnClocks({ record, observed, now }: Situation, step: RotationStep): Halt | undefined {
  const { gate, goal, mode, settings } = record;
  if (goal === "forward" && mode === "cut-now") return undefined;
  const resume = `keyturn rotate resume --gate ${gate} --wait`;
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
    message: `the record says that AWSCURRENT was seen at ${formatInstant(seenAt)}, but AWS's responses say that it is only ${formatInstant(now)}: ${formatDuration(seenAt - now)} earlier, more than the skew of ${formatDuration(settings.skew)}`,
    remedies: [
      "keyturn help ERR_CLOCKS_DISAGREE",
      ...(goal === "forward" ? [`keyturn rotate abort --gate ${gate}`] : []),
      `this works again from ${formatInstant(seenAt)} on:`,
      resume,
    ],
  };
}

/** A plan is refused for it: a rotation measures its waits by these Dates. */
export function clockRefusals(
  { contradiction }: Pick<PlanFacts, "contradiction">,
  { gate }: { readonly gate: Gate },
): readonly Finding[] {
  const message = contradictionText(contradiction, gate.rotation.skew);
  if (message === undefined) return [];
  const remedy = "keyturn help ERR_CLOCKS_DISAGREE";
  return [{ id: "clocks-disagree", severity: "error", message, basis: "observed", evidence: [], remedy }];
}

/** Undefined if the Dates differ by no more than the skew. */
function contradictionText(found: DateContradiction | undefined, skew: Seconds): string | undefined {
  if (found === undefined || found.seconds <= skew + RESOLUTION) return undefined;
  const { earlier, later, seconds } = found;
  const whose = later.by === earlier.by ? `a later one from ${later.by}` : `one from ${later.by} after it`;
  return `a response from ${earlier.by} was dated ${formatInstant(earlier.date)}, ${whose} ${formatInstant(later.date)}: ${formatDuration(seconds)} earlier, more than the skew of ${formatDuration(skew)}`;
}
