/** Does anything listen on the address? For `--run`, which may start before the backend. */
import { connect } from "node:net";
import type { Clock } from "../../seams.ts";
import type { Seconds } from "../../time.ts";
import type { BackendUrl } from "./front-plan.ts";
import { loopbackLookup } from "./loopback.ts";

const PAUSE: Seconds = 0.1;

/** Waits at most `length` for a connection. False: nothing is listening. Rejects with the signal's reason. */
export async function comesUp(
  backend: BackendUrl,
  length: Seconds,
  clock: Pick<Clock, "now" | "sleep">,
  signal: AbortSignal,
): Promise<boolean> {
  const until = clock.now() + length;
  for (;;) {
    signal.throwIfAborted();
    if (await accepts(backend)) return true;
    if (clock.now() >= until) return false;
    await clock.sleep(PAUSE, signal);
  }
}

function accepts({ hostname, port }: BackendUrl): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port, timeout: 1000, ...loopbackLookup(hostname) });
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}
