/** Compares the edge's own counts of a rehearsal with those of its access log. */
import { countLog } from "../../logs/logged-counts.ts";
import type { World } from "../../seams/world.ts";
import type { Site } from "../site.ts";
import type { LoggedCounts } from "./counts.ts";

/** Routes that no request without a credential may pass; the demo gate's. */
const PROTECTED = ["/api/*", "/media/*"];

/** Undefined if the log dropped lines or DuckDB is not installed. No request may be sent meanwhile. */
export async function loggedCounts(
  { accessLog, history }: Pick<Site, "accessLog" | "history">,
  world: Pick<World, "logs">,
): Promise<LoggedCounts | undefined> {
  if (!accessLog.isWhole) return undefined;
  const edge = { requests: history.total, deniedBySignature: history.deniedBySignature };
  const logged = await countLog(accessLog.v1(), PROTECTED, world);
  if (logged === undefined) return undefined;
  return {
    requests: { edge: edge.requests, logs: logged.requests },
    deniedBySignature: { edge: edge.deniedBySignature, logs: logged.deniedBySignature },
    ungated: logged.ungated,
  };
}
