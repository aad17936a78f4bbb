/** Streams the backend's body to the viewer. */
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Clock } from "../../seams/world.ts";
import { IdleTimer } from "./idle-timer.ts";
import type { OriginResponse } from "./origin-client.ts";
import { type TruncatedResponse, truncatedResponse } from "./origin-failure.ts";

/** Resolves when the body has ended or the viewer has left; to the backend's failure if the body stopped early. */
export async function streamResponseBody(
  { origin, response, errorCode }: OriginResponse,
  outgoing: ServerResponse,
  clock: Pick<Clock, "now" | "sleep">,
): Promise<TruncatedResponse | undefined> {
  const { responseTimeout } = origin;
  let endedBy: "viewer" | "timeout" | "backend" | undefined;
  outgoing.once("close", () => {
    endedBy ??= "viewer";
  });
  response.once("error", () => {
    endedBy ??= "backend";
  });
  const idleTimer = new IdleTimer(clock);
  const watch = () => {
    idleTimer.start(responseTimeout, () => {
      // A slow viewer is not the backend's fault, which cannot send more.
      if (outgoing.writableNeedDrain) return watch();
      endedBy ??= "timeout";
      response.destroy(new Error("silent"));
    });
  };
  response.on("data", () => idleTimer.reset());
  // The pipeline controls the flow.
  response.pause();
  watch();
  try {
    await pipeline(response, outgoing);
    return undefined;
  } catch {
    if (endedBy === "viewer" || outgoing.writableFinished) return undefined;
    return truncatedResponse(
      origin,
      endedBy === "timeout" ? { silentFor: responseTimeout } : { code: errorCode() },
    );
  } finally {
    idleTimer.stop();
  }
}
