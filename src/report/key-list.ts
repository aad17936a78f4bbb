/** The report of `keys list`: a table on a wide terminal, two lines per key on a narrow one. */
import type { Gate } from "../gates/gate.ts";
import { type AccountKeys, DEFAULT_QUOTA } from "../keys/account-keys.ts";
import { type EpochSeconds, formatDuration, formatInstant, type Seconds } from "../time.ts";
import type { Report } from "./report.ts";
import type { Style } from "./style.ts";

export interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly comment: string;
  readonly kind: string;
  readonly fingerprint: string;
  readonly createdAt: string;
  readonly age: Seconds;
  readonly groups: readonly { readonly id: string; readonly name: string; readonly size: number }[];
  readonly gates: readonly string[];
}

/** The newest first: a key just uploaded is on top. */
export function rowsOf({ keys }: AccountKeys, gates: readonly Gate[], now: EpochSeconds): KeyRow[] {
  return keys
    .toSorted((one, other) => other.createdAt - one.createdAt || one.name.localeCompare(other.name, "en"))
    .map((key) => ({
      id: key.id,
      name: key.name,
      comment: key.comment,
      kind: key.kind ?? "unreadable",
      fingerprint: key.fingerprint ?? "unreadable",
      createdAt: formatInstant(key.createdAt),
      age: Math.max(0, Math.floor(now - key.createdAt)),
      groups: key.groups.map(({ id, name, items }) => ({ id, name, size: items.length })),
      gates: gates
        .filter((gate) => key.groups.some(({ id }) => gate.keyGroups.includes(id)))
        .map(({ name }) => name),
    }));
}

export function keyListReport(rows: readonly KeyRow[], { groups }: AccountKeys, where: string): Report {
  const quota = {
    publicKeys: { used: rows.length, of: DEFAULT_QUOTA.keysPerAccount },
    keyGroups: { used: groups.length, of: DEFAULT_QUOTA.groupsPerAccount },
  };
  return {
    outcome: "done",
    result: { where, keys: rows, quota },
    findings: [],
    text: (style) =>
      [
        ...(rows.length === 0 ? [`no public keys (${where})`] : rows.map((row) => keyText(row, style))),
        "",
        meter("public keys", quota.publicKeys, style),
        meter("key groups", quota.keyGroups, style),
        style.dim("of the default quota; AWS raises only the key group quotas"),
      ].join("\n"),
  };
}

function keyText(row: KeyRow, style: Style): string {
  const groups = row.groups.map(
    ({ name, size }) => `${name} (${size} of ${DEFAULT_QUOTA.keysPerGroup} keys)`,
  );
  const used = [
    groups.length === 0 ? style.warn("in no key group") : `in ${groups.join(", ")}`,
    row.gates.length === 0 ? "" : `gate ${row.gates.join(", ")}`,
  ];
  return [
    `${style.bold(row.id)}  ${row.name}  ${row.kind}, ${formatDuration(row.age)} old`,
    `  ${used.filter((each) => each !== "").join("; ")}`,
    style.dim(`  ${row.fingerprint}`),
  ].join("\n");
}

/** `public keys  ######....  6 of 10`: a bar that needs no color. */
function meter(
  label: string,
  { used, of }: { readonly used: number; readonly of: number },
  style: Style,
): string {
  const full = Math.min(used, of);
  const bar = "#".repeat(full) + ".".repeat(of - full);
  const coloured = used >= of ? style.bad(bar) : used >= of - 1 ? style.warn(bar) : bar;
  return `${label.padEnd(11)}  ${coloured}  ${used} of ${of}`;
}
