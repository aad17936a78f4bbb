/** Many requests, one line each. */
import type { RequestSurvey } from "../inspect/inspect-input.ts";
import type { SurveyLine } from "../inspect/survey.ts";
import { table, widest } from "../text/layout.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "./style.ts";

export function surveyText({ requests }: RequestSurvey, style: Style): string {
  const rows = requests.map((line) => [signOf(line, style), ...cellsOf(line)]);
  const before = widest(rows.map((row) => table([row])));
  const room = Math.max(30, style.columns - before - 2);
  const lines = table(
    rows.map((row, index) => [...row, shorten(printable(requests[index]?.url ?? ""), room)]),
  );
  return `${lines}\n\n${summary(requests)}`;
}

function cellsOf({ source, method, status, verdict, code, denied }: SurveyLine): string[] {
  const number = /(\d+)\D*$/.exec(source.replace(/ of \d+$/, ""))?.[1] ?? source;
  const word = { allow: "allow", deny: "deny", unknown: "not decided", unsigned: "" }[verdict];
  const judged = [word, denied ?? code].filter(Boolean).join(" ");
  return [number, printable(method), status === undefined ? "" : String(status), judged];
}

function signOf({ verdict, denied }: SurveyLine, style: Style): string {
  if (denied !== undefined || verdict === "deny") return style.bad(style.sign.fail);
  return verdict === "allow" ? style.good(style.sign.ok) : style.dim(style.sign.skip);
}

/** Keeps both ends: the start shows the host, the end the file. */
function shorten(url: string, room: number): string {
  if (url.length <= room) return url;
  const tail = Math.floor(room / 3);
  return `${url.slice(0, room - tail - 3)}...${url.slice(-tail)}`;
}

function summary(requests: readonly SurveyLine[]): string {
  const count = (wanted: (line: SurveyLine) => boolean) => requests.filter(wanted).length;
  const parts = [
    [count(({ denied }) => denied !== undefined), "denied by the signature check"],
    [count(({ verdict, denied }) => verdict === "deny" && denied === undefined), "would be denied"],
    [count(({ verdict }) => verdict === "unsigned"), "not signed"],
  ] as const;
  const counts = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return [`${requests.length} requests`, ...counts].join(", ");
}
