/** Why the edge denies cookies that were minted just now: their own times, Resource and key, as inspect judges them. */
import type { CapturedCookie } from "../capture/capture.ts";
import type { Finding } from "../finding.ts";
import type { Gate } from "../gates/gate.ts";
import { inspectRequest } from "../inspect/inspect-request.ts";
import { COOKIE_NAMES } from "../policy/cookie-set.ts";
import { type EpochSeconds, formatDuration, formatInstant } from "../time.ts";
import { type FlowAnswer, isSigningCookie } from "./flow-browser.ts";

/** The denial, with its likeliest cause as evidence; empty where nothing in the cookies explains it. No values. Pure. */
export function whyDenied(
  sent: readonly CapturedCookie[],
  url: string,
  answer: FlowAnswer,
  now: EpochSeconds,
  { name: gate }: Pick<Gate, "name">,
): Finding[] {
  const cookies = sent.filter(isSigningCookie);
  // Uses the edge's clock, and the edge's answer to tell whether it trusts the key.
  const at = now - (answer.machineAhead ?? 0);
  const capture = { form: "cookie-header", source: "the minted cookies", url, cookies, remarks: [] } as const;
  const trust = answer.code === "InvalidKey" ? new Map() : "unknown";
  const { inspection, findings } = inspectRequest({ capture, url, at, found: { trust }, gate });
  const denial = findings.find(({ id }) => id === inspection.reason);
  if (denial === undefined) return [];
  const causes = findings.filter((each) => each !== denial && each.id !== "undocumented");
  const keyPairId = cookies.find(({ name }) => name === COOKIE_NAMES.keyPairId)?.value;
  const starts = inspection.policy?.dateGreaterThan;
  const evidence = [
    ...(denial.id === "key-not-trusted" && /^K[0-9A-Z]{1,30}$/.test(keyPairId ?? "")
      ? [`minted with ${keyPairId}`]
      : []),
    ...(denial.id === "not-yet-valid" && starts !== undefined
      ? [
          `DateGreaterThan is ${formatInstant(starts.epoch)}, ${formatDuration(starts.fromNow)} after the edge's time`,
        ]
      : []),
    ...causes.slice(0, 1).map(({ id, message }) => `${id}: ${message}`),
  ];
  const remedy = causes.find((each) => each.remedy !== undefined)?.remedy;
  return [{ ...denial, message: `freshly minted, ${denial.message}`, evidence, remedy, where: url }];
}
