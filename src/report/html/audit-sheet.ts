/** An audit as one HTML page: the findings by severity, and each gate's chain as a drawing. */
import type { AccountSnapshot } from "../../audit/checks/account.ts";
import type { Finding } from "../../finding.ts";
import { chainFigure } from "../../pictures/chain.ts";
import { figureOf } from "../../pictures/figure.ts";
import { findingList } from "../../pictures/finding-list.ts";
import { html, name } from "../../pictures/html.ts";
import { type Sheet, sheetText } from "../../pictures/sheet.ts";
import { tableOf } from "../../pictures/table.ts";
import { formatDuration } from "../../time.ts";
import { type AuditResult, plural } from "../audit.ts";
import { auditChain } from "./audit-chain.ts";

export function auditHtml(
  result: AuditResult,
  findings: readonly Finding[],
  accounts: readonly AccountSnapshot[],
): string {
  const snapshots = accounts.flatMap((account) => account.snapshots);
  return sheetText({
    title: `audit of ${plural(result.gates.length, "gate")}`,
    verdict: verdictOf(findings),
    facts: [
      ["at", result.at],
      ["checks", result.checks],
      ...result.accounts.map(
        ({ distributions, behaviors, keyGroups, publicKeys, scope }) =>
          [
            scope === "account" ? "the whole account" : "the gates' distributions",
            `${plural(distributions, "distribution")}, ${plural(behaviors, "behavior")}, ${plural(keyGroups, "key group")}, ${plural(publicKeys, "public key")}`,
          ] as const,
      ),
      ["running signers", result.askedSigners ? "tested" : "not tested: their cookies were not checked"],
    ],
    written: result.at,
    body: [
      html`<section id="gates"><h2>Gates</h2>${tableOf({
        caption: "Gates and their findings",
        head: ["gate", "signing key", "errors", "warnings", "notes"],
        rows: result.gates.map(({ name: gate, signingKey, errors, warnings, notes }) => [
          name(gate),
          signingKey?.keyPairId === undefined ? "none" : name(signingKey.keyPairId),
          errors,
          warnings,
          notes,
        ]),
        empty: "No gate is declared.",
      })}</section>`,
      findingList(findings, "Nothing was found: every gate is wired as declared."),
      snapshots.map((snapshot, at) =>
        figureOf(
          chainFigure(
            `chain-${at}`,
            `What gate ${snapshot.gate.name.slice(0, 80)} depends on`,
            auditChain(snapshot),
          ),
        ),
      ),
      (result.inventory ?? []).map(
        (table, at) =>
          html`<section id="inventory-${at}"><h2>Inventory</h2>${tableOf({
            caption: "Public keys",
            head: ["key", "name", "age", "key groups", "signs for", "SPKI SHA-256"],
            rows: table.keys.map((key) => [
              name(key.id),
              name(key.name),
              formatDuration(key.age),
              key.groups.map(listed),
              key.signsFor.map(listed),
              name(key.fingerprint ?? "unreadable"),
            ]),
          })}${tableOf({
            caption: "Quotas (defaults)",
            head: ["quota", "used", "limit"],
            rows: table.quotas.map(({ name: quota, used, limit }) => [quota, used, limit]),
          })}</section>`,
      ),
    ],
  });
}

const listed = (text: string, at: number) => html`${at > 0 && ", "}${name(text)}`;

function verdictOf(findings: readonly Finding[]): Sheet["verdict"] {
  const count = (severity: Finding["severity"]) =>
    findings.filter((each) => each.severity === severity).length;
  const [errors, warnings, notes] = [count("error"), count("warning"), count("note")];
  const parts = [
    ...(errors > 0 ? [plural(errors, "error")] : []),
    ...(warnings > 0 ? [plural(warnings, "warning")] : []),
    ...(notes > 0 ? [plural(notes, "note")] : []),
  ];
  if (parts.length === 0) return { state: "good", says: "Wired as declared: nothing was found" };
  return { state: errors > 0 ? "bad" : warnings > 0 ? "warn" : "good", says: parts.join(", ") };
}
