/** `denials`: 401 and 403 over time, by who answered and why, and whether the rotation caused them. */
import type { Finding } from "../../finding.ts";
import type { LogRow } from "../../seams/logs.ts";
import { formatInstant } from "../../time.ts";
import { cookiesNotLogged } from "../coverage.ts";
import type { JudgedLine } from "../judge-lines.ts";
import { type AnswerRow, type KnownFacts, type Question, type QuestionAnswer, sum } from "../question.ts";
import { instantValue, numberValue, textValue } from "../row-values.ts";

export const denials: Question = {
  name: "denials",
  title: "401 and 403 over time, by who answered and why",
  texts: ({ bucket }) => ({
    denials: `SELECT to_unixtime(date_trunc('${bucket}', at_time)) AS bucket, answered_by, wire_code, COUNT(*) AS requests
FROM logs
WHERE is_denied
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3`,
    phases: `SELECT rotation_phase, COUNT(*) AS requests, COUNT_IF(is_denied) AS denied, COUNT_IF(answered_by = 'edge-signature') AS denied_by_signature
FROM logs
GROUP BY 1
ORDER BY 1`,
  }),
  answer(tables, known) {
    const rows = (tables.denials ?? []).flatMap((row) => rowsByReason(row, known));
    const phases = (tables.phases ?? [])
      .filter(({ rotation_phase }) => rotation_phase !== null)
      .map(phaseRow)
      .sort((one, other) => placeOf(one) - placeOf(other));
    const byAnswerer = totals(rows, ({ answered_by, wire_code }) =>
      answered_by === "edge-signature"
        ? `edge-signature ${wire_code ?? "behind an error page"}`
        : `${answered_by}`,
    );
    const all = sum(rows.map(({ requests }) => Number(requests)));
    return {
      rows,
      tables: {
        phases,
        marks: known.marks.stages.map(({ stage, at }) => ({ stage, at: formatInstant(at) })),
      },
      says: [
        all === 0
          ? "no request was denied"
          : `${all} denied: ${byAnswerer.map(([who, count]) => `${count} by ${who}`).join(", ")}`,
        ...phases.map(
          ({ rotation_phase, requests, denied_by_signature }) =>
            `${rotation_phase} the rotation: ${denied_by_signature} of ${requests} requests denied by the signature check`,
        ),
      ],
      cannotTell: unclearReasons(rows, known),
      findings: [...maskedFinding(known), ...rotationFinding(phases, known)],
    } satisfies QuestionAnswer;
  },
};

/** In the order of time. */
const placeOf = ({ rotation_phase }: AnswerRow) =>
  ["before", "during", "after"].indexOf(String(rotation_phase));

/** One row per reason; unexplained denials stay `cannot-tell`. */
function rowsByReason(row: LogRow, { reasons }: KnownFacts): AnswerRow[] {
  const bucket = instantValue(row, "bucket");
  const [answeredBy, wireCode] = [textValue(row, "answered_by") ?? "unsure", textValue(row, "wire_code")];
  const same = reasons.judged.filter(
    ({ line }) =>
      line.bucket === numberValue(row, "bucket") &&
      line.answeredBy === answeredBy &&
      line.wireCode === wireCode,
  );
  const byReason = new Map<string, number>();
  for (const judged of same) {
    const key = reasonOf(judged);
    if (key !== undefined) byReason.set(key, (byReason.get(key) ?? 0) + judged.line.requests);
  }
  const rest = numberValue(row, "requests") - sum([...byReason.values()]);
  const made = (by: string, reason: string | null, requests: number): AnswerRow => ({
    bucket,
    answered_by: by,
    wire_code: wireCode,
    reason,
    requests,
  });
  const rows = [...byReason].sort().map(([reason, requests]) => made("edge-signature", reason, requests));
  return rest > 0 ? [...rows, made(answeredBy, unexplained(answeredBy, wireCode), rest)] : rows;
}

/** Undefined: nothing in the line shows a denial by the signature check. */
function reasonOf({ line, reason }: JudgedLine): string | undefined {
  if (line.answeredBy === "edge-signature") return reason;
  return reason === "cannot-tell" ? undefined : reason;
}

function unexplained(answeredBy: string, wireCode: string | null): string | null {
  if (wireCode === "InvalidKey") return "key-not-trusted";
  return answeredBy === "edge-signature" || answeredBy === "error-page" ? "cannot-tell" : null;
}

function phaseRow(row: LogRow): AnswerRow {
  return {
    rotation_phase: textValue(row, "rotation_phase"),
    requests: numberValue(row, "requests"),
    denied: numberValue(row, "denied"),
    denied_by_signature: numberValue(row, "denied_by_signature"),
  };
}

function totals(rows: readonly AnswerRow[], name: (row: AnswerRow) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(name(row), (counts.get(name(row)) ?? 0) + Number(row.requests));
  return [...counts].sort(([, one], [, other]) => other - one);
}

function unclearReasons(rows: readonly AnswerRow[], { coverage, reasons }: KnownFacts) {
  const hidden = sum(
    rows.filter(({ reason }) => reason === "cannot-tell").map(({ requests }) => Number(requests)),
  );
  return [
    ...(hidden > 0 ? cookiesNotLogged(`the reason for ${hidden} denials`, coverage) : []),
    ...(reasons.hasTrust || !rows.some(({ answered_by }) => answered_by === "edge-signature")
      ? []
      : [
          {
            why: "which keys are trusted: no account was read, so reasons are based on the lines alone",
            instead: "name the gate: keyturn logs denials FILE --gate NAME",
          },
        ]),
    ...(reasons.unjudged > 0
      ? [
          {
            why: `the reasons for ${reasons.unjudged} denials: too many distinct credentials`,
            instead: "choose a shorter time: --from, --to",
          },
        ]
      : []),
  ];
}

function maskedFinding({ reasons }: KnownFacts): Finding[] {
  const masked = reasons.judged.filter(
    ({ line, reason }) => line.answeredBy === "error-page" && reason !== "cannot-tell",
  );
  if (masked.length === 0) return [];
  const requests = sum(masked.map(({ line }) => line.requests));
  return [
    {
      id: "denial-masked",
      severity: "warning",
      message: "a custom error response hides denials: viewers get a status other than 403",
      basis: "observed",
      evidence: [
        `${requests} requests denied by the signature check, but logged with result type Error and no 403`,
        ...reasonCounts(masked),
      ],
      remedy:
        "clients must not mistake that page for content: return the error page with 403, or teach clients to recognize it",
    },
  ];
}

function reasonCounts(judged: readonly JudgedLine[]): string[] {
  const counts = new Map<string, number>();
  for (const { reason, line } of judged) counts.set(reason, (counts.get(reason) ?? 0) + line.requests);
  return [...counts].map(([reason, requests]) => `${requests} by reason ${reason}`);
}

/** More than twice the rate before, and higher by more than one request in a thousand. */
function rotationFinding(phases: readonly AnswerRow[], { marks }: KnownFacts): Finding[] {
  const rate = (phase: string) => {
    const row = phases.find(({ rotation_phase }) => rotation_phase === phase);
    return row === undefined || row.requests === 0
      ? undefined
      : Number(row.denied_by_signature) / Number(row.requests);
  };
  const before = rate("before");
  if (before === undefined) return [];
  const worse = ["during", "after"].filter((phase) => {
    const now = rate(phase);
    return now !== undefined && now > 2 * before && now - before > 0.001;
  });
  if (worse.length === 0) return [];
  return [
    {
      id: "rotation-raised-denials",
      severity: "error",
      message: `the signature check denied more ${worse.join(" and ")} rotation ${marks.rotation} than before`,
      basis: "inferred",
      evidence: phases.map(
        ({ rotation_phase, requests, denied_by_signature }) =>
          `${rotation_phase}: ${denied_by_signature} of ${requests} requests`,
      ),
      remedy:
        "`keyturn rotate status` shows what the rotation still needs; `keyturn logs old-key` and `keyturn logs propagation` on the same files show where",
    },
  ];
}
