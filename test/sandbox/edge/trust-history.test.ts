import { describe, expect, it } from "vitest";
import type { PublishedConfig } from "../../../src/sandbox/cloudfront/edge-config.ts";
import { TrustHistory, trustedKeys } from "../../../src/sandbox/edge/trust-history.ts";

/** A distribution whose behaviors trust these groups; each group holds these key pair IDs. */
const trusting = (groups: Readonly<Record<string, readonly string[]>>, attached = Object.keys(groups)) =>
  ({
    distributions: [{ behaviors: [{ trustedKeyGroups: attached }, { trustedKeyGroups: [] }] }],
    keyGroups: new Map(
      Object.entries(groups).map(([group, keys]) => [group, new Map(keys.map((key) => [key, "PEM"]))]),
    ),
  }) as unknown as PublishedConfig;

const near = { pop: "FRA56-P4", delay: 2, reachable: true };
const far = { pop: "GRU3-P1", delay: 30, reachable: false };
const never = { pop: "SIN2-P3", delay: Number.POSITIVE_INFINITY, reachable: true };

describe("the history of trust", () => {
  it("has the initial configuration immediately, at every location", () => {
    const history = new TrustHistory([near, far, never]);
    history.publish(trusting({ g: ["KOLD"] }), 100);
    expect(history.until(100)).toEqual([
      { pop: "FRA56-P4", reachable: true, spans: [{ key: "KOLD", from: 100, to: 100 }] },
      { pop: "GRU3-P1", reachable: false, spans: [{ key: "KOLD", from: 100, to: 100 }] },
      { pop: "SIN2-P3", reachable: true, spans: [{ key: "KOLD", from: 100, to: 100 }] },
    ]);
  });

  const rotated = () => {
    const history = new TrustHistory([near, far, never]);
    history.publish(trusting({ g: ["KOLD"] }), 100);
    history.publish(trusting({ g: ["KOLD", "KNEW"] }), 200);
    history.publish(trusting({ g: ["KNEW"] }), 300);
    return history;
  };
  const spansAt = (now: number) =>
    Object.fromEntries(
      rotated()
        .until(now)
        .map(({ pop, spans }) => [pop, spans.map(({ key, from, to }) => `${key} ${from}-${to}`).toSorted()]),
    );

  it.each([
    [201, ["KOLD 100-201"], ["KOLD 100-201"]],
    [202, ["KNEW 202-202", "KOLD 100-202"], ["KOLD 100-202"]],
    [229, ["KNEW 202-229", "KOLD 100-229"], ["KOLD 100-229"]],
    [230, ["KNEW 202-230", "KOLD 100-230"], ["KNEW 230-230", "KOLD 100-230"]],
    [301, ["KNEW 202-301", "KOLD 100-301"], ["KNEW 230-301", "KOLD 100-301"]],
    [302, ["KNEW 202-302", "KOLD 100-302"], ["KNEW 230-302", "KOLD 100-302"]],
    [400, ["KNEW 202-400", "KOLD 100-302"], ["KNEW 230-400", "KOLD 100-330"]],
  ])("shows a change at each location after its own delay: at %d", (now, nearSpans, farSpans) => {
    const told = spansAt(now);
    expect(told["FRA56-P4"]).toEqual(nearSpans);
    expect(told["GRU3-P1"]).toEqual(farSpans);
    expect(told["SIN2-P3"]).toEqual([`KOLD 100-${now}`]);
  });

  it("has two spans for a key that is removed and added again", () => {
    const history = new TrustHistory([{ ...near, delay: 0 }]);
    for (const [at, keys] of [
      [100, ["K1", "K2"]],
      [200, ["K1"]],
      [300, ["K1", "K2"]],
    ] as const)
      history.publish(trusting({ g: keys }), at);
    const [location] = history.until(350);
    expect(location?.spans.filter(({ key }) => key === "K2")).toEqual([
      { key: "K2", from: 100, to: 200 },
      { key: "K2", from: 300, to: 350 },
    ]);
    expect(location?.spans.filter(({ key }) => key === "K1")).toEqual([{ key: "K1", from: 100, to: 350 }]);
  });

  it("forgets the oldest of very many changes, but still knows what is trusted now", () => {
    const history = new TrustHistory([{ ...near, delay: 0 }]);
    for (let at = 0; at < 1000; at += 1)
      history.publish(trusting({ g: at % 2 === 0 ? ["K1"] : ["K1", "K2"] }), at);
    const spans = history.until(1000)[0]?.spans ?? [];
    expect(spans.length).toBeLessThanOrEqual(301);
    expect(
      spans
        .filter(({ to }) => to === 1000)
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(["K1", "K2"]);
  });

  it("is empty before keys have been listed", () => {
    expect(new TrustHistory([near]).until(5)).toEqual([{ pop: "FRA56-P4", reachable: true, spans: [] }]);
  });
});

describe("the trusted keys", () => {
  it("are those of all attached groups, each once; a deleted group adds none", () => {
    const config = trusting({ a: ["K1", "K2"], b: ["K2", "K3"], loose: ["K9"] }, ["a", "b", "gone"]);
    expect(trustedKeys(config)).toEqual(["K1", "K2", "K3"]);
  });
});
