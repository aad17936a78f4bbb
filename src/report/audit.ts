/** The report of `keyturn audit`: one line per gate, the scope, and with --inventory the keys and quotas. */
import { GATE_CHECKS } from "../audit/audit.ts";
import { ACCOUNT_CHECKS, type AccountSnapshot } from "../audit/checks/account.ts";
import type { GateSnapshot } from "../audit/gate-snapshot.ts";
import { type InventoryTable, inventoryTable } from "../audit/inventory-table.ts";
import type { Finding } from "../finding.ts";
import { table, wrap } from "../text/layout.ts";
import { shellWord } from "../text/shell-word.ts";
import { formatDuration, formatInstant } from "../time.ts";
import type { CommandOutcome, Report } from "./report.ts";
import type { Style } from "./style.ts";

export type FailOn = Finding["severity"] | "never";

export interface AuditResult {
  readonly at: string;
  readonly checks: number;
  /** Did a test user log in, to see the running signers' cookies? */
  readonly askedSigners: boolean;
  readonly accounts: readonly {
    readonly scope: "account" | "gates";
    readonly distributions: number;
    readonly behaviors: number;
    readonly publicKeys: number;
    readonly keyGroups: number;
  }[];
  readonly gates: readonly {
    readonly name: string;
    readonly distributions: readonly string[];
    readonly keyGroups: readonly string[];
    readonly signingKey?: { readonly keyPairId?: string; readonly fingerprint: string };
    readonly errors: number;
    readonly warnings: number;
    readonly notes: number;
  }[];
  readonly inventory?: readonly InventoryTable[];
}

export function auditReport(
  accounts: readonly AccountSnapshot[],
  findings: readonly Finding[],
  options: {
    readonly failOn: FailOn;
    readonly inventory: boolean;
    /** Were the running signers tested? */
    readonly askedSigners: boolean;
  },
): Report<AuditResult> {
  const result = auditResult(accounts, findings, options);
  return {
    outcome: outcomeFor(findings, options.failOn),
    result,
    findings,
    text: (style) => auditText(result, findings, unaskedOrigins(accounts), style),
  };
}

const WORST_FIRST = ["error", "warning", "note"] as const;

/** Fails on that severity or worse. */
function outcomeFor(findings: readonly Finding[], failOn: FailOn): CommandOutcome {
  if (failOn === "never") return "done";
  const failing = WORST_FIRST.slice(0, WORST_FIRST.indexOf(failOn) + 1);
  return findings.some(({ severity }) => failing.includes(severity)) ? "finding" : "done";
}

function auditResult(
  accounts: readonly AccountSnapshot[],
  findings: readonly Finding[],
  { inventory: withInventory, askedSigners }: { inventory: boolean; askedSigners: boolean },
): AuditResult {
  return {
    at: formatInstant(accounts[0]?.inventory.takenAt ?? 0),
    checks: GATE_CHECKS.length + ACCOUNT_CHECKS.length,
    accounts: accounts.map(({ inventory }) => ({
      scope: inventory.scope,
      distributions: inventory.distributions.size,
      behaviors: [...inventory.distributions.values()].reduce(
        (sum, { behaviors }) => sum + behaviors.length,
        0,
      ),
      publicKeys: inventory.publicKeys.size,
      keyGroups: inventory.keyGroups.size,
    })),
    askedSigners,
    gates: accounts.flatMap(({ snapshots }) => snapshots.map((snapshot) => gateResult(snapshot, findings))),
    inventory: withInventory ? accounts.map(inventoryTable) : undefined,
  };
}

function gateResult(
  { gate, secret }: GateSnapshot,
  findings: readonly Finding[],
): AuditResult["gates"][number] {
  const own = findings.filter(({ where }) => where?.split(", ")[0] === `gate ${gate.name}`);
  const count = (severity: Finding["severity"]) => own.filter((each) => each.severity === severity).length;
  const { signing } = secret;
  return {
    name: gate.name,
    distributions: gate.distributions,
    keyGroups: gate.keyGroups,
    signingKey: signing && { fingerprint: signing.fingerprint, keyPairId: signing.keyPairId },
    errors: count("error"),
    warnings: count("warning"),
    notes: count("note"),
  };
}

/** The audit reads settings only. */
function unaskedOrigins(accounts: readonly AccountSnapshot[]): string {
  const gates = accounts.flatMap(({ snapshots }) => snapshots.map(({ gate }) => gate));
  const [only] = gates;
  const name = only !== undefined && gates.length === 1 ? shellWord(only.name) : "NAME";
  const directly = gates.every(({ origin }) => origin?.url !== undefined) ? "" : " --direct-origin URL";
  return `not checked: whether an origin answers without the edge (\`keyturn probe --gate ${name}${directly}\`)`;
}

function auditText(result: AuditResult, findings: readonly Finding[], unasked: string, style: Style): string {
  const rows = result.gates.map((gate) => [
    gate.errors > 0
      ? style.bad(style.sign.fail)
      : gate.warnings > 0
        ? style.warn(style.sign.warn)
        : style.good(style.sign.ok),
    `gate ${style.bold(gate.name)}`,
    gate.signingKey?.keyPairId ?? "no signing key",
    countsText(gate),
  ]);
  const looked = result.accounts.map(
    ({ distributions, behaviors, publicKeys, keyGroups, scope }) =>
      `${plural(distributions, "distribution")} with ${plural(behaviors, "behavior")}, ${plural(keyGroups, "key group")}, ${plural(publicKeys, "public key")}${scope === "gates" ? " (only the gate's distributions; --all covers every one)" : ""}`,
  );
  const parts = [
    table(rows),
    ...looked.map((line) => style.dim(wrap(`checked ${line}`, style.columns))),
    style.dim(`${result.checks} checks${findings.length === 0 ? ", nothing found" : ""}`),
    ...(result.askedSigners
      ? []
      : [style.dim("not checked: the cookies of running signers (--credentials FILE of a test user)")]),
    style.dim(wrap(unasked, style.columns)),
    style.dim("signing guards only the edge: the application must still authorize"),
    ...(result.inventory ?? []).map((each) => inventoryText(each, style)),
  ];
  return parts.join("\n");
}

function countsText({
  errors,
  warnings,
  notes,
}: {
  errors: number;
  warnings: number;
  notes: number;
}): string {
  const parts = [
    ...(errors > 0 ? [plural(errors, "error")] : []),
    ...(warnings > 0 ? [plural(warnings, "warning")] : []),
    ...(notes > 0 ? [plural(notes, "note")] : []),
  ];
  return parts.length === 0 ? "as declared" : parts.join(", ");
}

/** A key or group with its details on the lines below, so that long names fit a narrow terminal. */
function inventoryText({ keys, groups, quotas }: InventoryTable, style: Style): string {
  const below = (text: string) => wrap(text, style.columns, 2, 4);
  const keyLines = keys.flatMap((key) => [
    `${style.code(key.id)}  ${key.name}, ${formatDuration(key.age)} old`,
    below(
      [
        key.groups.length === 0 ? "in no key group" : `in ${key.groups.join(", ")}`,
        ...(key.signsFor.length === 0 ? [] : [`signs for ${key.signsFor.join(", ")}`]),
      ].join("; "),
    ),
    style.dim(`  ${key.fingerprint ?? "unreadable"}`),
  ]);
  const groupLines = groups.flatMap((group) => [
    `${group.name}, ${group.gates.length === 0 ? "no gate" : `gate ${group.gates.join(", ")}`}`,
    below(`holds ${group.keys.join(", ")}`),
    below(
      group.distributions === undefined
        ? "trusted by: not checked (--all covers every distribution)"
        : `trusted by ${group.distributions.join(", ") || "no distribution"}`,
    ),
  ]);
  const meter = ({ used, limit }: { used: number; limit: number }) =>
    `[${(style.unicode ? "█" : "#").repeat(Math.min(used, limit))}${(style.unicode ? "░" : ".").repeat(Math.max(0, limit - used))}]`;
  return [
    "",
    style.bold("Public keys"),
    ...keyLines,
    "",
    style.bold("Key groups"),
    ...groupLines,
    "",
    style.bold("Quotas (defaults)"),
    table(quotas.map((quota) => [quota.name, meter(quota), `${quota.used} of ${quota.limit}`])),
  ].join("\n");
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
