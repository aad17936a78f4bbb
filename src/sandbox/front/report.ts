/** `keyturn sandbox --origin`: in the foreground, or around one command. */
import { UsageError } from "../../errors.ts";
import type { Report } from "../../report/report.ts";
import { openReport } from "../open-report.ts";
import { type FrontForegroundFlags, startFrontForeground } from "./front-foreground.ts";
import { frontFacts, frontGuide } from "./front-guide.ts";
import { type FrontFlags, planFront } from "./front-plan.ts";
import { runBehindEdge } from "./run-command.ts";

type Flags = FrontFlags & FrontForegroundFlags & { readonly json?: boolean };
type Needs = Parameters<typeof startFrontForeground>[2] & Parameters<typeof runBehindEdge>[3];

export async function frontReport(flags: Flags, world: Needs): Promise<Report> {
  const plan = planFront(flags);
  if (plan === undefined) {
    throw new UsageError("ERR_USAGE", "--run needs --origin: the application that the command tests", [
      'keyturn sandbox --origin http://127.0.0.1:3000 --run "npm test"',
    ]);
  }
  const running = await startFrontForeground(flags, plan, world);
  const { run } = plan;
  if (run === undefined) {
    const open = { facts: frontFacts(running), guide: frontGuide(running), stop: running.stop };
    return openReport(open, flags, world);
  }
  try {
    const exitCode = await runBehindEdge(running, run, flags.json === true, world);
    return {
      outcome: "done",
      result: { ...frontFacts(running), exitCode },
      findings: [],
      text: () => "",
      exitCode,
    };
  } finally {
    await running.stop();
  }
}
