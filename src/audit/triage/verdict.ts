/** One gate's evidence -> one verdict: what is wrong, since when, who is affected, what to type next. Pure. */
import type { Finding } from "../../finding.ts";
import type { JudgedOutcome } from "../../probe/judge.ts";
import type { EpochSeconds } from "../../time.ts";
import { GATE_CHECKS } from "../audit.ts";
import type { GateEvidence, SourceFailure } from "./evidence.ts";
import { nextStepLine } from "./next-line.ts";
import { rotationCauses } from "./rotation-causes.ts";
import { withSignerCauses } from "./signer-causes.ts";
import type { TriageVerdict } from "./verdicts.ts";

export interface GateVerdict {
  readonly gate: string;
  readonly verdict: TriageVerdict;
  /** One sentence. */
  readonly says: string;
  /** The earliest time when it can have started; absent if unknown. */
  readonly since?: EpochSeconds;
  readonly affected: string;
  /** A whole line, with real ids. Absent when there is nothing to do. */
  readonly next?: string;
  /** Ids of audit's warnings about a healthy gate, which change neither verdict nor exit code. */
  readonly warnings?: readonly string[];
  /** Likeliest first. */
  readonly causes: readonly Finding[];
  readonly silences: readonly SourceFailure[];
  /** Canary requests: sent, and answered as expected. */
  readonly requests: { readonly sent: number; readonly met: number };
  /** Absent for a gate that does not say where to log in and mint. */
  readonly mintTried?: boolean;
  /** Whether the origin itself answered or refused a request that bypassed the edge. */
  readonly originAsked: boolean;
}

/** Settings that let everybody in, whatever the sampled URL answered. */
const OPEN_SETTINGS: ReadonlySet<string> = new Set([
  "route-unprotected",
  "route-shadowed",
  "route-partly-covered",
]);
/** Faults of the account that make every cookie of the gate fail: they explain a denial better than its code. */
const WHOLE_GATE: ReadonlySet<string> = new Set([
  "key-not-trusted",
  "key-pair-id-unknown",
  "key-mismatch",
  "key-kind-unusable",
  "key-group-not-attached",
  "cookie-host-foreign",
  "distribution-disabled",
]);
/** New cookies do not work: viewers lose access as soon as theirs expire. */
export const NO_NEW_COOKIES: ReadonlySet<string> = new Set([
  "mint-endpoint-behind-gate",
  "login-endpoint-behind-gate",
  "login-works-mint-fails",
  "login-works-mint-refused",
  "mint-rate-limited",
  "cookie-name-missing",
  "cookies-not-sent",
  "minted-but-denied",
]);
/** Signers cannot read their key: this explains why minting fails. */
const SIGNERS_SECRET: ReadonlySet<string> = new Set([
  "secret-missing",
  "secret-being-deleted",
  "secret-unreadable",
]);
/** Nothing was proven, which is not the same as a fault. */
const UNPROVEN: ReadonlySet<string> = new Set([
  "unreachable",
  "no-guarded-route",
  "no-positive-control",
  "no-negative-control",
]);
/** Nothing else about the rotation can be known or done before its record is rebuilt. */
const RECORD_LOST = "rotation-record-lost";
/** Causes dated by the last write to the secret or to a key group. */
const OF_KEYS = /^(key-|secret-|valid-denied-)/;

export function verdictOf(given: GateEvidence): GateVerdict {
  const evidence = withSignerCauses(given);
  const { gate, silences, edge } = evidence;
  const ranked = rank(evidence);
  const causes = ranked.flatMap(({ finding }) => finding);
  const [first] = ranked;
  const judged = edge?.judged ?? [];
  const common = {
    gate: gate.name,
    causes,
    silences,
    mintTried: evidence.mintTried,
    originAsked: evidence.origin?.isHeard === true,
    requests: {
      sent: judged.length,
      met: judged.filter(({ judgement }) => judgement.verdict === "met").length,
    },
  };
  const verdict = first?.verdict ?? (isProven(evidence) ? "healthy" : "cannot-tell");
  const cause = first?.finding;
  return {
    ...common,
    verdict,
    says: cause?.message ?? (verdict === "healthy" ? healthyText(evidence) : unclearText(evidence)),
    since: cause && sinceOf(cause, evidence),
    affected: affectedBy(verdict, cause, evidence),
    next: nextStepLine(verdict, cause, evidence),
    warnings: verdict === "healthy" ? warningsOf(evidence) : undefined,
  };
}

/** A drafted gate has guesses in it, and its warnings are often about those. */
function warningsOf({ account, isDeclared }: GateEvidence): readonly string[] | undefined {
  const warnings = (account?.findings ?? []).filter(({ severity }) => severity === "warning");
  return isDeclared && warnings.length > 0 ? [...new Set(warnings.map(({ id }) => id))] : undefined;
}

interface Ranked {
  readonly verdict: Exclude<TriageVerdict, "healthy" | "cannot-tell">;
  readonly finding: Finding;
}

function rank(evidence: GateEvidence): readonly Ranked[] {
  const { account, edge, origin, mint = [] } = evidence;
  const atOrigin = (origin?.findings ?? []).filter(({ severity }) => severity === "error");
  const servesAll = ({ id }: Finding) => id === "origin-open";
  const atMint = mint.filter(({ severity }) => severity !== "note");
  const handsOut = ({ id }: Finding) => id === "mint-without-session";
  const isClockOff = clockFault(evidence) !== undefined;
  const atEdge = (edge?.findings ?? []).filter(
    ({ id, severity }) => severity === "error" && !UNPROVEN.has(id) && !(isClockOff && id === EXPIRED_HERE),
  );
  const inAccount = account?.findings ?? [];
  const errors = inAccount.filter(({ severity }) => severity === "error");
  const lets = (finding: Finding) => finding.id.endsWith("-allowed") && finding.id !== "http-allowed";
  const isOpenSetting = ({ id }: Finding) => OPEN_SETTINGS.has(id);
  const isWholeGate = ({ id }: Finding) => WHOLE_GATE.has(id);
  const isOfSecret = ({ id }: Finding) => SIGNERS_SECRET.has(id);
  const rotation = [...rotationCauses(evidence), ...inAccount.filter(({ id }) => id === RECORD_LOST)];
  const isClosed = isClosedToAll(evidence);
  const as = (verdict: Ranked["verdict"], findings: readonly Finding[]): Ranked[] =>
    findings.map((finding) => ({ verdict, finding }));
  const ordered = [
    ...as("open", [
      ...atEdge.filter(lets),
      ...errors.filter(isOpenSetting),
      ...atOrigin.filter(servesAll),
      ...atMint.filter(handsOut),
    ]),
    ...(isClosed
      ? as("closed-to-everybody", [
          ...inAccount.filter((each) => isWholeGate(each) && each.severity !== "note"),
          ...atEdge,
        ])
      : []),
    ...as("degraded", [
      ...rotation,
      ...errors.filter(isWholeGate),
      ...atEdge,
      ...atOrigin,
      ...errors.filter(isOfSecret),
      ...atMint,
      ...errors,
    ]),
  ];
  return ordered.filter(({ finding }, at) => ordered.findIndex((each) => each.finding === finding) === at);
}

/** Every answered request with the gate's key was denied; or none could be signed, and the account shows why. */
function isClosedToAll(evidence: GateEvidence): boolean {
  const { account, edge } = evidence;
  if (clockFault(evidence) !== undefined) return false;
  const valid = (edge?.judged ?? []).filter(isValidAnswered);
  if (valid.length > 0) return valid.every(isKeptOut);
  return account?.findings.some(({ id, severity }) => WHOLE_GATE.has(id) && severity === "error") ?? false;
}

/** Cookies minted with a wrong clock, and denied: they prove nothing about the cookies of the gate's signers. */
function clockFault({ edge }: GateEvidence): Finding | undefined {
  const findings = edge?.findings ?? [];
  if (!findings.some(({ id }) => id === EXPIRED_HERE)) return undefined;
  return findings.find(({ id }) => id === MACHINE_CLOCK);
}
const MACHINE_CLOCK = "machine-clock-off";
const EXPIRED_HERE = "valid-denied-access-denied";

const isValidAnswered = ({ request, answer }: JudgedOutcome) =>
  request.caseId === "valid" && answer !== undefined;
const isKeptOut = ({ answer }: JudgedOutcome) =>
  answer !== undefined && answer.edge !== "passed" && answer.status >= 400;

/** Reports healthy only on evidence: both controls at the edge, and the account. */
function isProven({ account, edge, silences }: GateEvidence): boolean {
  const judged = edge?.judged ?? [];
  const isMet = (caseId: string) =>
    judged.some(({ request, judgement }) => request.caseId === caseId && judgement.verdict === "met");
  const isUnproven = (edge?.findings ?? []).some(({ id }) => UNPROVEN.has(id));
  return account !== undefined && silences.length === 0 && !isUnproven && isMet("none") && isMet("valid");
}

function healthyText({ edge, origin, mint, rotation, executions = [] }: GateEvidence): string {
  const clock = edge?.findings.find(({ id }) => id === MACHINE_CLOCK);
  const routes = new Set(edge?.judged.map(({ request }) => request.target.label)).size;
  const closed = origin?.isHeard === true ? "; the origin refuses requests that bypass the edge" : "";
  const tried = mint === undefined ? "" : "; a test account can log in and mint, and its cookies work";
  const open =
    rotation === undefined
      ? ""
      : `; rotation ${rotation.rotation} is open at ${rotation.step}: ${rotation.says}${runs(executions)}`;
  const proven =
    routes === 1
      ? "1 protected route denies what it must and accepts the gate's key"
      : `${routes} protected routes deny what they must and accept the gate's key`;
  return `${proven}${closed}${tried}${open}${clock === undefined ? "" : `; ${clock.message}`}`;
}

function runs(executions: NonNullable<GateEvidence["executions"]>): string {
  const running = executions.find(({ state }) => state === "running");
  return running === undefined ? "" : `; unattended execution ${running.name} drives it`;
}

function unclearText(evidence: GateEvidence): string {
  const { silences, edge } = evidence;
  const clock = clockFault(evidence);
  if (clock !== undefined) return `${clock.message}, so the edge's denials prove nothing`;
  const [silence] = silences;
  if (silence !== undefined) return silence.message;
  const unproven = edge?.findings.find(({ id }) => UNPROVEN.has(id));
  return unproven === undefined
    ? "too few requests were answered"
    : [unproven.message, ...unproven.evidence].join(": ");
}

function affectedBy(verdict: TriageVerdict, cause: Finding | undefined, evidence: GateEvidence): string {
  const where = cause?.where;
  const routes = routesOf(evidence);
  if (verdict === "healthy") return "nobody";
  if (cause === undefined || verdict === "cannot-tell") return "unknown";
  if (cause.id === "origin-open")
    return `anybody who knows the origin's address can read ${edgeOnlyRoutesOf(evidence)} without cookies`;
  if (cause.id === "mint-without-session") return "anybody can mint cookies, and then read everything";
  if (verdict === "open") return `anybody can read ${where ?? routes} without valid cookies`;
  if (cause.id === "blocked-by-waf" || cause.id === "blocked-by-geo")
    return `every viewer blocked by the same rule, including this machine: ${routes}`;
  if (verdict === "closed-to-everybody") return `every viewer of ${routes}`;
  // The finding that explains the others comes first.
  const isOfMint = evidence.mint?.includes(cause) === true;
  const isDenied = isOfMint && evidence.mint?.some(({ id }) => id === "minted-but-denied");
  if (isDenied || NO_NEW_COOKIES.has(cause.id))
    return `everybody who logs in now, and every viewer of ${routes} once their cookies expire: nobody gets new ones`;
  if (isOfMint) return `viewers of ${routes} who log in`;
  if (cause.id.startsWith("replica-") && where !== undefined)
    return `viewers whose cookies are signed in ${where.split(", ").at(-1)}`;
  const check = GATE_CHECKS.find(({ id }) => id === cause.id);
  if (check !== undefined) return check.what;
  return /^(valid-|origin-|edge-not|refusal-)/.test(cause.id) && where !== undefined
    ? `viewers of ${where}`
    : "see the cause";
}

function routesOf({ gate }: Pick<GateEvidence, "gate">): string {
  const guarded = gate.routes.filter(({ layers }) => layers.includes("edge")).map(({ pattern }) => pattern);
  return guarded.length === 0 ? `gate ${gate.name}` : guarded.join(", ");
}

/** Where the application authorizes too, an open origin alone shows nothing. */
function edgeOnlyRoutesOf(evidence: GateEvidence): string {
  const routes = evidence.gate.routes.filter(({ layers }) => !layers.includes("application"));
  const isAny = routes.some(({ layers }) => layers.includes("edge"));
  return routesOf(isAny ? { gate: { ...evidence.gate, routes } } : evidence);
}

/** The earliest possible start: the last write to whatever caused it. */
function sinceOf({ id }: Finding, { account, rotation }: GateEvidence): EpochSeconds | undefined {
  if (rotation?.outage?.since !== undefined) return rotation.outage.since;
  if (account === undefined || !OF_KEYS.test(id)) return undefined;
  const { groups, secret } = account.snapshot;
  const id0 = secret.signing?.keyPairId;
  const lacking = groups.filter(({ items }) => id0 === undefined || !items.includes(id0));
  const writes = [...lacking.map(({ modifiedAt }) => modifiedAt), secret.current?.createdAt ?? 0];
  const latest = Math.max(...writes);
  return latest > 0 ? latest : undefined;
}
