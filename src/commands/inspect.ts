/** `keyturn inspect`: would the edge let this request pass, and if not, why not. */
import { Command } from "commander";
import { WAYS_TO_INSPECT } from "../capture/read-capture.ts";
import { readInput } from "../capture/read-input.ts";
import type { Bind } from "../cli/bind.ts";
import { UsageError } from "../errors.ts";
import { answerDateFindings } from "../inspect/answer-date.ts";
import { requireAddress, requireWebUrl } from "../inspect/flag-values.ts";
import { inspectInput } from "../inspect/inspect-input.ts";
import { type TrustSourceFlags, trustLookup } from "../inspect/trust-source.ts";
import { answerReport, inspectReport } from "../report/inspect.ts";
import type { Report } from "../report/report.ts";
import type { World } from "../seams/world.ts";
import { parseInstant } from "../time.ts";
import { collect } from "./collect.ts";
import { inputArgument } from "./named-options.ts";
import { parseViewerAddress } from "./viewer-address.ts";

type Needs = Pick<World, "clock" | "files" | "terminal" | "env" | "cwd" | "cloud">;

export interface InspectFlags extends TrustSourceFlags {
  readonly input?: string;
  readonly url?: string;
  readonly ip?: string;
  readonly at?: string;
  readonly from?: string;
  readonly response?: string;
  readonly showSecrets?: boolean;
}

export const inspectCommand = (bind: Bind) =>
  new Command("inspect")
    .addArgument(inputArgument("file, - for stdin, or the input itself (Cookie header, curl command, URL)"))
    .option("--url <url>", "URL as the viewer requests it, if not in the input")
    .option("--ip <address>", "address of the viewer", parseViewerAddress)
    .option(
      "--at <time>",
      "time of the request: RFC 3339 or epoch seconds (default: as recorded, the response's Date, or now)",
    )
    .option("--public-key <file[=id]>", "trusted public key, PEM; repeatable", collect)
    .option("--account", "read the trusted keys for the URL's host and path from the account")
    .option("--from <url>", "page that makes the request, to evaluate SameSite")
    .option("--response <file>", "its response: a body, or status line, headers and body")
    .option("--show-secrets", "print signatures and whole cookie values too")
    .action(bind(inspect));

export async function inspect(flags: InspectFlags, world: Needs): Promise<Report> {
  const { url, ip, from } = flags;
  const now = world.clock.now();
  const answered = async (...asked: Parameters<typeof import("../report/inspect-answered.ts").answeredBy>) =>
    (await import("../report/inspect-answered.ts")).answeredBy(...asked);
  const response = flags.response === undefined ? undefined : await readAnswer(flags.response, world);
  if (response !== undefined && flags.input === undefined) {
    const by = await answered(response, "GET", url);
    return answerReport(by, flags.response ?? "-", url, answerDateFindings(response, { now }));
  }
  if (flags.input === undefined && world.terminal.interactive) {
    throw new UsageError("ERR_USAGE", "nothing to inspect", WAYS_TO_INSPECT);
  }
  const lookup = await trustLookup(flags, world);
  const inspected = await inspectInput(await readInput(flags.input ?? "-", now, world), {
    now,
    at: flags.at === undefined ? undefined : parseInstant(flags.at),
    url: url === undefined ? undefined : requireWebUrl("--url", url),
    ip: ip === undefined ? undefined : requireAddress(ip),
    from: from === undefined ? undefined : requireWebUrl("--from", from),
    response,
    lookup,
    answeredBy: answered,
  });
  return inspectReport(inspected, { showSecrets: flags.showSecrets === true });
}

async function readAnswer(path: string, { files }: Needs) {
  const { readHttpAnswer } = await import("../capture/read-http.ts");
  const bytes = path === "-" ? await files.stdin() : await files.read(path);
  return readHttpAnswer(new TextDecoder().decode(bytes));
}
