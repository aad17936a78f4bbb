/** Why the signature check denied a request, in the words of `keyturn inspect`; the response does not show it. */

import type { Distribution } from "../../cloudfront/distribution.ts";
import { behaviorFor } from "../../edge/behavior.ts";
import type { Verdict, Verify } from "../../edge/verdict.ts";
import { inspectRequest } from "../../inspect/inspect-request.ts";
import type { EpochSeconds } from "../../time.ts";
import type { EffectiveConfig } from "../edge/effective-config.ts";

export interface DeniedRequest {
  readonly method: string;
  readonly url: string;
  readonly cookies: readonly (readonly [name: string, value: string])[];
  readonly ip: string;
}

/** `expired: the policy has expired; the set ended 40s ago ...`. Holds no cookie value and no signature. */
export function explainDenial(
  request: DeniedRequest,
  verdict: Verdict,
  { config, distribution, now }: { config: EffectiveConfig; distribution: Distribution; now: EpochSeconds },
): string {
  const target = request.url.replace(/^[^:]+:\/\/[^/]*/, "");
  const behavior = behaviorFor(distribution, target);
  // Made by the edge from the groups of a behavior.
  const keys = behavior && (config.trust(behavior) as ReadonlyMap<string, Verify> | undefined);
  const { findings } = inspectRequest({
    capture: {
      form: "http-request",
      source: "request",
      method: request.method,
      url: request.url,
      cookies: request.cookies.map(([name, value]) => ({ name, value })),
      remarks: [],
    },
    url: request.url,
    ip: request.ip,
    at: now,
    found: {
      trust: keys,
      source: {
        where: `behavior ${behavior?.pathPattern ?? "*"}`,
        keys: keys ?? new Map(),
        hosts: distribution.aliases,
      },
    },
  });
  const at = findings.findIndex(({ id }) => id === verdict.reason);
  const sentence = findings[at]?.message.replace(/: the edge answers .*$/, "") ?? "denied";
  const why = findings[at + 1]?.message;
  return [`${verdict.reason}: ${sentence}`, ...(why === undefined ? [] : [why])].join("; ");
}
