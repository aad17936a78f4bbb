/** The last requests that the edge answered, each with its response and its real reason. Never a cookie value or signature. */

import type { Carrier, DenialReason, Verdict, WireCode } from "../../edge/verdict.ts";
import { QUERY_NAMES } from "../../policy/cookie-set.ts";
import type { EpochSeconds } from "../../time.ts";
import type { Sender } from "./senders.ts";
import { TrafficHistory } from "./traffic-history.ts";

/** What produced the response; a fault is named by its id. */
export type AnsweredBy = "signature-check" | "edge" | "origin" | (string & {});

export interface RecordedRequest {
  readonly at: EpochSeconds;
  /** As in x-amz-cf-id. */
  readonly requestId: string;
  readonly pop: string;
  readonly method: string;
  readonly host: string;
  /** Raw path and query, without the values of signed-URL parameters. */
  readonly target: string;
  readonly status: number;
  readonly by: AnsweredBy;
  readonly originCalled: boolean;
  readonly sender: Sender;
  /** Such a request should never get this response. */
  readonly unexpected: boolean;
  readonly carrier?: Carrier;
  readonly keyPairId?: string;
  readonly code?: WireCode;
  /** The real reason. */
  readonly reason?: DenialReason;
  /** One sentence: the cause of a denial or of a failed origin. Only in front of an application. */
  readonly why?: string;
  /** Undocumented rules that the verdict depends on. */
  readonly undocumented?: readonly string[];
}

/** What the edge records; most of it is formatted only when read. */
export interface RequestRecord extends Omit<RecordedRequest, keyof VerdictFields> {
  readonly verdict: Verdict | undefined;
}
type VerdictFields = Pick<RecordedRequest, "carrier" | "keyPairId" | "code" | "reason" | "undocumented">;

const KEPT = 200;

export class RequestHistory {
  readonly traffic = new TrafficHistory();
  readonly #limit: number;
  readonly #ring: RequestRecord[] = [];
  #total = 0;
  #deniedBySignature = 0;

  constructor(limit = KEPT) {
    this.#limit = limit;
  }

  add(request: RequestRecord): void {
    const { target } = request;
    this.#ring[this.#total % this.#limit] = target.includes("?")
      ? { ...request, target: withoutSignature(target) }
      : request;
    this.#total += 1;
    this.traffic.add(request.at, request.sender, request.by, request.unexpected);
    if (request.by === "signature-check") this.#deniedBySignature += 1;
  }
  /** An answer that stopped after its headers. */
  markTruncated(requestId: string, why: string): void {
    const at = this.#ring.findIndex((each) => each.requestId === requestId);
    const found = this.#ring[at];
    // Undefined if newer requests have pushed it out since.
    if (found) this.#ring[at] = { ...found, why };
  }
  get total(): number {
    return this.#total;
  }
  get deniedBySignature(): number {
    return this.#deniedBySignature;
  }
  /** Newest first; at most `count`. */
  last(count = this.#limit): RecordedRequest[] {
    const kept = Math.min(count, this.#total, this.#limit);
    return Array.from({ length: kept }, (_, back) => {
      return withVerdictFields(this.#ring[(this.#total - 1 - back) % this.#limit] as RequestRecord);
    });
  }
}

function withVerdictFields({ verdict, ...request }: RequestRecord): RecordedRequest {
  if (verdict === undefined) return request;
  const { carrier, keyPairId, code, reason, undocumented } = verdict;
  return {
    ...request,
    carrier,
    undocumented,
    keyPairId,
    code,
    reason,
  };
}

const SIGNED_PARAMETER = new RegExp(`([?&](?:${Object.values(QUERY_NAMES).join("|")})=)[^&]*`, "g");

/** `/a?x=1&Signature=...&Key-Pair-Id=...`: own parameters stay readable. */
export const withoutSignature = (target: string) => target.replace(SIGNED_PARAMETER, "$1...");
