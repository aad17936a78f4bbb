/** Runs verify.py on requests, in one process, with one verdict per request, in order. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { SignedRequest } from "./signed-request.ts";

export interface IndependentVerdict {
  readonly allowed: boolean;
  readonly code: string | null;
  readonly reason: string;
  /** The verdict depends on a question that the documentation leaves open. */
  readonly undocumented: boolean;
  readonly unknowns: readonly string[];
}

export function judgeIndependently(requests: readonly SignedRequest[]): readonly IndependentVerdict[] {
  const { status, stdout, stderr } = spawnSync(
    "python3",
    ["-B", fileURLToPath(new URL("./verify.py", import.meta.url))],
    {
      input: requests.map((request) => JSON.stringify(request)).join("\n"),
      encoding: "utf8",
      maxBuffer: 64 << 20,
    },
  );
  if (status !== 0) throw new Error(`verify.py ended with ${status}: ${stderr}`);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as IndependentVerdict);
}
