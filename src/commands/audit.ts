/** `keyturn audit`: is each gate wired as declared? Reads only. */
import { Command, Option } from "commander";
import { auditFindings } from "../audit/audit.ts";
import type { GateSnapshot } from "../audit/gate-snapshot.ts";
import { snapshotGates, unreadGateFinding } from "../audit/gate-snapshots.ts";
import { createThrottledPool } from "../audit/throttled-pool.ts";
import type { Bind, GlobalFlags } from "../cli/bind.ts";
import { chooseGate, openGates } from "../gates/open.ts";
import { type CredentialsFlags, credentialsSource } from "../probe/credentials.ts";
import type { NetworkFlags } from "../probe/network-flags.ts";
import { auditReport, type FailOn } from "../report/audit.ts";
import type { Report } from "../report/report.ts";
import { reportFilesOf } from "../report/report-files.ts";
import type { World } from "../seams/world.ts";
import { collect } from "./collect.ts";

interface Flags extends NetworkFlags, GlobalFlags, CredentialsFlags {
  readonly all?: boolean;
  readonly inventory?: boolean;
  readonly checks?: boolean;
  readonly report?: readonly string[];
  readonly failOn: FailOn;
}

export const auditCommand = (bind: Bind) =>
  new Command("audit")
    .option("--all", "every gate, and every distribution in the account")
    .option("--inventory", "also list keys, key groups, where they are used, and quotas")
    .option("--checks", "only list the checks; makes no AWS calls")
    .option(
      "--credentials <file>",
      "log in with this test account, and compare the minted cookies with the gate (default: KEYTURN_CREDENTIALS_FILE)",
    )
    .option("--credentials-command <line>", "or a command that prints it, such as a password manager's")
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
  const snapshots = accounts.flatMap((account) => account.snapshots);
  const signers = await signersAsked(snapshots, flags, world);
  const findings = [
    ...unread.map(unreadGateFinding),
    ...accounts.flatMap(auditFindings),
    ...(signers?.findings ?? []),
  ];
  const report = auditReport(accounts, findings, {
    failOn: flags.failOn,
    inventory: flags.inventory === true,
    askedSigners: signers?.isComplete === true,
  });
  const { deliverAudit } = await import("../report/audit-delivery.ts");
  await deliverAudit(report, accounts, reportFiles, world);
  return report;
}

/** Undefined without a test account. */
async function signersAsked(snapshots: readonly GateSnapshot[], flags: Flags, world: World) {
  const source = credentialsSource(flags, world.env);
  if (source === undefined) return undefined;
  const { askRunningSigners } = await import("../audit/running-signer.ts");
  const isImplied = flags.credentials === undefined && flags.credentialsCommand === undefined;
  return askRunningSigners(snapshots, { source, isImplied }, flags, world);
}
