/** `keyturn triage` on the terminal: one verdict line per gate, since when, who is affected, what to type. */
import type { EvidenceSource } from "../audit/triage/evidence.ts";
import { type GateVerdict, NO_NEW_COOKIES } from "../audit/triage/verdict.ts";
import { type TriageVerdict, VERDICTS } from "../audit/triage/verdicts.ts";
import type { Finding } from "../finding.ts";
import { runbookOf } from "../help/pages-by-id.ts";
import { visibleWidth, wrap } from "../text/layout.ts";
import { shellWord } from "../text/shell-word.ts";
import { type EpochSeconds, formatInstant } from "../time.ts";
import type { Report } from "./report.ts";
import type { Style } from "./style.ts";

export interface TriagedGate {
  readonly gate: string;
  readonly verdict: TriageVerdict;
  readonly says: string;
  readonly since?: string;
  /** Seconds. */
  readonly lasted?: number;
  readonly affected: string;
  readonly next?: string;
  readonly runbook?: string;
  readonly causes: readonly string[];
  /** Ids of audit's warnings about a healthy gate. */
  readonly warnings?: readonly string[];
  /** Shows them in full. */
  readonly warningsNext?: string;
  readonly silences: readonly {
    readonly source: EvidenceSource;
    readonly message: string;
    readonly step?: "login" | undefined;
  }[];
  readonly requests: { readonly sent: number; readonly met: number };
  /** Whether a test account logged in and minted; absent for a gate that does not say where. */
  readonly mintTried?: boolean;
  /** Whether the origin itself answered or refused a request that bypassed the edge. */
  readonly originAsked: boolean;
}

export interface TriageResult {
  readonly at: string;
  readonly from: "keyturn.yaml" | "account";
  readonly healthy: boolean;
  /** Worst first. */
  readonly gates: readonly TriagedGate[];
}

/** Flags that a printed command must repeat to reach the same account. */
export interface RepeatedFlags {
  readonly config?: string | undefined;
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
  /** Only after a login flow. */
  readonly credentials?: string | undefined;
  readonly credentialsCommand?: string | undefined;
}

export function triageReport(
  verdicts: readonly GateVerdict[],
  now: EpochSeconds,
  { isDeclared, flags }: { readonly isDeclared: boolean; readonly flags: RepeatedFlags },
): Report<TriageResult> {
  const gates = verdicts
    .map((verdict) => triaged(verdict, now, flags))
    .sort((one, other) => VERDICTS.indexOf(one.verdict) - VERDICTS.indexOf(other.verdict));
  const healthy = gates.every(({ verdict }) => verdict === "healthy");
  const result: TriageResult = {
    at: formatInstant(Math.floor(now)),
    from: isDeclared ? "keyturn.yaml" : "account",
    healthy,
    gates,
  };
  return {
    outcome: healthy ? "done" : "finding",
    result,
    findings: verdicts.flatMap(({ gate, causes }) => causes.map((cause) => placed(cause, gate))),
    findingsOn: "text",
    text: (style) => triageText(result, style),
  };
}

/** The edge's findings do not name their gate. */
function placed(cause: Finding, gate: string): Finding {
  const { where } = cause;
  if (where?.startsWith(`gate ${gate}`)) return cause;
  return { ...cause, where: [`gate ${gate}`, ...(where === undefined ? [] : [where])].join(", ") };
}

function triaged(verdict: GateVerdict, now: EpochSeconds, flags: RepeatedFlags): TriagedGate {
  const { gate, says, since, affected, causes, silences, requests, mintTried, originAsked } = verdict;
  return {
    gate,
    verdict: verdict.verdict,
    says,
    since: since === undefined ? undefined : formatInstant(Math.floor(since)),
    lasted: since === undefined ? undefined : Math.max(0, Math.floor(now - since)),
    affected,
    next: verdict.next === undefined ? undefined : withFlags(verdict.next, flags),
    runbook: causes.map(({ id }) => runbookOf(id)).find((name) => name !== undefined),
    causes: [...new Set(causes.map(({ id }) => id))],
    warnings: verdict.warnings,
    warningsNext: verdict.warnings && withFlags(`keyturn audit --gate ${shellWord(gate)}`, flags),
    silences: silences.map(({ source, message, step }) => ({ source, message, step })),
    requests,
    mintTried,
    originAsked,
  };
}

function withFlags(line: string, flags: RepeatedFlags): string {
  const { config, profile, region, endpointUrl, credentials, credentialsCommand } = flags;
  if (!line.startsWith("keyturn ")) return line;
  const given = {
    "--config": config,
    "--profile": profile,
    "--region": region,
    "--endpoint-url": endpointUrl,
    ...(line.startsWith("keyturn probe --flow") && {
      "--credentials": credentials,
      "--credentials-command": credentialsCommand,
    }),
  };
  const words = Object.entries(given).flatMap(([flag, value]) =>
    value === undefined || line.includes(`${flag} `) ? [] : [flag, shellWord(value)],
  );
  return [line, ...words].join(" ");
}

const VERDICT_NAME: Readonly<Record<TriageVerdict, string>> = {
  open: "OPEN",
  "closed-to-everybody": "CLOSED TO EVERYBODY",
  degraded: "degraded",
  "cannot-tell": "cannot tell",
  healthy: "healthy",
};

/** `2 gates: 1 open, 1 healthy`. */
export function countsText({ gates }: Pick<TriageResult, "gates">): string {
  const counts = VERDICTS.flatMap((verdict) => {
    const count = gates.filter((each) => each.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${VERDICT_NAME[verdict].toLowerCase()}`];
  });
  return `${gates.length} ${gates.length === 1 ? "gate" : "gates"}: ${counts.join(", ")}`;
}

/** The worst gate comes last, next to the prompt, where a small terminal still shows it. */
function triageText(result: TriageResult, style: Style): string {
  const source = result.from === "account" ? ", as the account shows them (no keyturn.yaml)" : "";
  return [
    [
      style.bold(`${countsText(result)}${source}, ${result.at}`),
      ...untriedText(result).map((line) => style.dim(wrap(line, style.columns))),
    ].join("\n"),
    ...result.gates.toReversed().map((gate) => gateText(gate, style)),
  ].join("\n\n");
}

/** At most one line per kind of test: what was not tested must not look healthy. */
export function untriedText({ gates, from }: Pick<TriageResult, "gates" | "from">): string[] {
  const ofThose = (isUntried: (gate: TriagedGate) => boolean) => {
    const untried = gates.filter(isUntried).map(({ gate }) => gate);
    if (untried.length === 0) return undefined;
    return untried.length === gates.length ? "" : ` of ${untried.join(", ")}`;
  };
  const mint = ofThose(({ mintTried }) => mintTried === false);
  const origin = ofThose(({ originAsked }) => !originAsked);
  const how =
    from === "account"
      ? "keyturn probe URL --direct-origin URL"
      : "keyturn probe --gate NAME --direct-origin URL";
  return [
    ...(mint === undefined
      ? []
      : [`login and mint${mint} were not tried: add --credentials FILE, for a test account`]),
    ...(origin === undefined
      ? []
      : [`whether the origin${origin} answers without the edge is not known: ${how}`]),
  ];
}

function gateText(gate: TriagedGate, style: Style): string {
  const [sign, paint] = {
    open: [style.sign.fail, style.bad] as const,
    "closed-to-everybody": [style.sign.fail, style.bad] as const,
    degraded: [style.sign.warn, style.warn] as const,
    "cannot-tell": ["?", style.warn] as const,
    healthy: [style.sign.ok, style.good] as const,
  }[gate.verdict];
  const [id] = gate.causes;
  const head = `${paint(`${sign} ${gate.gate}: ${headline(gate)}`)}${sinceText(gate)}`;
  const lines = [
    wrap(head, style.columns, 0, 2),
    wrap(
      `${gate.says.replace(/\.$/, "")}${id === undefined ? "" : ` (${id})`}${othersText(gate)}`,
      style.columns,
      2,
    ),
    ...(gate.verdict === "healthy" ? [] : [wrap(`affected: ${gate.affected}`, style.columns, 2, 4)]),
    ...gate.silences
      .filter(({ message }) => message !== gate.says)
      .map((silence) => wrap(silenceText(silence), style.columns, 2, 4)),
    ...warningLines(gate, style),
    ...(gate.runbook === undefined ? [] : [style.dim(`  runbook: keyturn runbook show ${gate.runbook}`)]),
    ...(gate.next === undefined ? [] : [`  ${style.sign.arrow} ${style.code(gate.next)}`]),
  ];
  return lines.join("\n");
}

/** `edge not read: ...`; a login that failed left only the mint untried. */
export function silenceText({ source, message, step }: TriagedGate["silences"][number]): string {
  return `${step === "login" ? "mint not tried" : `${source} not read`}: ${message}`;
}

/** What one disagreement between the secret's key and the key group looks like, from the edge and from the account. */
const KEY_FAULT =
  /^(?:key-not-trusted|key-pair-id-unknown|key-mismatch|rotation-outage|valid-denied-.+|minted-but-denied)$/;

function othersText({ causes: [first, ...others] }: TriagedGate): string {
  const isSame = (id: string) => first !== undefined && KEY_FAULT.test(first) && KEY_FAULT.test(id);
  const listed = (words: string, ids: readonly string[]) =>
    ids.length === 0 ? "" : `; ${words} ${ids.slice(0, 4).join(", ")}${ids.length > 4 ? ", ..." : ""}`;
  return `${listed("also reported as", others.filter(isSame))}${listed(
    "also",
    others.filter((id) => !isSame(id)),
  )}`;
}

/** One line if it fits; the command is never broken. */
function warningLines({ warnings, warningsNext }: TriagedGate, style: Style): string[] {
  if (warnings === undefined || warningsNext === undefined) return [];
  const said = `audit warns: ${warnings.join(", ")}`;
  const typed = `${style.sign.arrow} ${style.code(warningsNext)}`;
  return visibleWidth(said) + visibleWidth(typed) + 3 <= style.columns
    ? [`  ${said} ${typed}`]
    : [wrap(said, style.columns, 2, 4), `  ${typed}`];
}

/** The bound is the last write that can have caused it. Nothing if unknown. */
export function sinceText({ since, verdict }: TriagedGate): string {
  if (since === undefined || verdict === "healthy" || verdict === "cannot-tell") return "";
  return `, began at ${since} or later`;
}

/** "degraded" alone sounds mild for a gate that nobody can enter any more. */
export function headline({ verdict, causes }: TriagedGate): string {
  const name = VERDICT_NAME[verdict];
  return verdict === "degraded" && causes.some((id) => NO_NEW_COOKIES.has(id))
    ? `${name}, new logins fail`
    : name;
}
