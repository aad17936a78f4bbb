/** Ranks causes: the likeliest first, in the order in which an experienced colleague would check them. */
import { clockFindings } from "../../answer-dates.ts";
import { distributionLines } from "../../cloudfront/setting-lines.ts";
import type { Finding } from "../../finding.ts";
import { validDenied } from "../../probe/judge.ts";
import { urlParts } from "../../probe/target.ts";
import { shellWord } from "../../text/shell-word.ts";
import { behaviorName } from "../guarded-route.ts";
import { asksForSignature } from "../inventory.ts";
import { anotherLayer } from "./another-layer.ts";
import { deniedFromHere } from "./denied-from-here.ts";
import { layerSetting } from "./layer-setting.ts";
import {
  answerTo,
  type DoctorAnswer,
  type DoctorSnapshot,
  describeDoctorAnswer,
  isDeclaredSigned,
} from "./snapshot.ts";

export interface Diagnosis {
  /** Undefined if nothing is wrong. */
  readonly likeliest?: Finding;
  /** Likeliest first. */
  readonly rest: readonly Finding[];
}

type Suspicion = (snapshot: DoctorSnapshot) => readonly Finding[];

/** The first rule that matches names the likeliest cause. */
const SUSPICIONS: readonly Suspicion[] = [
  foreignHost,
  unreachable,
  disabled,
  unsignedReachesOrigin,
  declaredAndOpen,
  anotherLayer,
  openBehavior,
  machineClockOff,
  signerAtFault,
  givenAtFault,
  deniedFromHere,
  unsignedPasses,
];

/** Pure. */
export function diagnose(snapshot: DoctorSnapshot): Diagnosis {
  const suspected = SUSPICIONS.flatMap((suspicion) => suspicion(snapshot));
  const gate = gateAtFault(snapshot);
  const origin = originAtFault(snapshot);
  // If requests get the right responses, other faults of the gate do not concern this URL.
  const candidates = isWell(snapshot) ? suspected : [...suspected, ...gate];
  // Neither a warning about the gate's settings nor an open origin denies anybody: they explain no denial.
  const likeliest =
    candidates.find(({ severity }) => severity === "error") ??
    suspected.find(({ severity }) => severity === "warning") ??
    origin.find(({ severity }) => severity === "error");
  const all = [...suspected, ...origin, ...gate];
  const rest = all.filter(
    (finding, at) => all.findIndex(isSame(finding)) === at && !(likeliest && isSame(likeliest)(finding)),
  );
  return likeliest === undefined ? { rest } : { likeliest, rest };
}

/** Unsigned requests are denied where they must be, and good cookies pass. */
function isWell(snapshot: DoctorSnapshot): boolean {
  const passes = answerTo(snapshot, "given") ?? answerTo(snapshot, "fresh");
  const unsigned = answerTo(snapshot, "unsigned")?.classification?.edge;
  const isOpen = snapshot.behavior?.trustedKeyGroups.length === 0;
  if (isOpen) return unsigned === "passed";
  return unsigned === "denied" && (passes === undefined || passes.classification?.edge === "passed");
}

const isSame = (one: Finding) => (other: Finding) => one.id === other.id && one.where === other.where;

function unreachable({ answers, host, url }: DoctorSnapshot): Finding[] {
  const silent = answers.filter((answer) => answer.unreachable !== undefined);
  if (silent.length === 0 || silent.length < answers.length) return [];
  return [
    {
      id: "unreachable",
      severity: "error",
      basis: "observed",
      message: `${host} does not answer at all`,
      evidence: silent.slice(0, 1).map((answer) => answer.unreachable as string),
      remedy: `curl -v ${shellWord(`${urlParts(url).base}/`)}`,
      where: host,
    },
  ];
}

function foreignHost({ distribution, host }: DoctorSnapshot): Finding[] {
  if (distribution !== undefined) return [];
  return [
    {
      id: "host-not-served",
      severity: "error",
      basis: "observed",
      message: `no distribution in this account serves ${host}`,
      evidence: ["it is neither a domain name nor an alternate domain name, including wildcards"],
      remedy: `check --profile, or add ${host} to the distribution's alternate domain names; dig ${host} shows where it points`,
      setting: distributionLines(undefined, { Aliases: [host] }),
      where: host,
    },
  ];
}

function disabled({ distribution }: DoctorSnapshot): Finding[] {
  if (distribution === undefined || distribution.enabled) return [];
  return [
    {
      id: "distribution-disabled",
      severity: "error",
      basis: "observed",
      message: `distribution ${distribution.id} is disabled: it answers nobody`,
      evidence: ["Enabled: false"],
      remedy: `enable ${distribution.id}`,
      setting: distributionLines(distribution.id, { Enabled: true }),
      where: distribution.id,
    },
  ];
}

/** The gate declares that the edge denies here, but the settings let everybody in: this outranks refusals behind the edge. */
function declaredAndOpen(snapshot: DoctorSnapshot): Finding[] {
  const { behavior, distribution, gateFindings } = snapshot;
  if (behavior === undefined || distribution === undefined) return [];
  if (!isDeclaredSigned(snapshot) || asksForSignature(behavior)) return [];
  const place = behaviorName(distribution, behavior);
  return gateFindings.filter(({ id, where }) => OPEN_ROUTE.has(id) && where?.endsWith(`, ${place}`));
}

const OPEN_ROUTE: ReadonlySet<string> = new Set([
  "route-unprotected",
  "route-shadowed",
  "route-partly-covered",
]);

function openBehavior({ behavior, distribution, gate, path }: DoctorSnapshot): Finding[] {
  if (behavior === undefined || distribution === undefined) return [];
  if (asksForSignature(behavior)) return [];
  // For a declared route the audit already reports this as an error.
  const isDeclared = gate?.gate.routes.some(({ layers }) => layers.includes("edge")) ?? false;
  return [
    {
      id: "behavior-open",
      severity: "note",
      basis: "observed",
      message: `behavior ${behavior.pathPattern} requires no signature: ${path} is open to everyone`,
      evidence: [`behaviors in order: ${distribution.behaviors.map((each) => each.pathPattern).join(", ")}`],
      remedy: isDeclared ? undefined : "keyturn config init --out -",
      where: `${distribution.id} ${behavior.pathPattern}`,
    },
  ];
}

/** Cookies minted here with a wrong clock prove nothing about those of the gate's signers. */
function machineClockOff(snapshot: DoctorSnapshot): Finding[] {
  const off = snapshot.answers.find(({ clockAhead }) => clockAhead !== undefined)?.clockAhead;
  const fresh = answerTo(snapshot, "fresh");
  const severity = fresh?.classification?.code === "AccessDenied" ? "error" : "note";
  const evidence =
    fresh === undefined ? "according to the Date of the edge's denial" : describeDoctorAnswer(fresh);
  return clockFindings(off, "the edge's", evidence).map((finding) => ({ ...finding, severity }));
}

const isClockOff = ({ answers }: DoctorSnapshot) =>
  answers.some(({ clockAhead }) => clockAhead !== undefined);

/** Freshly minted cookies are denied, so no cookies pass: the fault is in the key, the group, the secret or the edge. */
function signerAtFault(snapshot: DoctorSnapshot): Finding[] {
  const fresh = answerTo(snapshot, "fresh");
  const code = fresh?.classification?.edge === "denied" ? fresh.classification.code : undefined;
  if (code === undefined || (code === "AccessDenied" && isClockOff(snapshot))) return [];
  const place =
    snapshot.distribution && snapshot.behavior && behaviorName(snapshot.distribution, snapshot.behavior);
  const isHere = (where = "") => place !== undefined && where.endsWith(`, ${place}`);
  const explained = snapshot.gateFindings.filter(
    ({ id, where }) => WHOLE_GATE.has(id) || (id === "route-of-other-key-group" && isHere(where)),
  );
  const id = snapshot.gate?.secret.signing?.keyPairId ?? "";
  const name = snapshot.gate?.gate.name ?? "";
  return [
    ...explained,
    {
      id: validDenied(code),
      severity: "error",
      basis: explained.length > 0 ? "inferred" : "observed",
      message:
        code === "InvalidKey"
          ? `the edge does not trust ${id}, the key that signers use now: every viewer is denied`
          : `the edge denies a cookie minted just now with ${id}: every viewer is denied`,
      evidence: [
        describeDoctorAnswer(fresh as DoctorAnswer),
        code === "InvalidKey"
          ? "a key group change takes minutes to reach every location"
          : "its Resource, times and signature look right",
      ],
      remedy: `keyturn rotate status --gate ${name}`,
    },
  ];
}

/** Faults that make every cookie of the gate fail. */
const WHOLE_GATE: ReadonlySet<string> = new Set([
  "key-mismatch",
  "key-not-trusted",
  "key-pair-id-unknown",
  "key-kind-unusable",
  "key-group-not-arrived",
  "key-group-not-attached",
  "cookie-host-foreign",
]);

/** The given request: its denial, explained by the likeliest cause. */
function givenAtFault(snapshot: DoctorSnapshot): Finding[] {
  const [denial, ...notes] = snapshot.given?.findings ?? [];
  if (denial === undefined) return [];
  const [cause, ...rest] = isRefuted(snapshot, notes[0]) ? notes.slice(1) : notes;
  if (denial.severity === "note" || cause === undefined || cause.id === "undocumented") {
    return [denial, ...notes];
  }
  return [
    {
      ...denial,
      message: `${denial.message}; ${cause.message}`,
      basis: cause.basis,
      evidence: [...denial.evidence, ...cause.evidence],
      remedy: cause.remedy ?? denial.remedy,
    },
    ...rest,
  ];
}

/** A cookie minted just now with the same key passes, so the gate's key is fine. */
function isRefuted(snapshot: DoctorSnapshot, cause: Finding | undefined): boolean {
  const { keyPairId } = snapshot.given?.inspection ?? {};
  return (
    cause?.id === "other-private-key" &&
    answerTo(snapshot, "fresh")?.classification?.edge === "passed" &&
    keyPairId === snapshot.gate?.secret.signing?.keyPairId
  );
}

/** A refusal behind an open edge is correct, and not the cause. */
function unsignedReachesOrigin(snapshot: DoctorSnapshot): Finding[] {
  return answerTo(snapshot, "unsigned")?.classification?.edge === "passed" ? unsignedPasses(snapshot) : [];
}

/** The behavior requires a signature, but the edge lets an unsigned request pass. */
function unsignedPasses(snapshot: DoctorSnapshot): Finding[] {
  const { behavior, distribution } = snapshot;
  const answer = answerTo(snapshot, "unsigned");
  if (behavior === undefined || distribution === undefined || answer?.status === undefined) return [];
  if (behavior.trustedKeyGroups.length === 0) return [];
  const isRefused = answer.status >= 400 && answer.classification?.edge !== "passed";
  if (isRefused || answer.classification?.edge === "denied") return [];
  if (answer.classification?.layer === "error-page") return [denialMasked(snapshot, answer)];
  return [
    {
      id: "unsigned-not-denied",
      severity: "error",
      basis: "observed",
      message: `an unsigned request gets ${answer.status}, although behavior ${behavior.pathPattern} requires a signature`,
      evidence: [
        describeDoctorAnswer(answer),
        "a custom error response may replace the denial, the change may not have reached this edge location, or another behavior may answer",
      ],
      remedy: `keyturn probe ${shellWord(snapshot.url)}`,
      where: `${distribution.id} ${behavior.pathPattern}`,
    },
  ];
}

/** The edge did deny: the page only hides it. */
function denialMasked(snapshot: DoctorSnapshot, answer: DoctorAnswer): Finding {
  return {
    id: "denial-masked",
    severity: "error",
    basis: "observed",
    message: "a custom error page replaces the denial: clients cannot tell it from an ordinary response",
    evidence: [describeDoctorAnswer(answer), ...(answer.classification?.evidence ?? [])],
    remedy: "remove the custom error response for 403, or move signed paths to another distribution",
    setting: layerSetting("error-page", snapshot),
    where: snapshot.distribution?.id,
  };
}

/** If the origin itself gave no answer, nothing is wrong with this URL. */
function originAtFault({ origin }: DoctorSnapshot): Finding[] {
  return (origin?.findings ?? []).map((finding) =>
    finding.severity === "error" ? finding : { ...finding, severity: "note" },
  );
}

function gateAtFault({ gateFindings }: DoctorSnapshot): Finding[] {
  const order = ["error", "warning", "note"] as const;
  return order.flatMap((severity) => gateFindings.filter((finding) => finding.severity === severity));
}
