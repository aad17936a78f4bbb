/** How a proof grows: canary checks in a row, spread over the settle time, and the edge locations that were behind. */
import { describe, expect, it } from "vitest";
import { advanceProof, type CanaryCheckOutcome, proofLength } from "../../src/rotation/proof.ts";
import type { Proof } from "../../src/rotation/record.ts";

const TIMING = { settle: 60, skew: 5, triples: 3 };
const LENGTH = proofLength(TIMING);

const knows = (...locations: string[]): CanaryCheckOutcome => ({
  good: true,
  locations,
  requestIds: [],
  knowing: locations,
  behind: [],
});
const behind = (...locations: string[]): CanaryCheckOutcome => ({
  ...knows(...locations),
  good: false,
  complaint: "did not accept it",
  knowing: [],
  behind: locations,
});

function grown(...triples: readonly (readonly [at: number, outcome: CanaryCheckOutcome])[]): Proof {
  const proof = triples.reduce<Proof | undefined>(
    (before, [sentAt, outcome]) =>
      advanceProof(before, { keyPairId: "KNEW", groups: [], sentAt, doneAt: sentAt, outcome }, TIMING),
    undefined,
  );
  return proof as Proof;
}

describe("a proof", () => {
  it.each([
    [LENGTH - 1, undefined],
    [LENGTH, LENGTH],
    [LENGTH + 1, LENGTH + 1],
  ])("takes the settle time plus the skew: last canary check after %i s, proven at %s", (last, provenAt) => {
    expect(grown([0, knows("A")], [30, knows("A")], [last, knows("A")]).provenAt).toBe(provenAt);
  });

  it("waits for a location that was behind, and is complete once it has learned", () => {
    const met = [
      [0, behind("A")],
      [10, knows("B")],
      [40, knows("B")],
    ] as const;
    const waiting = grown(...met, [60, knows("B")]);
    expect(waiting).toMatchObject({ good: 3, behind: { A: 0 } });
    expect(waiting.provenAt).toBeUndefined();
    const complete = grown(...met, [60, knows("A", "B")], [10 + LENGTH, knows("B")]);
    expect(complete).toMatchObject({ good: 4, provenAt: 10 + LENGTH });
    expect(complete.behind).toBeUndefined();
  });

  it("starts over if that location is reached again and is still behind", () => {
    const again = grown([0, behind("A")], [10, knows("B")], [40, knows("B")], [60, behind("A")]);
    expect(again).toMatchObject({ good: 0, behind: { A: 60 }, complaint: "did not accept it" });
  });

  it.each([
    [LENGTH - 1, { A: 0 }],
    [LENGTH, undefined],
    [LENGTH + 1, undefined],
  ])(
    "stops waiting for that location if nobody reached it for the settle time plus the skew: after %i s",
    (at, left) => {
      expect(grown([0, behind("A")], [1, knows("B")], [at, knows("B")]).behind).toEqual(left);
    },
  );

  it("takes no extra time if that location is not reached again", () => {
    const proof = grown([0, behind("A")], [10, knows("B")], [40, knows("B")], [10 + LENGTH, knows("B")]);
    expect(proof.provenAt).toBe(10 + LENGTH);
  });
});
