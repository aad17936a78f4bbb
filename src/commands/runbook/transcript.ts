/** The file of `runbook run --transcript`. */
import { isTranscript, transcriptHead } from "../../report/runbook.ts";
import type { World } from "../../seams/world.ts";

/** Appends to the transcript of an earlier run; refuses any other existing file (ERR_FILE_EXISTS). */
export async function beginTranscript(
  file: string,
  runbook: string,
  step: string,
  files: World["files"],
): Promise<void> {
  const head = transcriptHead(runbook, step);
  const exists = (await files.mode(file)) !== undefined;
  const earlier = exists ? new TextDecoder().decode(await files.read(file)) : "";
  if (!isTranscript(earlier)) return files.writeNew(file, head);
  await files.append(file, `\n${head}`);
}
