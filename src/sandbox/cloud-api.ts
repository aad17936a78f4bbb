/**
 * The door in front of the APIs: one handler, which routes by X-Amz-Target and the signature's service. Credentials must be there and for the right
 * service; the signature itself and its date are not checked. Faults and hooks apply here, before and after each call.
 */
import type { Clock, Random } from "../seams/world.ts";
import type { EpochSeconds } from "../time.ts";
import type { FaultPlan, InjectedFault } from "./faults.ts";
import type { GeneralRefusal, Service } from "./service.ts";
import { ConnectionDropped, type WireHandler, type WireRequest, type WireResponse } from "./wire.ts";

export interface CloudApiOptions {
  readonly clock: Clock;
  readonly random: Pick<Random, "uuid">;
  readonly cloudFront: Service;
  readonly secrets: Service;
  readonly sts: Service & {
    /** Whether a session that it issued has expired. */
    isExpired(token: string): boolean;
  };
  /** Routed by the service that a request is signed for. */
  readonly others: readonly Service[];
  readonly faults: FaultPlan;
  /** Resolves once all changes so far would survive the process; awaited before every response. */
  readonly saved?: () => Promise<void>;
  /** Called for a bug in the sandbox; the client gets a 500. */
  readonly onBug?: (thrown: unknown) => void;
}

const REFUSED_BEFORE: { readonly [kind in InjectedFault["kind"]]?: GeneralRefusal } = {
  throttle: "throttled",
  "error-before": "internal-error",
  "expired-credentials": "expired-credentials",
  "access-denied": "access-denied",
  "clock-skew": "clock-skew",
};

export function cloudApi(options: CloudApiOptions): WireHandler {
  const {
    clock,
    random,
    cloudFront,
    secrets,
    sts,
    others,
    faults,
    saved = async () => {},
    onBug = () => {},
  } = options;

  const serviceOf = ({ headers }: WireRequest): Service => {
    const name = CREDENTIALS.exec(headers.authorization ?? "")?.[1];
    const signedFor = [sts, ...others].find((service) => service.name === name);
    return signedFor ?? (headers["x-amz-target"] === undefined ? cloudFront : secrets);
  };

  /** Respond only after the change is saved. */
  async function answerOrFail(
    service: Service,
    request: WireRequest,
    requestId: string,
  ): Promise<WireResponse> {
    try {
      const answer = service.answer(request, requestId);
      await saved();
      return answer;
    } catch (thrown) {
      onBug(thrown);
      return service.refuse("internal-error", requestId, undefined);
    }
  }

  return async (request) => {
    const service = serviceOf(request);
    const requestId = random.uuid();
    const operation = service.operationOf(request);
    if (!hasCredentials(request, service)) return service.refuse("missing-credentials", requestId, operation);
    if (sts.isExpired(request.headers["x-amz-security-token"] ?? "")) {
      return service.refuse("expired-credentials", requestId, operation);
    }
    if (operation === undefined) return answerOrFail(service, request, requestId);

    const call = { on: service.name, operation };
    await faults.announce({ ...call, moment: "before" });
    const fault = faults.take(service.name, operation);
    if (fault?.kind === "delay") await clock.sleep(fault.seconds ?? 1);
    if (fault?.kind === "drop-before") throw new ConnectionDropped();
    const refusal = fault === undefined ? undefined : REFUSED_BEFORE[fault.kind];
    if (fault !== undefined && refusal !== undefined) {
      const refused = service.refuse(refusal, requestId, operation);
      return fault.kind === "clock-skew" ? withDate(refused, clock.now() + (fault.seconds ?? 3600)) : refused;
    }
    const answer = await answerOrFail(service, request, requestId);
    await faults.announce({ ...call, moment: "after" });
    if (fault?.kind === "drop-after") throw new ConnectionDropped();
    if (fault?.kind === "misdated") return withDate(answer, clock.now() + (fault.seconds ?? 3600));
    return fault?.kind === "error-after" ? service.refuse("internal-error", requestId, operation) : answer;
  };
}

/** Any region: clients put their configured one into the scope, whatever the endpoint. */
const CREDENTIALS = /^AWS4-HMAC-SHA256 .*Credential=[^/\s]+\/\d{8}\/[\w-]+\/([\w-]+)\/aws4_request/;

function hasCredentials({ headers }: WireRequest, { name }: Service): boolean {
  return CREDENTIALS.exec(headers.authorization ?? "")?.[1] === name;
}

/** Clients set their clock by the Date. Without such a fault, the socket sets it to the real time. */
export function withDate(answer: WireResponse, date: EpochSeconds): WireResponse {
  return { ...answer, headers: [...answer.headers, ["Date", new Date(date * 1000).toUTCString()]] };
}
