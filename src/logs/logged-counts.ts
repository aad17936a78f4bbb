/** A rehearsal's log counted as `keyturn logs` counts it, to compare with the edge's own counts. */
import { isError } from "../errors.ts";
import type { World } from "../seams/world.ts";
import { askLocalLogs } from "./local-logs.ts";
import { sum } from "./question.ts";
import { denials } from "./questions/denials.ts";
import { ungated } from "./questions/ungated.ts";
import { NO_MARKS } from "./rotation-marks.ts";

export interface AccessLogCounts {
  readonly requests: number;
  readonly deniedBySignature: number;
  readonly ungated: number;
}

/** Undefined if DuckDB is not installed. `text` is a whole log; it is copied into a private folder that is removed. */
export async function countLog(
  text: string,
  protectedPatterns: readonly string[],
  { logs }: Pick<World, "logs">,
): Promise<AccessLogCounts | undefined> {
  const workspace = await logs.workspace({ memoryLimit: "512MB" }).catch((thrown: unknown) => {
    if (isError(thrown, "ERR_LOG_ENGINE")) return undefined;
    throw thrown;
  });
  if (workspace === undefined) return undefined;
  try {
    const asked = {
      names: ["-"],
      questions: [denials, ungated],
      asked: { bucket: "day" as const, loop: { denials: 5, within: 60 } },
      marks: NO_MARKS,
      hasProtectedRoutes: true,
      client: () => "-",
      view: {
        routes: protectedPatterns.map((pattern) => ({ pattern, isProtected: true })),
        maskedStatuses: [],
      },
    };
    const { coverage, answers } = await askLocalLogs(asked, workspace, oneChunk(text));
    const rows = (name: "denials" | "ungated") => answers.get(name)?.rows ?? [];
    const bySignature = rows("denials").filter(({ answered_by }) => answered_by === "edge-signature");
    return {
      requests: coverage.lines,
      deniedBySignature: sum(bySignature.map(({ requests }) => Number(requests))),
      ungated: sum(rows("ungated").map(({ requests }) => Number(requests))),
    };
  } finally {
    await workspace.close();
  }
}

async function* oneChunk(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
