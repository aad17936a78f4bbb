/** The report of a sandbox in the foreground: printed at once, because people use it while the sandbox runs. */
import { envelopeOf } from "../report/json.ts";
import type { Report } from "../report/report.ts";

export interface OpenSandbox {
  readonly facts: unknown;
  readonly guide: readonly string[];
  stop(): Promise<void>;
}

/** Ends, and stops the sandbox, when it is interrupted. */
export function openReport(
  { facts, guide, stop }: OpenSandbox,
  { json }: { readonly json?: boolean },
  { interrupt }: { readonly interrupt: AbortSignal },
): Report {
  const report = { outcome: "done", result: facts, findings: [], text: () => "" } as const;
  const lines = json ? [JSON.stringify(envelopeOf(report, "sandbox"))] : guide;
  return { ...report, lines: untilInterrupted(lines, stop, interrupt) };
}

async function* untilInterrupted(
  lines: readonly string[],
  stop: () => Promise<void>,
  interrupt: AbortSignal,
) {
  try {
    yield* lines;
    if (interrupt.aborted) return;
    await new Promise((resolve) => interrupt.addEventListener("abort", resolve, { once: true }));
  } finally {
    await stop();
  }
}
