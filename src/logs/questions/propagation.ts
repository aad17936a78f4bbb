/** `propagation`: when each edge location started to trust the new key and stopped trusting the old one. */
import type { Finding } from "../../finding.ts";
import type { LogRow } from "../../seams/logs.ts";
import { type EpochSeconds, formatDuration, formatInstant } from "../../time.ts";
import { CUT_OFF_TEXT, cookiesCutOff, cookiesNotLogged } from "../coverage.ts";
import { type AnswerRow, countWithNoun, type KnownFacts, type Question } from "../question.ts";
import { epochValue, instantValue, numberValue, textValue } from "../row-values.ts";

export const propagation: Question = {
  name: "propagation",
  title: "when each edge location started to trust the new key and stopped trusting the old one",
  texts: () => ({
    propagation: `SELECT edge_location, key_pair_id,
  to_unixtime(MIN(CASE WHEN edge_verdict = 'accepted' THEN at_time END)) AS first_accepted,
  to_unixtime(MAX(CASE WHEN edge_verdict = 'accepted' THEN at_time END)) AS last_accepted,
  to_unixtime(MIN(CASE WHEN wire_code = 'InvalidKey' THEN at_time END)) AS first_denied,
  to_unixtime(MAX(CASE WHEN wire_code = 'InvalidKey' THEN at_time END)) AS last_denied,
  COUNT_IF(edge_verdict = 'accepted') AS accepted, COUNT_IF(wire_code = 'InvalidKey') AS denied
FROM logs
WHERE key_pair_id IS NOT NULL AND edge_location IS NOT NULL
GROUP BY 1, 2
ORDER BY 1, 2`,
    "cut-off": CUT_OFF_TEXT,
  }),
  answer(tables, known) {
    const cutOff = numberValue(tables["cut-off"]?.[0] ?? {}, "requests");
    const { marks, coverage, gate } = known;
    const found = tables.propagation ?? [];
    const learned = learnedAt(found, known);
    const slowest = learned.at(-1);
    const settle = slowest === undefined ? undefined : roundedUp(slowest.after * 1.5);
    const says =
      slowest === undefined
        ? []
        : [
            `the slowest edge location, ${slowest.location}, still denied the new key ${formatDuration(slowest.after)} after ${slowest.from}`,
            `rotation.settle should be at least ${formatDuration(settle as number)}${gate === undefined ? "" : `; it is ${formatDuration(gate.rotation.settle)}`}`,
          ];
    return {
      rows: found.map(locationRow),
      says:
        says.length > 0 || found.length === 0
          ? says
          : [
              `${countWithNoun(new Set(found.map(({ edge_location }) => edge_location)).size, "edge location")}; none denied a key that another one accepted in these lines`,
            ],
      cannotTell: [
        ...cookiesCutOff("which key", cutOff, "came with"),
        ...cookiesNotLogged("which keys each edge location accepted", coverage),
        ...(marks.newKey === undefined && found.length > 0
          ? [
              {
                why: "which key is the new one: no rotation is known",
                instead: "keyturn logs propagation FILE --new-key KEY_PAIR_ID --old-key KEY_PAIR_ID",
              },
            ]
          : []),
      ],
      findings: slow(slowest, settle, known),
    };
  },
};

function locationRow(row: LogRow): AnswerRow {
  return {
    edge_location: textValue(row, "edge_location"),
    key_pair_id: textValue(row, "key_pair_id"),
    first_accepted: instantValue(row, "first_accepted"),
    last_accepted: instantValue(row, "last_accepted"),
    first_denied: instantValue(row, "first_denied"),
    last_denied: instantValue(row, "last_denied"),
    accepted: numberValue(row, "accepted"),
    denied: numberValue(row, "denied"),
  };
}

interface Learned {
  readonly location: string;
  /** Seconds from the first acceptance anywhere (or the rotation's first use) to the last denial here. */
  readonly after: number;
  readonly lastDenied: EpochSeconds;
  readonly from: string;
}

/** Only locations that denied the new key after another accepted it; the slowest last. */
function learnedAt(rows: readonly LogRow[], { marks }: KnownFacts): readonly Learned[] {
  const ofNew = rows.filter((row) => row.key_pair_id === marks.newKey);
  const accepts = ofNew.flatMap((row) => epochValue(row, "first_accepted") ?? []);
  if (accepts.length === 0) return [];
  const first = Math.min(...accepts);
  return ofNew
    .flatMap((row): Learned[] => {
      const denied = epochValue(row, "last_denied");
      if (denied === undefined || denied < first) return [];
      const location = textValue(row, "edge_location") ?? "";
      return [
        {
          location,
          after: denied - first,
          lastDenied: denied,
          from: `it was first accepted anywhere (${formatInstant(first)})`,
        },
      ];
    })
    .sort((one, other) => one.after - other.after);
}

/** Rounded up to whole minutes. */
const roundedUp = (seconds: number) => Math.max(60, Math.ceil(seconds / 60) * 60);

function slow(
  slowest: Learned | undefined,
  settle: number | undefined,
  { marks, gate }: KnownFacts,
): Finding[] {
  if (slowest === undefined || settle === undefined) return [];
  const tooShort = gate !== undefined && gate.rotation.settle < settle;
  const lockedOut = marks.switchedAt !== undefined && slowest.lastDenied > marks.switchedAt;
  if (gate !== undefined && !tooShort && !lockedOut) return [];
  return [
    {
      id: "edge-location-slow",
      severity: lockedOut ? "error" : "warning",
      message: `edge location ${slowest.location} denied the new key ${formatDuration(slowest.after)} after another one accepted it`,
      basis: "observed",
      evidence: [
        `last denied there as InvalidKey: ${formatInstant(slowest.lastDenied)}`,
        ...(lockedOut
          ? [`the signer had switched by then: ${formatInstant(marks.switchedAt as number)}`]
          : []),
        ...(gate === undefined
          ? []
          : [`rotation.settle of gate ${gate.name} is ${formatDuration(gate.rotation.settle)}`]),
      ],
      remedy: `set rotation.settle to ${formatDuration(settle)} or more in keyturn.yaml`,
      where: slowest.location,
    },
  ];
}
