/** `keyturn audit`: is each gate wired as declared? Reads only. */
import { Command, Option } from "commander";
import { auditFindings } from "../audit/audit.ts";
import { snapshotGates, unreadGateFinding } from "../audit/clouds.ts";
import { createThrottledPool } from "../audit/throttled-pool.ts";
import type { Bind, GlobalFlags } from "../cli/bind.ts";
import { chooseGate, openGates } from "../gates/open.ts";
import type { NetworkFlags } from "../probe/network-flags.ts";
import { auditReport, type FailOn } from "../report/audit.ts";
import { stepSummaryFile } from "../report/github.ts";
import { annotate } from "../report/probe-delivery.ts";
import type { Report } from "../report/report.ts";
import { reportFilesOf, writeReport } from "../report/report-files.ts";
import type { World } from "../seams.ts";
import { collect } from "./collect.ts";

interface Flags extends NetworkFlags, GlobalFlags {
  readonly all?: boolean;
  readonly inventory?: boolean;
  readonly checks?: boolean;
  readonly report?: readonly string[];
  readonly credentials?: string;
  readonly failOn: FailOn;
}

export const auditCommand = (bind: Bind) =>
  new Command("audit")
    .option("--all", "every gate, and every distribution in the account")
    .option("--inventory", "also list keys, key groups, where they are used, and quotas")
    .option("--checks", "only list the checks; makes no AWS calls")
    .option(
      "--credentials <file>",
      "log in with this test account, and compare the minted cookies with the gate",
    )
    .option("--report <form=file>", "also write md=FILE or html=FILE; repeatable", collect)
    .option("--resolve <host:address...>", "connect there, like curl's --resolve")
    .option("--ca <file>", "additional CA to trust, PEM")
    .addOption(
      new Option("--fail-on <severity>", "exit 1 on this severity or worse")
        .choices(["error", "warning", "note", "never"])
        .default("warning"),
    )
    .action(bind(audit));

export async function audit(flags: Flags, world: World): Promise<Report> {
  if (flags.checks) return (await import("../report/audit-checks.ts")).auditChecksReport();
  const reportFiles = await reportFilesOf(flags.report, { forms: ["md", "html"], name: "audit" }, world);
  const file = await openGates(flags, world);
  const allGates = [...file.gates.values()];
  const gates = flags.all
    ? allGates
    : [chooseGate(file, flags.gate ?? (world.env.KEYTURN_GATE || undefined))];
  const options = { gates, allGates, wholeAccount: flags.all === true };
  const { accounts, unread } = await snapshotGates(options, flags, world, () => createThrottledPool(world));
  const findings = [...unread.map(unreadGateFinding), ...accounts.flatMap(auditFindings)];
  if (flags.credentials !== undefined) {
    const { runningSignersFindings } = await import("../audit/running-signer.ts");
    const snapshots = accounts.flatMap((account) => account.snapshots);
    findings.push(...(await runningSignersFindings(snapshots, flags.credentials, flags, world)));
  }
  const report = auditReport(accounts, findings, {
    failOn: flags.failOn,
    inventory: flags.inventory === true,
    askedSigners: flags.credentials !== undefined,
  });
  const { auditMarkdown } = await import("../report/audit-markdown.ts");
  const page = () => auditMarkdown(report.result, findings);
  for (const { form, path } of reportFiles) {
    const text =
      form === "md"
        ? page()
        : (await import("../report/html/audit-sheet.ts")).auditHtml(report.result, findings, accounts);
    await writeReport(path, text, world);
  }
  const summary = stepSummaryFile(world.env);
  if (summary !== undefined) await world.files.append(summary, page());
  await annotate(findings, world);
  return report;
}
