/** `keyturn triage`: every gate on one screen, and what to type next. Read-only. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../cli/bind.ts";
import { UsageError } from "../errors.ts";
import { type CredentialsFlags, credentialsSource, readCredentials } from "../probe/credentials.ts";
import { type NetworkFlags, networkOf } from "../probe/network-flags.ts";
import type { Report } from "../report/report.ts";
import { reportFilesOf } from "../report/report-files.ts";
import { triageReport } from "../report/triage.ts";
import { deliverTriage, TRIAGE_FILES } from "../report/triage-delivery.ts";
import type { World } from "../seams/world.ts";
import { parseDuration } from "../time.ts";
import { collect } from "./collect.ts";

interface Flags extends NetworkFlags, GlobalFlags, CredentialsFlags {
  readonly report?: readonly string[];
  readonly timeout: string;
}

export const triageCommand = (bind: Bind) =>
  new Command("triage")
    .option("--timeout <duration>", "for the whole run", "30s")
    .option(
      "--report <form=file>",
      "also write md=FILE or html=FILE, for the incident channel; repeatable",
      collect,
    )
    .option(
      "--credentials <file>",
      "user name and password of a test account, to try login and mint as well (default: KEYTURN_CREDENTIALS_FILE)",
    )
    .option("--credentials-command <line>", "or a command that prints them, such as a password manager's")
    .option("--resolve <host:address>", "connect there, like curl's --resolve; repeatable", collect)
    .option("--ca <file>", "additional CA to trust, PEM")
    .action(bind(triage));

export async function triage(flags: Flags, world: World): Promise<Report> {
  const [{ gatesToTriage }, { examineGates }, { verdictOf }, { executionsNow }] = await Promise.all([
    import("../audit/triage/gates.ts"),
    import("../audit/triage/examine.ts"),
    import("../audit/triage/verdict.ts"),
    import("../unattended/driving-executions.ts"),
  ]);
  const timeout = parseDuration(flags.timeout);
  if (timeout <= 0) throw new UsageError("ERR_USAGE", "--timeout 0s leaves no time", ["--timeout 30s"]);
  const files = await reportFilesOf(flags.report, TRIAGE_FILES, world);
  const source = credentialsSource(flags, world.env);
  const credentials = source && (await readCredentials(source, world));
  const { resolve, ca } = flags;
  const network = { ...(await networkOf({ resolve, ca }, world)), timeout: Math.min(10, timeout) };
  const { gates, isDeclared, spent } = await gatesToTriage(flags, timeout, world);
  const rest = Math.max(1, timeout - spent);
  const executionsOf = executionsNow(flags, world);
  const options = { gates, isDeclared, credentials, flags, network, timeout: rest, executionsOf };
  const evidence = await examineGates(options, world);
  const report = triageReport(evidence.map(verdictOf), world.clock.now(), { isDeclared, flags });
  await deliverTriage(report.result, files, world);
  return report;
}
