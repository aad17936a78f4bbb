/** A rotation's plan as a page: what it touches, what each stage changes, how long it takes, whom it affects, what an abort means. */

import type { Mode } from "../rotation/mode.ts";
import { type PlannedStage, planLength, type RotationPlan, remintPeak } from "../rotation/plan.ts";
import { table, wrap } from "../text/layout.ts";
import { shellWord } from "../text/shell-word.ts";
import { formatDuration, formatInstant } from "../time.ts";
import { outcomeOf, type Report } from "./report.ts";
import { holdText } from "./rotation-declare.ts";
import type { Style } from "./style.ts";

const IMPACT: Readonly<Record<Mode, string>> = {
  normal: "nobody is cut off",
  compromised:
    "viewers with a cookie of the old key are cut off once signers have switched, until they mint again",
  "cut-now": "every viewer is cut off at once, until signers have read the new key and viewers mint again",
};

export function planReport(plan: RotationPlan, savedAs?: string): Report<RotationPlan> {
  return {
    outcome: outcomeOf(plan.findings.filter(({ severity }) => severity === "error")),
    result: plan,
    findings: plan.findings,
    text: (style) => planText(plan, style, savedAs),
  };
}

/** Shown before the confirmation: what will change, how long it takes, who is cut off. */
export function plannedChanges(plan: RotationPlan): readonly string[] {
  const { old, groups, secret } = plan;
  return [
    `replace public key ${old.keyPairId} with a new one in key group ${groups.map(({ name }) => name).join(", ")}`,
    `replace the signing key in secret ${secretName(secret)}`,
    "delete the old public key at the end",
    `takes ${lengthOf(plan)}; ${impactOf(plan)}`,
  ];
}

/** If it waits for a person, what that person does. */
function lengthOf({ stages, settings }: RotationPlan): string {
  const length = planLength(stages);
  if (length !== undefined) return `about ${formatDuration(length)}`;
  return `until signers are ${settings.keyPairId === "external" ? "deployed" : "restarted"}`;
}

/** An ARN is too long for a line: show its name, without Secrets Manager's six-character suffix, and its region. */
function secretName(secret: string): string {
  const [, region, name] = /^arn:[^:]*:secretsmanager:([^:]*):[^:]*:secret:(.+)-\w{6}$/.exec(secret) ?? [];
  return name === undefined ? secret : `${name} (${region})`;
}

/** In an emergency all viewers mint again at once: the endpoint and its rate limits must cope. */
export function impactOf({ mode, settings }: Pick<RotationPlan, "mode" | "settings">): string {
  return mode === "normal" ? IMPACT[mode] : `${IMPACT[mode]}; expect ${remintPeak(settings)}`;
}

/** The command that starts exactly what was planned, with mode, key type and kept keys as flags. */
function startLine({ gate, mode, old, settings, keep, leavesStale = [] }: RotationPlan): string {
  const flags = [
    ...(mode === "normal" ? [] : [`--${mode}`]),
    ...(settings.keyType === (old.keyType ?? "rsa-2048") ? [] : [`--key-type ${settings.keyType}`]),
    ...(keep.length === 0 ? [] : [`--keep ${keep.join(" ")}`]),
    ...(leavesStale.length === 0 ? [] : [`--leaves-stale ${leavesStale.map(shellWord).join(" ")}`]),
  ];
  return ["keyturn rotate start --gate", gate, ...flags].join(" ");
}

/** The column where facts start: after the longest label. */
const FACTS_AT = "key groups  ".length;

const hanging = (text: string, { columns }: Style) =>
  wrap(text, columns - FACTS_AT).replaceAll("\n", `\n${" ".repeat(FACTS_AT)}`);

function planText(plan: RotationPlan, style: Style, savedAs: string | undefined): string {
  const { gate, account, where, old, groups, distributions, quota, mode } = plan;
  // While a rotation is open there is nothing to plan: show that one's status.
  const isOpen = plan.findings.some(({ id }) => id === "rotation-open");
  const outlook = [
    ["takes", lengthOf(plan)],
    ["impact", impactOf(plan)],
  ];
  const facts = table(
    [
      ["account", `${account}, ${where}`],
      ["secret", secretName(plan.secret)],
      ["old key", `${old.keyPairId}  ${old.fingerprint}`],
      ...groups.map(({ id, name, items }, at) => [
        at === 0 ? "key groups" : "",
        `${name} ${id}: ${items.join(", ")}`,
      ]),
      ["etags", plan.pinned.groups.map(({ etag }) => etag).join(", ")],
      ["edge", distributions.join(", ") || "no distribution"],
      ["quota", `${quota.publicKeys} of ${quota.of} public keys in use`],
      ...(isOpen ? [] : outlook),
    ].map(([label = "", text = ""]) => [style.dim(label), hanging(text, style)]),
  );
  const stages = isOpen ? [] : stageBlocks(plan.stages, style);
  const next = savedAs === undefined ? startLine(plan) : `keyturn rotate start ${shellWord(savedAs)}`;
  const isRefused = plan.findings.some(({ severity }) => severity === "error");
  const ending = isRefused
    ? `${style.bad(style.sign.fail)} refused for now:`
    : `${style.sign.arrow} ${style.code(next)}`;
  const title = style.bold(`rotation of gate ${gate}${mode === "normal" ? "" : `, MODE ${mode}`}`);
  const hold = isOpen ? "" : holdText(plan);
  return [`${title}, planned ${formatInstant(plan.madeAt)}`, facts, ...stages, hold, ending]
    .filter((block) => block !== "")
    .join("\n\n");
}

function stageBlocks(stages: readonly PlannedStage[], style: Style): readonly string[] {
  const of = (what: "affects" | "abort") => stages.map((each) => each[what]);
  return [
    stages.map((each, at) => stageText(each, at + 1, style)).join("\n"),
    rangesText("who is affected, at stage", of("affects"), style),
    rangesText("what abort means then", of("abort"), style),
  ];
}

function stageText({ stage, changes, checks, takes }: PlannedStage, at: number, style: Style): string {
  const length = takes === undefined ? "until confirmed" : takes === 0 ? "" : formatDuration(takes);
  const line = (label: string, text: string) =>
    wrap(`${style.dim(label.padEnd(8))}${text}`, style.columns, 4, 12);
  return [
    `${String(at).padStart(2)}  ${style.bold(stage)}${length === "" ? "" : `  ${length}`}`,
    line("changes", changes),
    line("checks", checks),
  ].join("\n");
}

/** Facts shared by consecutive stages appear once, with the stages' numbers. */
function rangesText(title: string, texts: readonly string[], style: Style): string {
  const firsts = texts.flatMap((text, at) => (text === texts[at - 1] ? [] : [at]));
  const lines = firsts.map((first, turn) => {
    const last = firsts[turn + 1] ?? texts.length;
    const range = last - first > 1 ? `${first + 1}-${last}` : String(first + 1);
    return wrap(`${style.dim(range.padEnd(6))}${texts[first]}`, style.columns, 2, 8);
  });
  return [style.bold(title), ...lines].join("\n");
}
