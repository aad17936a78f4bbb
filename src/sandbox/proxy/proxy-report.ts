/** `keyturn sandbox --origin`: in the foreground, or around one command. */
import { UsageError } from "../../errors.ts";
import type { Report } from "../../report/report.ts";
import { openReport } from "../open-report.ts";
import { type ForegroundProxyFlags, startForegroundProxy } from "./foreground-proxy.ts";
import { proxyFacts, proxyGuide } from "./proxy-guide.ts";
import { type ProxyFlags, planProxy } from "./proxy-plan.ts";
import { runBehindEdge } from "./run-command.ts";

type Flags = ProxyFlags & ForegroundProxyFlags & { readonly json?: boolean };
type Needs = Parameters<typeof startForegroundProxy>[2] & Parameters<typeof runBehindEdge>[3];

export async function proxyReport(flags: Flags, world: Needs): Promise<Report> {
  const plan = planProxy(flags);
  if (plan === undefined) {
    throw new UsageError("ERR_USAGE", "--run needs --origin: the application that the command tests", [
      'keyturn sandbox --origin http://127.0.0.1:3000 --run "npm test"',
    ]);
  }
  const running = await startForegroundProxy(flags, plan, world);
  const { run } = plan;
  if (run === undefined) {
    const open = { facts: proxyFacts(running), guide: proxyGuide(running), stop: running.stop };
    return openReport(open, flags, world);
  }
  try {
    const exitCode = await runBehindEdge(running, run, flags.json === true, world);
    return {
      outcome: "done",
      result: { ...proxyFacts(running), exitCode },
      findings: [],
      text: () => "",
      exitCode,
    };
  } finally {
    await running.stop();
  }
}
