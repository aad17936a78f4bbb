/** Does anything listen on the address? For `--run`, which may start before the backend. */
import { connect } from "node:net";
import type { Clock } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";
import { loopbackLookup } from "./loopback.ts";
import type { BackendUrl } from "./proxy-plan.ts";

const PAUSE: Seconds = 0.1;

/** Waits at most `length` for a connection. False: nothing is listening. Rejects with the signal's reason. */
export async function waitForBackend(
  backend: BackendUrl,
  length: Seconds,
  clock: Pick<Clock, "now" | "sleep">,
  signal: AbortSignal,
): Promise<boolean> {
  const until = clock.now() + length;
  for (;;) {
    signal.throwIfAborted();
    if (await acceptsConnections(backend)) return true;
    if (clock.now() >= until) return false;
    await clock.sleep(PAUSE, signal);
  }
}

function acceptsConnections({ hostname, port }: BackendUrl): Promise<boolean> {
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
