/** More distinct credentials than are judged: the first 20,000 in time are, whatever their number of requests. */
import { expect, it } from "vitest";
import { askLogs, logFile, rowsOf } from "./asked-logs.ts";
import { jsonText } from "./lines.ts";
import { denied, OLD, T0 } from "./planted.ts";

const PER_SECOND = 100;

/** In each second 100 credentials, each of them sent twice; all have expired. Latest first. */
function expiredLines(credentials: number) {
  const policy = `{"Statement":[{"Resource":"https://app.example.com/*","Condition":{"DateLessThan":{"AWS:EpochTime":${T0 - 60}}}}]}`;
  const [encoded, signature] = [policy, "x".repeat(256)].map((text) =>
    Buffer.from(text).toString("base64").replaceAll("=", "_"),
  );
  const expired = `CloudFront-Policy=${encoded}; CloudFront-Signature=${signature}; CloudFront-Key-Pair-Id=${OLD}`;
  return Array.from({ length: credentials }, (_, index) => {
    const at = T0 + Math.floor(index / PER_SECOND);
    const line = denied("AccessDenied", at, { cookie: `sid=${index}; ${expired}` });
    return [line, { ...line, id: `${line.id}again` }];
  })
    .reverse()
    .flat();
}

async function askedAbout(credentials: number) {
  const asked = await askLogs(["denials", logFile(jsonText(expiredLines(credentials)))]);
  const counts = { expired: 0, "cannot-tell": 0 };
  const times = { expired: [] as string[], "cannot-tell": [] as string[] };
  for (const row of rowsOf(asked, "denials")) {
    const reason = row.reason as keyof typeof counts;
    counts[reason] += Number(row.requests);
    times[reason].push(String(row.bucket));
  }
  const notes = asked.result.questions.denials?.cannot_tell.map(({ why }) => why) ?? [];
  return { counts, times, note: notes.find((why) => why.includes("too many")) };
}

it("judges 20,000, and says how many denials are left", async () => {
  const { counts, times, note } = await askedAbout(20_150);
  expect(counts).toEqual({ expired: 40_000, "cannot-tell": 300 });
  expect(note).toContain("the reasons for 300 denials: too many distinct credentials");
  const [first] = times["cannot-tell"].sort();
  expect(times.expired.every((bucket) => bucket <= String(first))).toBe(true);
});

it("judges every one of 20,000", async () => {
  const { counts, note } = await askedAbout(20_000);
  expect(counts).toEqual({ expired: 40_000, "cannot-tell": 0 });
  expect(note).toBeUndefined();
});
