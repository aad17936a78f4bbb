/** A gate's past rotations, a line each, newest first; then what the history cannot show. */
import type { AllHistories } from "../rotation/all-histories.ts";
import type { PastRotation, RotationHistory } from "../rotation/history.ts";
import { VERSION_LIMIT } from "../rotation/record-room.ts";
import { table, wrap } from "../text/layout.ts";
import { printable } from "../text/printable.ts";
import { formatDuration, formatInstant } from "../time.ts";
import { outcomeOf, type Report } from "./report.ts";
import { deletedFinding, unreadFinding } from "./rotation-status.ts";
import type { Style } from "./style.ts";

export function historyReport(history: RotationHistory): Report {
  return {
    outcome: "done",
    result: jsonOf(history),
    findings: [],
    text: (style) => [linesOf([history], style, false), notesOn(history, style)].flat().join("\n"),
  };
}

export function allHistoriesReport({ found, neverRotated, deleted, unread }: AllHistories): Report {
  const findings = [...unread.map(unreadFinding), ...deleted.map(deletedFinding)];
  return {
    outcome: outcomeOf(findings),
    result: found.map(jsonOf),
    findings,
    text: (style) =>
      [
        ...(found.length === 0 ? [] : linesOf(found, style, true)),
        ...found.flatMap((each) => notesOn(each, style, `gate ${each.gate}: `)),
        ...neverRotated.map(
          (gate) => `${style.dim(style.sign.skip)} gate ${gate} has never been rotated by keyturn`,
        ),
        ...(found.length + neverRotated.length + findings.length === 0
          ? ["no gate of this account and region has a rotation record"]
          : []),
      ].join("\n"),
  };
}

function linesOf(all: readonly RotationHistory[], style: Style, isNamed: boolean): string[] {
  const rows = all
    .flatMap(({ gate, rotations }) => rotations.map((each) => ({ gate, ...each })))
    .toSorted((one, other) => other.openedAt - one.openedAt)
    .map((each) => [
      ...(isNamed ? [each.gate] : []),
      `${formatInstant(each.openedAt).slice(0, 16)}Z`,
      painted(wordOf(each), style),
      `${each.outcome === "open" ? "so far " : ""}${formatDuration(each.took)}`,
      each.new ?? style.sign.skip,
      printable(each.startedBy.ticket ?? style.sign.skip),
      printable(whoOf(each)),
    ]);
  const head = [...(isNamed ? ["gate"] : []), "opened", "outcome", "took", "new key", "ticket", "by"];
  return table([head.map(style.dim), ...rows]).split("\n");
}

/** How a rotation ended, in one word; an emergency is named by its mode. */
const wordOf = ({ outcome, mode }: PastRotation) =>
  outcome === "rotated" && mode !== "normal" ? mode : outcome;

function painted(word: string, style: Style): string {
  if (word === "rotated") return style.good(word);
  return word === "aborted" ? word : style.warn(word);
}

/** The last part of the caller's ARN fits on the line; `--json` has all of it. */
function whoOf({ startedBy: { caller, host } }: PastRotation): string {
  return caller?.split(":").at(-1) ?? host ?? "unknown";
}

function notesOn({ start, unreadable, versions }: RotationHistory, style: Style, prefix = ""): string[] {
  const gap = `${unreadable} ${unreadable === 1 ? "version" : "versions"} of the record cannot be read: somebody overwrote it`;
  return [
    ...(NOTE[start] === undefined ? [] : [NOTE[start](versions)]),
    ...(unreadable > 0 ? [gap] : []),
  ].map((note) => wrap(`${style.warn(style.sign.warn)} ${prefix}${note}`, style.columns, 0, 2));
}

const NOTE: Readonly<Record<RotationHistory["start"], ((versions: number) => string) | undefined>> = {
  first: undefined,
  pruned: (versions) =>
    `older rotations are no longer in the record: Secrets Manager keeps at most ${VERSION_LIMIT} versions of a secret and has ${versions} of this one; CloudTrail shows earlier ones (CreatePublicKey, UpdateKeyGroup)`,
  "begun-anew": () =>
    "the record was deleted and created again: it does not contain rotations before the oldest one here",
};

function jsonOf({ rotations, ...history }: RotationHistory): Readonly<Record<string, unknown>> {
  return {
    ...history,
    rotations: rotations.map(({ openedAt, finishedAt, took, ...each }) => ({
      ...each,
      openedAt: formatInstant(openedAt),
      finishedAt: finishedAt === undefined ? undefined : formatInstant(finishedAt),
      took: Math.round(took),
    })),
  };
}
