/** The same path on two hosts: a probe of one is no evidence for the other. */
import { expect, it } from "vitest";
import { probeEvidence } from "../../src/audit/probe-evidence.ts";
import type { ProbeRun } from "../../src/probe/run.ts";
import { targetsOfUrls, urlOf } from "../../src/probe/target.ts";
import { healthyGate } from "./account.ts";

const GATE = {
  ...healthyGate("E1", "group"),
  canaries: { E1: "https://one.example.com/private/c", E2: "https://two.example.com/private/c" },
};
const [ROUTE] = GATE.routes as [(typeof GATE.routes)[number]];

function answered(distribution: "E1" | "E2", verdict: "met" | "unmet") {
  const [target] = targetsOfUrls([urlOf(GATE, distribution, ROUTE) ?? ""]);
  return {
    request: { target, caseId: "none" },
    expectation: { kind: "denied" },
    answer: { status: verdict === "met" ? 403 : 200 },
    judgement: { verdict },
  };
}

it("the audit keeps the evidence of each distribution apart", () => {
  const judged = [answered("E1", "met"), answered("E2", "unmet")];
  const { byUrl } = probeEvidence({ judged } as unknown as ProbeRun, 0);
  expect(byUrl.get("https://one.example.com/private/film.mp4")?.edge.state).toBe("yes");
  expect(byUrl.get("https://two.example.com/private/film.mp4")?.edge.state).toBe("no");
});

it("the audit has no evidence for a distribution without a canary if others have one", () => {
  expect(urlOf(GATE, "E3", ROUTE)).toBeUndefined();
  expect(urlOf({ ...GATE, canaries: {} }, "E3", ROUTE)).toBe("https://cdn.example.com/private/film.mp4");
});
