/** What a browser and its front end do in a login flow: keep cookies, send them, hold a token. */

import { clockAhead, freshDate } from "../answer-dates.ts";
import { CookieJar } from "../browser/cookie-jar.ts";
import type { CookieSelection } from "../browser/sent-cookies.ts";
import type { CapturedCookie } from "../capture/capture.ts";
import { COOKIE_NAMES } from "../policy/cookie-set.ts";
import { Sealed } from "../sealed.ts";
import type { Viewer, ViewerResponse } from "../seams/viewer.ts";
import type { Clock } from "../seams/world.ts";
import type { Seconds } from "../time.ts";
import { classify, readableAcrossOrigins } from "./classify.ts";
import { type Network, routeTo } from "./execute.ts";
import type { Classification } from "./layer.ts";
import { USER_AGENT } from "./user-agent.ts";

export interface FlowAnswer extends Classification {
  readonly status: number;
  readonly readable: boolean;
  /** Values of Set-Cookie, one per header; secrets. */
  readonly setCookies: Sealed<readonly string[]>;
  readonly body: Sealed<string>;
  /** How far this machine's clock is ahead of the answer's Date (negative: behind), if it is certainly off. */
  readonly machineAhead: Seconds | undefined;
}

const SIGNING_NAMES: ReadonlySet<string> = new Set(Object.values(COOKIE_NAMES));
export const isSigningCookie = ({ name }: { readonly name: string }) => SIGNING_NAMES.has(name);

export class FlowBrowser {
  readonly #viewer: Viewer;
  readonly #clock: Clock;
  readonly #network: Network;
  readonly #signal: AbortSignal | undefined;
  readonly #jar = new CookieJar();

  constructor(world: { viewer: Viewer; clock: Clock }, network: Network, signal?: AbortSignal) {
    this.#viewer = world.viewer;
    this.#clock = world.clock;
    this.#network = network;
    this.#signal = signal;
  }

  /** Sends the matching cookies, or just those given, and keeps what the response sets. Throws ERR_UNREACHABLE. */
  async ask(
    method: string,
    url: string,
    with_: {
      readonly token?: Sealed<string> | undefined;
      readonly body?: Sealed<string>;
      readonly cookies?: readonly CapturedCookie[];
    } = {},
  ): Promise<FlowAnswer> {
    const cookies = with_.cookies ?? this.sending(url).sent;
    const sentAt = this.#clock.now();
    const response = await this.#viewer.send(
      {
        method,
        url,
        headers: [
          ["User-Agent", USER_AGENT],
          ...(with_.body === undefined ? [] : ([["Content-Type", "application/json"]] as const)),
          ...(with_.token === undefined
            ? []
            : ([["Authorization", `Bearer ${with_.token.reveal()}`]] as const)),
          ...(cookies.length === 0
            ? []
            : ([["Cookie", cookies.map(({ name, value }) => `${name}=${value}`).join("; ")]] as const)),
        ],
        body: with_.body?.reveal(),
        ...routeTo({ url }, this.#network),
      },
      this.#signal,
    );
    const setCookies = setCookiesOf(response);
    if (with_.cookies === undefined) this.#jar.store(setCookies, url, this.#clock.now());
    const date = freshDate(response.headers);
    return {
      machineAhead: date === undefined ? undefined : clockAhead(date, sentAt, this.#clock.now()),
      ...classify(response, { method, url }),
      status: response.status,
      readable: readableAcrossOrigins(response),
      setCookies: new Sealed(setCookies),
      body: new Sealed(new TextDecoder().decode(response.body)),
    };
  }

  /** Which cookies would be sent to that URL, and why the others would not. */
  sending(url: string): CookieSelection {
    return this.#jar.sending(url, this.#clock.now());
  }
}

function setCookiesOf({ headers }: ViewerResponse): string[] {
  return headers.filter(([name]) => name === "set-cookie").map(([, value]) => value);
}

/** `Domain=example.com; Path=/`, or the host that a host-only cookie is bound to. */
export function describeScope({ stored }: CapturedCookie): string {
  const host = stored?.setBy === undefined ? "" : new URL(stored.setBy).hostname;
  const domain = stored?.hostOnly === false ? `Domain=${stored.domain}` : `host ${host}`;
  return `${domain}; Path=${stored?.path ?? "(default)"}`;
}
