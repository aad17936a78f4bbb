/** Estimates the time from response Date headers: bounds, contradictions, and how far this machine's clock is off. */
import { describe, expect, it } from "vitest";
import { AnswerDates, clockAhead, type DateSource, freshDate } from "../src/answer-dates.ts";
import { httpDate } from "./fakes/http-date.ts";

const T = 1_800_000_000;

/** Consecutive answers: the sender, its Date as seconds after T, and this machine's clock (T by default). */
function heard(...answers: readonly (readonly [by: DateSource, date: number, here?: number])[]): AnswerDates {
  const dates = new AnswerDates();
  for (const [by, date, here = 0] of answers) dates.asking(by, () => T + here)(httpDate(T + date));
  return dates;
}

describe("the time according to AWS's Date headers", () => {
  it("is unknown until the first answer with a valid Date", () => {
    const dates = new AnswerDates();
    dates.asking("CloudFront", () => T)(undefined);
    dates.asking("CloudFront", () => T)("yesterday");
    expect([dates.earliest, dates.latest, dates.machineAhead]).toEqual([undefined, undefined, undefined]);
  });

  it("lies between the older service's newest Date and the end of the newer one's second", () => {
    const dates = heard(["CloudFront", 3], ["Secrets Manager", 7]);
    expect([dates.earliest, dates.latest]).toEqual([T + 3, T + 8]);
  });

  it("never goes back, and ignores the Dates of the edge and of STS", () => {
    const dates = heard(["CloudFront", 3], ["CloudFront", 1], ["the edge", 60], ["STS", 60]);
    expect([dates.earliest, dates.latest]).toEqual([T + 3, T + 4]);
  });

  it("loses fractions, because a Date is rounded down to a whole second", () => {
    expect(heard(["CloudFront", 3.9]).earliest).toBe(T + 3);
  });
});

describe("a contradiction between Dates", () => {
  it.each([
    [
      "is not found if Dates only increase",
      [
        ["CloudFront", 1],
        ["Secrets Manager", 1],
        ["CloudFront", 2],
      ],
      undefined,
    ],
    [
      "is found when a later answer has an earlier Date",
      [
        ["CloudFront", 90],
        ["Secrets Manager", 30],
      ],
      60,
    ],
    [
      "is found within one service's answers",
      [
        ["CloudFront", 90],
        ["CloudFront", 30],
      ],
      60,
    ],
    [
      "is found when the edge is behind",
      [
        ["CloudFront", 90],
        ["the edge", 0],
      ],
      90,
    ],
    [
      "is found when the edge is ahead",
      [
        ["the edge", 90],
        ["CloudFront", 0],
      ],
      90,
    ],
    [
      "is the largest of several",
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

  it("is not found between concurrent requests, since either may have been answered first", () => {
    const dates = new AnswerDates();
    const [one, other] = [dates.asking("CloudFront", () => T), dates.asking("Secrets Manager", () => T)];
    one(httpDate(T + 90));
    other(httpDate(T));
    expect(dates.contradiction).toBeUndefined();
  });

  it("says nothing about this machine's clock", () => {
    expect(heard(["CloudFront", 90, 90], ["Secrets Manager", 0, 90]).machineAhead).toBeUndefined();
  });
});

describe("how far this machine's clock is ahead", () => {
  it.each([
    // The request took no time, and its Date is at most a second old.
    [6, 6, undefined],
    [7, 7, 7],
    [-5, -5, undefined],
    [-6, -6, -6],
    // A slow response can explain a difference, so none is reported.
    [-600, 600, undefined],
    [-1, 40, undefined],
    [30, 50, 40],
    // The clock was set back during the request.
    [30, 10, undefined],
  ])("for a request sent at %i and answered at %i by that clock, is %s", (sentAt, receivedAt, ahead) => {
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
