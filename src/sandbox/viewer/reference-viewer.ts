/**
 * The reference viewer client: logs in, mints, calls, and distinguishes the edge's 403 from the application's. On an edge denial
 * it mints once more after a jittered pause, retries once, then fails loudly. It never loops: a fleet of
 * looping clients turns a lost key into an outage of the mint endpoint.
 */
import { CookieJar } from "../../browser/cookie-jar.ts";
import type { WireCode } from "../../edge/verdict.ts";
import type { Viewer, ViewerResponse } from "../../seams/viewer.ts";
import type { Clock, Random } from "../../seams/world.ts";
import type { EpochSeconds, Seconds } from "../../time.ts";
import { headersOf, meaningOf, type ResponseMeaning } from "./answer.ts";

export interface ReferenceViewerOptions {
  readonly clock: Clock;
  readonly random: Pick<Random, "fraction">;
  readonly send: Viewer["send"];
  /** Scheme, host and port of the application behind the edge. */
  readonly site: string;
  readonly username: string;
  readonly password: string;
  /** Headers for every request: the viewer's location and identity. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Before a remint it waits up to twice this, uniformly distributed; default 1 s. */
  readonly backoff?: Seconds;
  /** Cookies are renewed this long before they expire; if absent, only after a denial. */
  readonly renewAhead?: Seconds;
  /** Called for every edge denial, before the client reacts. */
  readonly onDenied?: (denial: EdgeDenial) => void;
}

export interface EdgeDenial {
  readonly code: WireCode;
  readonly path: string;
  /** When the response arrived. */
  readonly at: EpochSeconds;
  /** Expiry of the cookies that were sent; undefined if there were none. */
  readonly cookiesEnd: EpochSeconds | undefined;
  /** Already sent with new cookies, so there is no further remint. */
  readonly isLast: boolean;
}

export interface ViewerCounts {
  requests: number;
  mints: number;
  /** Mints caused by an edge denial. */
  remints: number;
  gaveUp: number;
}

/** How a call ended; `edge-denied` only after the one remint that is allowed. */
export type CallEnd = ResponseMeaning | { readonly kind: "mint-failed"; readonly status: number };

export class ReferenceViewer {
  readonly counts: ViewerCounts = { requests: 0, mints: 0, remints: 0, gaveUp: 0 };
  readonly jar = new CookieJar();
  readonly #options: ReferenceViewerOptions;
  #token: string | undefined;
  #cookiesEnd: EpochSeconds | undefined;

  constructor(options: ReferenceViewerOptions) {
    this.#options = options;
  }

  /** Authenticates with the application. Edge cookies are not involved. */
  async login(signal?: AbortSignal): Promise<ResponseMeaning> {
    const { username, password } = this.#options;
    const response = await this.#send("POST", "/login", signal, JSON.stringify({ username, password }));
    const end = meaningOf(response);
    if (end.kind === "ok") this.#token = tokenIn(response);
    return end;
  }

  /** Requests edge cookies from the mint endpoint. */
  async mint(signal?: AbortSignal): Promise<ResponseMeaning> {
    this.counts.mints += 1;
    const response = await this.#send("POST", "/edge/session", signal, "");
    const end = meaningOf(response);
    if (end.kind === "ok") this.#cookiesEnd = endIn(response);
    return end;
  }

  /** One API call, with at most one remint in between. */
  async call(path: string, signal?: AbortSignal): Promise<CallEnd> {
    const { clock, random, renewAhead, onDenied = () => {}, backoff = 1 } = this.#options;
    if (renewAhead !== undefined && clock.now() >= (this.#cookiesEnd ?? 0) - renewAhead) {
      const minted = await this.mint(signal);
      if (minted.kind !== "ok") return this.#giveUp(mintFailure(minted));
    }
    const first = meaningOf(await this.#send("GET", path, signal));
    if (first.kind !== "edge-denied") return first;
    const denied = (code: WireCode, isLast: boolean) =>
      onDenied({ code, path, at: clock.now(), cookiesEnd: this.#cookiesEnd, isLast });
    denied(first.code, false);
    await clock.sleep(random.fraction() * 2 * backoff, signal);
    this.counts.remints += 1;
    const minted = await this.mint(signal);
    if (minted.kind !== "ok") return this.#giveUp(mintFailure(minted));
    const second = meaningOf(await this.#send("GET", path, signal));
    if (second.kind !== "edge-denied") return second;
    denied(second.code, true);
    return this.#giveUp(second);
  }

  async logout(signal?: AbortSignal): Promise<ResponseMeaning> {
    const end = meaningOf(await this.#send("POST", "/logout", signal, ""));
    this.#token = undefined;
    this.#cookiesEnd = undefined;
    return end;
  }

  #giveUp<End extends CallEnd>(end: End): End {
    this.counts.gaveUp += 1;
    return end;
  }

  async #send(
    method: string,
    path: string,
    signal: AbortSignal | undefined,
    body?: string,
  ): Promise<ViewerResponse> {
    const { clock, send, site, headers = [] } = this.#options;
    const url = new URL(path, site).href;
    const cookie = this.jar.header(url, clock.now());
    this.counts.requests += 1;
    const response = await send(
      {
        method,
        url,
        headers: [
          ...headers,
          ...(cookie === undefined ? [] : [["cookie", cookie] as const]),
          ...(this.#token === undefined ? [] : [["authorization", `Bearer ${this.#token}`] as const]),
          ...(body ? [["content-type", "application/json"] as const] : []),
        ],
        body,
      },
      signal,
    );
    this.jar.store(headersOf(response, "set-cookie"), url, clock.now());
    return response;
  }
}

const mintFailure = (end: ResponseMeaning): CallEnd =>
  end.kind === "other" ? { kind: "mint-failed", status: end.status } : end;

function tokenIn(response: ViewerResponse): string | undefined {
  const { token } = JSON.parse(Buffer.from(response.body).toString("utf8")) as { token?: string };
  return token;
}

/** Expiry of the cookies according to the mint endpoint, because the policy is opaque to a client. */
function endIn(response: ViewerResponse): EpochSeconds | undefined {
  const { expiresAt } = JSON.parse(Buffer.from(response.body).toString("utf8")) as { expiresAt?: number };
  return expiresAt;
}
