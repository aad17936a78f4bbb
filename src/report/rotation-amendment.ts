/** What an amendment changes in a rotation's record, shown before and after. */
import { type Amendment, changeText } from "../rotation/amendment.ts";
import type { RotationRecord } from "../rotation/record.ts";
import { wrap } from "../text/layout.ts";
import type { Report } from "./report.ts";

/** One line each, for a confirmation. */
export function amendmentChanges({ changes, voidedProofs, newEpoch, record }: Amendment): readonly string[] {
  return [
    ...changes.map((change) => `record ${changeText(change)}`),
    ...voidedProofs.map((name) => `discard the proof ${PROOF[name]}: it will be repeated`),
    ...(newEpoch === undefined ? [] : [`move to epoch ${record.epoch}: ${newEpoch}`]),
  ];
}

const PROOF = {
  new: "that the edge accepts the new key",
  old: "that the edge accepts the old key",
  gone: "that the edge denies the old key",
} as const;

/** `isAmended`: written, not only shown. */
export function amendmentReport(before: RotationRecord, amendment: Amendment, isAmended: boolean): Report {
  const { gate, rotation } = before;
  const { changes, kept, voidedProofs, newEpoch, record } = amendment;
  const lines = amendmentChanges(amendment);
  // After a dry run the next command is the same without --dry-run; the user has just typed it.
  const typeNext = isAmended || lines.length === 0 ? [`keyturn rotate resume --gate ${gate} --wait`] : [];
  return {
    outcome: "done",
    result: {
      gate,
      rotation,
      isAmended,
      changes,
      kept,
      voidedProofs,
      epoch: record.epoch,
      newEpoch,
      typeNext,
    },
    findings: [],
    isAfterwards: true,
    text: (style) => {
      const head =
        lines.length === 0
          ? `rotation ${rotation} of gate ${gate}: nothing to amend`
          : isAmended
            ? `rotation ${rotation} of gate ${gate} is amended:`
            : `rotation ${rotation} of gate ${gate} would be amended:`;
      const stays = kept.map(
        ({ setting, recorded, declared, why }) =>
          `${setting} stays ${recorded}, declared ${declared}: ${why}`,
      );
      return [
        head,
        ...lines.map((line) => wrap(line, style.columns, 2, 4)),
        ...stays.map((line) => wrap(line, style.columns, 2, 4)),
        ...typeNext.map((line) => `${style.sign.arrow} ${style.code(line)}`),
      ].join("\n");
    },
  };
}
