/** From what was seen to one likeliest cause and the rest: the order in which an experienced colleague would ask. */
import type { Finding } from "../../finding.ts";
import { LAYER_NAME } from "../../probe/layer.ts";
import { splitUrl } from "../../probe/target.ts";
import { shellWord } from "../../text/shell-word.ts";
import { placeOf } from "../guarded-route.ts";
import { asksForSignature } from "../inventory.ts";
import { anotherLayer } from "./another-layer.ts";
import { answerTo, type DoctorSnapshot, type EdgeAnswer, isDeclaredSigned } from "./snapshot.ts";

export interface Diagnosis {
  /** Undefined: nothing wrong was seen. */
  readonly likeliest?: Finding;
  /** In the order of their likelihood. */
  readonly rest: readonly Finding[];
}

type Suspicion = (snapshot: DoctorSnapshot) => readonly Finding[];

/** The first that finds something names the likeliest cause. */
const SUSPICIONS: readonly Suspicion[] = [
  foreignHost,
  unreachable,
  disabled,
  unsignedReachesOrigin,
  declaredAndOpen,
  anotherLayer,
  openBehavior,
  signerAtFault,
  givenAtFault,
  unsignedPasses,
];

/** Pure. */
export function diagnose(snapshot: DoctorSnapshot): Diagnosis {
  const suspected = SUSPICIONS.flatMap((suspicion) => suspicion(snapshot));
  // Where requests get the answers that they should, what else is wrong with the gate is not this URL's trouble.
  const candidates = isWell(snapshot) ? suspected : [...suspected, ...gateAtFault(snapshot)];
  const likeliest =
    candidates.find(({ severity }) => severity === "error") ??
    candidates.find(({ severity }) => severity === "warning");
  const all = [...suspected, ...gateAtFault(snapshot)];
  const rest = all.filter(
    (finding, at) => all.findIndex(isSame(finding)) === at && !(likeliest && isSame(likeliest)(finding)),
  );
  return likeliest === undefined ? { rest } : { likeliest, rest };
}

/** Unsigned is denied where it must be, and good cookies pass. */
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
      id: "edge-unreachable",
      severity: "error",
      basis: "observed",
      message: `${host} does not answer at all`,
      evidence: silent.slice(0, 1).map((answer) => answer.unreachable as string),
      remedy: `curl -v ${shellWord(`${splitUrl(url).base}/`)}`,
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
      message: `no distribution of this account answers to ${host}`,
      evidence: ["neither as a domain name nor as an alternate domain name (wildcards counted)"],
      remedy: `is it the right --profile? else add ${host} to the distribution's alternate domain names; dig ${host} shows where it points`,
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
      where: distribution.id,
    },
  ];
}

/** The gate declares that the edge refuses here, and the settings let everybody in: what refuses behind it comes after. */
function declaredAndOpen(snapshot: DoctorSnapshot): Finding[] {
  const { behavior, distribution, gateFindings } = snapshot;
  if (behavior === undefined || distribution === undefined) return [];
  if (!isDeclaredSigned(snapshot) || asksForSignature(behavior)) return [];
  const place = placeOf(distribution, behavior);
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
  // Of a declared route the audit says it, as the error that it is.
  const isDeclared = gate?.gate.routes.some(({ layers }) => layers.includes("edge")) ?? false;
  return [
    {
      id: "behavior-open",
      severity: "note",
      basis: "observed",
      message: `behavior ${behavior.pathPattern} asks for no signature: ${path} is open to everyone`,
      evidence: [`behaviors in order: ${distribution.behaviors.map((each) => each.pathPattern).join(", ")}`],
      ...(!isDeclared && { remedy: "keyturn config init --out -" }),
      where: `${distribution.id} ${behavior.pathPattern}`,
    },
  ];
}

/** Cookies made just now are refused: nobody's would pass, so the fault is in key, group, secret or edge. */
function signerAtFault(snapshot: DoctorSnapshot): Finding[] {
  const fresh = answerTo(snapshot, "fresh");
  const code = fresh?.classification?.edge === "denied" ? fresh.classification.code : undefined;
  if (code === undefined) return [];
  const place =
    snapshot.distribution && snapshot.behavior && placeOf(snapshot.distribution, snapshot.behavior);
  const isHere = (where = "") => place !== undefined && where.endsWith(`, ${place}`);
  const explained = snapshot.gateFindings.filter(
    ({ id, where }) => WHOLE_GATE.has(id) || (id === "route-of-other-key-group" && isHere(where)),
  );
  const id = snapshot.gate?.secret.signing?.keyPairId ?? "";
  const name = snapshot.gate?.gate.name ?? "";
  return [
    ...explained,
    {
      id: code === "InvalidKey" ? "edge-does-not-know-key" : "fresh-cookie-denied",
      severity: "error",
      basis: explained.length > 0 ? "inferred" : "observed",
      message:
        code === "InvalidKey"
          ? `the edge does not trust ${id}, the key that signers use now: every viewer is refused`
          : `the edge refuses a cookie that was minted just now with ${id}: every viewer is refused`,
      evidence: [
        describeAnswer(fresh as EdgeAnswer),
        code === "InvalidKey"
          ? "a key group change takes minutes to reach every location"
          : "its Resource, time and signature are right as far as keyturn can tell",
      ],
      remedy: `keyturn rotate status --gate ${name}`,
    },
  ];
}

/** Faults of the gate that make every cookie fail. */
const WHOLE_GATE: ReadonlySet<string> = new Set([
  "key-mismatch",
  "key-not-trusted",
  "key-pair-id-unknown",
  "key-kind-unusable",
  "key-group-not-arrived",
  "key-group-not-attached",
  "cookie-host-foreign",
]);

/** The request that was given: its denial, told by its likeliest cause. */
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
      ...(cause.remedy !== undefined && { remedy: cause.remedy }),
    },
    ...rest,
  ];
}

/** A cookie that was minted just now with the same key passes: then it is not the gate's key that is wrong. */
function isRefuted(snapshot: DoctorSnapshot, cause: Finding | undefined): boolean {
  const { keyPairId } = snapshot.given?.inspection ?? {};
  return (
    cause?.id === "other-private-key" &&
    answerTo(snapshot, "fresh")?.classification?.edge === "passed" &&
    keyPairId === snapshot.gate?.secret.signing?.keyPairId
  );
}

/** What refuses behind an open edge is right to do so, and not the cause. */
function unsignedReachesOrigin(snapshot: DoctorSnapshot): Finding[] {
  return answerTo(snapshot, "unsigned")?.classification?.edge === "passed" ? unsignedPasses(snapshot) : [];
}

/** The behavior asks for a signature, and the edge lets a request without one pass all the same. */
function unsignedPasses(snapshot: DoctorSnapshot): Finding[] {
  const { behavior, distribution } = snapshot;
  const answer = answerTo(snapshot, "unsigned");
  if (behavior === undefined || distribution === undefined || answer?.status === undefined) return [];
  if (behavior.trustedKeyGroups.length === 0) return [];
  const isRefused = answer.status >= 400 && answer.classification?.edge !== "passed";
  if (isRefused || answer.classification?.edge === "denied") return [];
  return [
    {
      id: "unsigned-not-denied",
      severity: "error",
      basis: "observed",
      message: `an unsigned request gets ${answer.status}, although behavior ${behavior.pathPattern} asks for a signature`,
      evidence: [
        describeAnswer(answer),
        "one of the custom error responses may turn the denial into a page, the change has not reached this edge location, or another behavior answers",
      ],
      remedy: `keyturn probe ${shellWord(snapshot.url)}`,
      where: `${distribution.id} ${behavior.pathPattern}`,
    },
  ];
}

function gateAtFault({ gateFindings }: DoctorSnapshot): Finding[] {
  const order = ["error", "warning", "note"] as const;
  return order.flatMap((severity) => gateFindings.filter((finding) => finding.severity === severity));
}

export function describeAnswer({ status, classification, unreachable: why }: EdgeAnswer): string {
  if (why !== undefined) return why;
  const by = classification === undefined ? "unknown" : LAYER_NAME[classification.layer];
  return `${status} by ${by}${classification?.code === undefined ? "" : ` (${classification.code})`}`;
}
