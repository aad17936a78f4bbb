/** What the sandbox's page and access log record about one exchange. */
import type { Clock } from "../../seams/world.ts";
import type { AccessLog } from "../edge/access-log.ts";
import type { RequestHistory } from "../edge/request-history.ts";
import { isUnexpected, senderOf } from "../edge/sender.ts";
import type { RequestOutcome } from "../edge/viewer-request.ts";
import type { WireRequest } from "../wire.ts";

export interface RecordOptions {
  readonly head: Omit<WireRequest, "body">;
  readonly requestId: string;
  readonly pop: string;
  readonly clock: Pick<Clock, "now">;
  readonly log: AccessLog;
  readonly history: RequestHistory;
  readonly distributionHost: string;
  /** The behavior requires a signature. */
  readonly isProtected: boolean;
}

type Recorded = Omit<RequestOutcome, "response">;

export class ExchangeRecord {
  readonly #given: RecordOptions;
  readonly #ip: string;

  constructor(given: RecordOptions, ip: string) {
    this.#given = given;
    this.#ip = ip;
  }

  /** On the page, as soon as the status is known. `why` holds no credential. */
  shown({ by, originCalled, verdict }: Recorded, status: number, why: string | undefined): void {
    const { head, clock, requestId, pop, history, isProtected } = this.#given;
    const { method, target, headers } = head;
    const at = clock.now();
    const request = { target, headers };
    const sender = senderOf(request);
    const answered = { sender, request, by, isProtected, originCalled, status, verdict, at };
    history.add({
      ...{ at, sender, requestId, pop, method, target, status, by, originCalled, verdict },
      why,
      unexpected: isUnexpected(answered),
      host: headers.host ?? "",
    });
  }

  /** In the access log, when the answer has ended. `length` is the body's, in bytes. */
  logged(
    { originCalled, detail }: Recorded,
    status: number,
    headers: readonly (readonly [name: string, value: string])[],
    length: number,
  ): void {
    const { head, clock, requestId, pop, log, distributionHost } = this.#given;
    const others = headers.filter(([name]) => name.toLowerCase() !== "content-length");
    log.add({
      ...{ requestId, pop, originCalled, distributionHost, viewerAddress: this.#ip, at: clock.now() },
      request: { ...head, body: NOTHING },
      answer: { status, headers: [...others, ["content-length", String(length)]], body: "" },
      detail,
    });
  }
}

const NOTHING = new Uint8Array();
