/** `keyturn logs remints`: what the row of a looping client counts. */
import { expect, it } from "vitest";
import { askLogs, logFile } from "./asked-logs.ts";
import { type LoggedRequest, v1Text } from "./lines.ts";
import { cookieOf, denied, id, NEW, T0 } from "./planted.ts";

const at = (seconds: number) => new Date((T0 + seconds) * 1000).toISOString().replace(".000", "");
const refused = (seconds: number) => denied("AccessDenied", T0 + seconds);
const passed = (seconds: number): LoggedRequest => ({
  at: T0 + seconds,
  id: id(),
  status: 200,
  cookie: cookieOf(NEW),
});
const run = (from: number, count: number, step = 5) =>
  Array.from({ length: count }, (_, nth) => refused(from + nth * step));

it("of two runs of denials, the longer one counts, with its own times", async () => {
  const events = [...run(0, 6), passed(100), ...run(3600, 8), passed(3700)];
  const asked = await askLogs(["remints", logFile(v1Text(events))]);
  expect(asked.result.questions.remints?.loops).toMatchObject([
    { kind: "denied-repeatedly", requests: 8, first_seen: at(3600), last_seen: at(3635) },
  ]);
});

it("a run that begins as a loop and slows down counts as a whole, and the evidence says so", async () => {
  const asked = await askLogs(["remints", logFile(v1Text([...run(0, 5), ...run(300, 5, 120)]))]);
  expect(asked.result.questions.remints?.loops).toMatchObject([
    { requests: 10, first_seen: at(0), last_seen: at(780) },
  ]);
  const evidence = asked.findings.flatMap((finding) => finding.evidence ?? []).join("\n");
  expect(evidence).toContain("denied at least 5 times within 60 s, without an accepted request in between");
  expect(evidence).toMatch(/longest run of denials:\nclient \w+: 10 denials/);
});
