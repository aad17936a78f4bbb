/** The time according to response Dates: bounds, contradictions, and how far a machine's clock is off. */
import { describe, expect, it } from "vitest";
import { AnswerDates, clockAhead, type Dater, freshDate } from "../src/answer-dates.ts";
import { httpDate } from "./fakes/http-date.ts";

const T = 1_800_000_000;

/** Answers one after the other: whose, its Date after T, and what this machine shows (T unless told). */
function heard(...answers: readonly (readonly [by: Dater, date: number, here?: number])[]): AnswerDates {
  const dates = new AnswerDates();
  for (const [by, date, here = 0] of answers) dates.asking(by, () => T + here)(httpDate(T + date));
  return dates;
}

describe("the time by AWS's Dates", () => {
  it("is unknown before the first answer, and stays so without a Date", () => {
    const dates = new AnswerDates();
    dates.asking("CloudFront", () => T)(undefined);
    dates.asking("CloudFront", () => T)("yesterday");
    expect([dates.earliest, dates.latest, dates.machineAhead]).toEqual([undefined, undefined, undefined]);
  });

  it("is not earlier than the older service's newest Date, nor later than the newer one's whole second", () => {
    const dates = heard(["CloudFront", 3], ["Secrets Manager", 7]);
    expect([dates.earliest, dates.latest]).toEqual([T + 3, T + 8]);
  });

  it("never goes back, and ignores the Dates of the edge and of STS", () => {
    const dates = heard(["CloudFront", 3], ["CloudFront", 1], ["the edge", 60], ["STS", 60]);
    expect([dates.earliest, dates.latest]).toEqual([T + 3, T + 4]);
  });

  it("ignores fractions: a Date is a whole second, rounded down", () => {
    expect(heard(["CloudFront", 3.9]).earliest).toBe(T + 3);
  });
});

describe("Dates that contradict each other", () => {
  it.each([
    [
      "none: they only grow",
      [
        ["CloudFront", 1],
        ["Secrets Manager", 1],
        ["CloudFront", 2],
      ],
      undefined,
    ],
    [
      "a later answer with an earlier Date",
      [
        ["CloudFront", 90],
        ["Secrets Manager", 30],
      ],
      60,
    ],
    [
      "by the same service",
      [
        ["CloudFront", 90],
        ["CloudFront", 30],
      ],
      60,
    ],
    [
      "the edge behind",
      [
        ["CloudFront", 90],
        ["the edge", 0],
      ],
      90,
    ],
    [
      "the edge ahead",
      [
        ["the edge", 90],
        ["CloudFront", 0],
      ],
      90,
    ],
    [
      "the worst of several",
      [
        ["CloudFront", 9],
        ["the edge", 4],
        ["CloudFront", 9],
        ["the edge", 0],
      ],
      9,
    ],
  ] as const)("%s", (_, answers, seconds) => {
    expect(heard(...answers).contradiction?.seconds).toBe(seconds);
  });

  it("do not exist for two concurrent requests: either may have been answered first", () => {
    const dates = new AnswerDates();
    const [one, other] = [dates.asking("CloudFront", () => T), dates.asking("Secrets Manager", () => T)];
    one(httpDate(T + 90));
    other(httpDate(T));
    expect(dates.contradiction).toBeUndefined();
  });

  it("do not depend on this machine's clock", () => {
    expect(heard(["CloudFront", 90, 90], ["Secrets Manager", 0, 90]).machineAhead).toBeUndefined();
  });
});

describe("how far a machine's clock is off", () => {
  it.each([
    // A Date may be a second old at most, and the request took no time.
    [6, 6, undefined],
    [7, 7, 7],
    [-5, -5, undefined],
    [-6, -6, -6],
    // What a slow response may explain is not a contradiction.
    [-600, 600, undefined],
    [-1, 40, undefined],
    [30, 50, 40],
    // It stepped back while the request was under way.
    [30, 10, undefined],
  ])("sent at %i, answered at %i by its own clock: %s", (sentAt, receivedAt, ahead) => {
    const found = clockAhead(T, T + sentAt, T + receivedAt);
    if (ahead === undefined) expect(found).toBeUndefined();
    else expect(Math.abs((found ?? 0) - ahead)).toBeLessThanOrEqual(1);
  });

  it("is not measured from a cached response", () => {
    expect(freshDate([["date", httpDate(T)]])).toBe(T);
    expect(
      freshDate([
        ["Date", httpDate(T)],
        ["Age", "40"],
      ]),
    ).toBeUndefined();
    expect(freshDate([])).toBeUndefined();
  });
});
