/** The verdicts on a gate, worst first. */
export const VERDICTS = ["open", "closed-to-everybody", "degraded", "cannot-tell", "healthy"] as const;
export type TriageVerdict = (typeof VERDICTS)[number];
