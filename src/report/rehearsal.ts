/** The end of a rehearsal: the counts that matter, those that must be zero marked, and a finding for each that is not. */
import type { Finding } from "../finding.ts";
import type { CountName, LoggedCounts, RehearsalCounts } from "../sandbox/rehearsal/counts.ts";
import type { RehearsalEnd } from "../sandbox/rehearsal/rehearsal.ts";
import { outcomeOf, type Report } from "./report.ts";
import type { Style } from "./style.ts";

interface Line {
  readonly name: CountName;
  readonly label: string;
  /** Must be 0; the finding if it is not. */
  readonly wrong?: { readonly id: string; readonly message: string };
}

export const LINES: readonly Line[] = [
  { name: "requests", label: "requests to the edge" },
  {
    name: "validDenied",
    label: "valid viewers denied",
    wrong: {
      id: "valid-viewer-denied",
      message: "the edge denied viewers with valid cookies",
    },
  },
  {
    name: "viewerFailures",
    label: "viewers failed otherwise",
    wrong: {
      id: "viewer-failed",
      message: "viewers could not log in, mint or call the API for another reason",
    },
  },
  {
    name: "logoutsIncomplete",
    label: "logouts that left a cookie",
    wrong: { id: "logout-incomplete", message: "a logout left signing cookies in the browser" },
  },
  {
    name: "attacksLetThrough",
    label: "unsigned, forged or expired requests let through",
    wrong: {
      id: "attack-let-through",
      message: "the edge let unsigned, forged or expired requests through",
    },
  },
  {
    name: "unauthorizedOriginCalls",
    label: "origin calls by unauthorized requests",
    wrong: {
      id: "origin-called",
      message: "the origin handled requests that the edge should have denied",
    },
  },
  { name: "mints", label: "mints" },
  { name: "remints", label: "of these after a denial (expired cookies)" },
  { name: "peakRemints", label: "most of them within one second" },
];

/** Everything except what only the drawings need. */
type Counted = Omit<RehearsalEnd, "edge" | "look" | "journal">;

export function rehearsalReport(end: Counted): Report {
  const findings = [...LINES.flatMap((line) => findingOf(line, end)), ...disagreement(end)];
  return {
    outcome: end.rotation.outcome === "done" ? outcomeOf(findings) : "finding",
    result: {
      counts: end.counts,
      logged: end.logged,
      seconds: Math.round(end.took),
      rotation: end.rotation.result,
      unattended: end.unattended,
    },
    findings,
    text: (style) => text(end, style),
  };
}

/** Two counts of the same thing. */
function disagreement({ logged }: Counted): Finding[] {
  if (logged === undefined) return [];
  const { requests, deniedBySignature, ungated } = logged;
  const differs = requests.edge !== requests.logs || deniedBySignature.edge !== deniedBySignature.logs;
  if (!differs && ungated === 0) return [];
  return [
    {
      id: "logs-disagree",
      severity: "error",
      message: "the access logs disagree with what the edge did",
      basis: "observed",
      evidence: loggedLines(logged),
    },
  ];
}

export const loggedLines = ({ requests, deniedBySignature, ungated }: LoggedCounts) => [
  `requests, probes included: ${grouped(requests.logs)} logged, ${grouped(requests.edge)} answered`,
  `denied by the signature check: ${grouped(deniedBySignature.logs)} logged, ${grouped(deniedBySignature.edge)} denied`,
  `let in without a credential: ${grouped(ungated)} logged`,
];

function unattendedLines({ unattended }: Counted): string[] {
  if (unattended === undefined) return [];
  const { execution, turns, events, told } = unattended;
  return [
    "  Driven by the state machine that `keyturn unattended template` deploys:",
    `    execution ${execution}`,
    `    ${turns} turns of its function, ${events} events of its history`,
    ...told.map((subject) => `    notification sent: ${subject}`),
    "",
  ];
}

function text(end: Counted, style: Style): string {
  const { counts, took, rotation, logged } = end;
  const ended = rotation.outcome === "done" ? "finished: all ten stages" : "did not finish";
  const width = Math.max(...LINES.map(({ label }) => label.length));
  const digits = Math.max(...LINES.map(({ name }) => grouped(counts[name]).length));
  return [
    style.bold(`The rotation ${ended}, ${Math.round(took)} s under live traffic.`),
    "",
    ...LINES.map(({ name, label, wrong }) => {
      const line = `  ${label.padEnd(width)}  ${grouped(counts[name]).padStart(digits)}`;
      if (!wrong) return line;
      return counts[name] === 0
        ? `${line}  ${style.good(style.sign.ok)}`
        : `${line}  ${style.bad(`${style.sign.fail} must be 0`)}`;
    }),
    "",
    ...(logged === undefined
      ? []
      : [
          "  The edge's access logs, as `keyturn logs` reads them:",
          ...loggedLines(logged).map((line) => `    ${line}`),
          "",
        ]),
    ...unattendedLines(end),
    `  Among them ${grouped(counts.attacks)} attacks. The edge is a gate, not authentication:`,
    "  the application behind it authorized every call itself.",
  ].join("\n");
}

function findingOf({ name, wrong }: Line, { counts, evidence }: Counted): Finding[] {
  if (!wrong || counts[name] === 0) return [];
  return [
    {
      id: wrong.id,
      severity: "error",
      message: `${wrong.message} (${counts[name]})`,
      basis: "observed",
      evidence: evidence[name] ?? [],
    },
  ];
}

const grouped = (count: RehearsalCounts[CountName]) => count.toLocaleString("en-US");
