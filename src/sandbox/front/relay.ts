/** Streams the backend's body to the viewer. */
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Clock } from "../../seams.ts";
import type { OriginAnswer } from "./origin-call.ts";
import { type BrokenAnswer, brokenAnswer } from "./origin-failure.ts";
import { Silence } from "./silence.ts";

/** Resolves when the body has ended or the viewer has left; to the backend's failure if the body stopped early. */
export async function relay(
  { origin, response, faultCode }: OriginAnswer,
  outgoing: ServerResponse,
  clock: Pick<Clock, "now" | "sleep">,
): Promise<BrokenAnswer | undefined> {
  const { responseTimeout } = origin;
  let brokenBy: "viewer" | "silence" | "backend" | undefined;
  outgoing.once("close", () => {
    brokenBy ??= "viewer";
  });
  response.once("error", () => {
    brokenBy ??= "backend";
  });
  const silence = new Silence(clock);
  const watch = () => {
    silence.start(responseTimeout, () => {
      // A slow viewer is not the backend's fault, which cannot send more.
      if (outgoing.writableNeedDrain) return watch();
      brokenBy ??= "silence";
      response.destroy(new Error("silent"));
    });
  };
  response.on("data", () => silence.heard());
  // The pipeline controls the flow.
  response.pause();
  watch();
  try {
    await pipeline(response, outgoing);
    return undefined;
  } catch {
    if (brokenBy === "viewer" || outgoing.writableFinished) return undefined;
    return brokenAnswer(
      origin,
      brokenBy === "silence" ? { silentFor: responseTimeout } : { code: faultCode() },
    );
  } finally {
    silence.stop();
  }
}
