/** What one simulated viewer does all day: log in, mint, call, log out, repeat. Counts everything that must not happen. */

import { isError } from "../../errors.ts";
import { COOKIE_NAMES } from "../../policy/cookie-set.ts";
import type { ViewerResponse } from "../../seams/viewer.ts";
import type { Seconds } from "../../time.ts";
import { LOCATION_HEADER } from "../edge/sandbox-headers.ts";
import type { DEMO_USERS } from "../origin/sessions.ts";
import { type CallEnd, ReferenceViewer, type ReferenceViewerOptions } from "../viewer/reference-viewer.ts";
import type { Tally } from "./counts.ts";

export interface ViewerOptions extends Pick<ReferenceViewerOptions, "clock" | "random" | "send" | "site"> {
  readonly tally: Tally;
  readonly user: (typeof DEMO_USERS)[number];
  /** The edge location that DNS gives this viewer. */
  readonly pop: string;
  /** Between two calls, on average. */
  readonly pause: Seconds;
  /** Renews its cookies ahead of time; otherwise it waits for the denial when they run out. */
  readonly renewAhead?: Seconds;
}

/** All viewers have started after this. */
const ARRIVAL: Seconds = 1.5;
/** Calls between a login and the next. */
const SESSION_CALLS = 60;
const PATHS = ["/api/reports", "/api/profile", "/media/film.txt"] as const;

/** Runs until the signal, then ends silently. */
export async function runViewer(options: ViewerOptions, signal: AbortSignal): Promise<void> {
  const { clock, random, tally, user, pause, renewAhead } = options;
  const viewer = new ReferenceViewer({
    clock,
    random,
    site: options.site,
    username: user.name,
    password: user.password,
    headers: [[LOCATION_HEADER, options.pop]],
    backoff: 0.2,
    renewAhead,
    send: async (request, stop) => {
      tally.add("requests");
      try {
        return await options.send(request, stop);
      } catch (thrown) {
        if (!isError(thrown, "ERR_UNREACHABLE")) throw thrown;
        return NO_ANSWER;
      }
    },
    onDenied: ({ code, path, at, cookiesEnd, isLast }) => {
      if (!isLast) tally.remint(at);
      // The response arrived before the cookies expired, so the request was in time: no clock allowance is needed.
      if (cookiesEnd !== undefined && at < cookiesEnd) {
        tally.wrong(
          "validDenied",
          `${options.pop} answered ${code} to ${path}, ${(cookiesEnd - at).toFixed(1)} s before they expired`,
        );
      }
    },
  });
  const failed = (what: string, end: CallEnd) => {
    if (end.kind === "ok") return;
    const ending = "status" in end ? (end.status === 0 ? "no answer" : end.status) : end.kind;
    tally.wrong("viewerFailures", `${what} at ${options.pop}: ${ending}`);
  };
  try {
    // Staggered: simultaneous TLS handshakes alone would delay everyone.
    await clock.sleep(random.fraction() * ARRIVAL, signal);
    while (!signal.aborted) {
      failed("login", await viewer.login(signal));
      failed("mint", await viewer.mint(signal));
      const calls = Math.ceil(SESSION_CALLS * (0.5 + random.fraction()));
      for (let call = 0; call < calls; call += 1) {
        const path = PATHS[call % PATHS.length] as string;
        const end = await viewer.call(path, signal);
        const mayNot = path === "/api/reports" && user.role !== "analyst";
        // A denial was already counted, depending on its time.
        if (end.kind !== "edge-denied" && !(mayNot && end.kind === "forbidden")) failed(path, end);
        await clock.sleep(pause * (0.5 + random.fraction()), signal);
      }
      failed("logout", await viewer.logout(signal));
      const left = viewer.jar.names(clock.now()).filter((name) => NAMES.has(name));
      if (left.length > 0) tally.wrong("logoutsIncomplete", `still held: ${left.join(", ")}`);
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    tally.add("mints", viewer.counts.mints);
  }
}

/** Counts as a failure, like any other unexpected status. */
const NO_ANSWER: ViewerResponse = {
  status: 0,
  headers: [],
  body: new Uint8Array(),
  truncated: true,
  address: "",
};
const NAMES: ReadonlySet<string> = new Set(Object.values(COOKIE_NAMES));
