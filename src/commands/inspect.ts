/** `keyturn inspect`: would the edge let this request pass, and if not, why not. */
import { Command } from "commander";
import type { Bind } from "../bind.ts";
import { readCapture } from "../cookies/read-capture.ts";
import { explain } from "../edge/explain.ts";
import { inspectionOf } from "../edge/inspection.ts";
import type { Finding } from "../finding.ts";
import { inspectReport } from "../report/inspect.ts";
import type { Report } from "../report/report.ts";
import type { World } from "../seams.ts";
import { parseInstant } from "../time.ts";

type Needs = Pick<World, "clock" | "files" | "terminal">;

export interface InspectFlags {
  readonly input?: string;
  readonly url?: string;
  readonly ip?: string;
  readonly at?: string;
  readonly publicKey?: readonly string[];
}

const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

export const inspectCommand = (bind: Bind) =>
  new Command("inspect")
    .argument("[input]", "file, - for stdin, or the input itself", "-")
    .option("--url <url>", "the URL as the viewer asks for it")
    .option("--ip <address>", "the viewer's address")
    .option("--at <time>", "when the request arrives (RFC 3339 or epoch seconds); now unless given")
    .option("--public-key <file[=id]>", "trusted public key, PEM; repeatable", collect)
    .action(bind(inspect));

export async function inspect(flags: InspectFlags, world: Needs): Promise<Report> {
  const at = flags.at === undefined ? world.clock.now() : parseInstant(flags.at);
  const { readInput } = await import("../cookies/read-input.ts");
  const [capture] = readCapture(await readInput(flags.input ?? "-", world));
  if (capture === undefined) throw new Error("a capture holds at least one request");
  const url = flags.url ?? capture.url;
  const cookies = capture.cookies.map(({ name, value }) => [name, value] as const);
  const trust = await trustOf(flags, world);
  const explanation = explain(
    {
      cookies,
      trust,
      policyOnly: capture.form === "policy",
      ...(url !== undefined && { url }),
      ...(flags.ip !== undefined && { ip: flags.ip }),
    },
    at,
  );
  const method = capture.method ?? "GET";
  const inspection = inspectionOf(explanation, {
    capture,
    method,
    at,
    ...(flags.ip !== undefined && { ip: flags.ip }),
  });
  const findings: Finding[] =
    explanation.verdict === "deny"
      ? [
          {
            id: explanation.reason ?? "denied",
            severity: "error",
            message: `the edge would deny the request with 403 ${explanation.code}`,
            basis: "observed",
            evidence: [],
          },
        ]
      : [];
  return inspectReport(inspection, findings);
}

async function trustOf({ publicKey = [] }: InspectFlags, { files }: Needs) {
  if (publicKey.length === 0) return "unknown" as const;
  const { trustFiles } = await import("../edge/trust-files.ts");
  return trustFiles(publicKey, files);
}
