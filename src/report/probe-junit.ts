/** A probe as JUnit: one suite per route, one test per request, and one suite for the whole run. */
import type { Finding } from "../finding.ts";
import { probeCase } from "../probe/cases.ts";
import { faultNamed } from "../probe/faults.ts";
import type { JudgedOutcome } from "../probe/judge.ts";
import { LAYER_NAME } from "../probe/layer.ts";
import { type JunitCase, type JunitSuite, junitXml } from "./junit.ts";
import type { ProbeResult } from "./probe.ts";

export function probeJunit(
  judged: readonly JudgedOutcome[],
  findings: readonly Finding[],
  result: ProbeResult,
): string {
  const labels = [...new Set(judged.map(({ request }) => request.target.label))];
  const faults = new Set(judged.flatMap(({ judgement }) => ("fault" in judgement ? judgement.fault : [])));
  const suites = labels.map(
    (label): JunitSuite => ({
      name: label,
      cases: judged
        .filter(({ request }) => request.target.label === label)
        .map((each) => caseOf(each, findings)),
    }),
  );
  return junitXml("keyturn probe", [...suites, runSuite(findings, faults, result)]);
}

function caseOf(
  { request, judgement, answer, expectation }: JudgedOutcome,
  findings: readonly Finding[],
): JunitCase {
  const name = `${request.method} ${probeCase(request.caseId).title}`;
  switch (judgement.verdict) {
    case "met":
      return { name };
    case "observed":
    case "unproved":
      return { name, skipped: judgement.because };
    case "not-asked":
      return { name, error: judgement.because };
    case "failed": {
      // A consequence of another fault gets no separate finding.
      const finding = findings.find(({ id }) => id === judgement.fault) ?? faultNamed(judgement.fault);
      const wanted = expectation.kind === "denied" ? expectation.codes.join(" or ") : expectation.kind;
      const got =
        answer === undefined
          ? "no answer"
          : (answer.code ?? `${answer.status} by ${LAYER_NAME[answer.layer]}`);
      return {
        name,
        failure: {
          message: `${judgement.fault}: expected ${wanted}, got ${got}`,
          text: [finding.message, ...(answer?.evidence ?? []), finding.remedy ?? ""].join("\n"),
        },
      };
    }
  }
}

/** What no single request shows: controls, the origin's log, the way around the edge, skipped requests. */
function runSuite(
  findings: readonly Finding[],
  faults: ReadonlySet<string>,
  result: ProbeResult,
): JunitSuite {
  const whole = findings.filter(
    ({ id, severity }) => !faults.has(id) && id !== "unreachable" && severity !== "note",
  );
  return {
    name: "the run",
    cases: [
      {
        name: "both controls were answered",
        failure: result.controlled
          ? undefined
          : {
              message: "proves nothing",
              text: "a valid and an unsigned request must get a response",
            },
      },
      ...whole.map(
        ({ id, message, evidence, remedy }): JunitCase => ({
          name: id,
          failure: { message, text: [...evidence, remedy ?? ""].join("\n") },
        }),
      ),
      ...result.notAsked.map(
        ({ case: name, because }): JunitCase => ({ name: `case ${name}`, skipped: because }),
      ),
      ...result.routesNotAsked.map(
        ({ route, because }): JunitCase => ({ name: `route ${route}`, skipped: because }),
      ),
    ],
  };
}
