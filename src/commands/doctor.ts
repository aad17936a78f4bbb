/** `keyturn doctor`: one URL, one cause. */
import { Command } from "commander";
import { diagnose } from "../audit/doctor/diagnose.ts";
import { examine, requireUrl } from "../audit/doctor/examine.ts";
import { givenRequest } from "../audit/doctor/given-request.ts";
import { createThrottledPool } from "../audit/throttled-pool.ts";
import type { Bind, GlobalFlags } from "../cli/bind.ts";
import { AccessError, isError, type KeyturnError } from "../errors.ts";
import { cloudOptionsOf } from "../gates/cloud-options.ts";
import { findGates, gateAtHand, openGate } from "../gates/open.ts";
import { requireAddress } from "../inspect/flag-values.ts";
import { type NetworkFlags, networkOf } from "../probe/network-flags.ts";
import { type DoctorResult, doctorReport } from "../report/doctor.ts";
import type { Report } from "../report/report.ts";
import type { World } from "../seams/world.ts";
import { shellWord } from "../text/shell-word.ts";
import { collect } from "./collect.ts";
import { inputArgument } from "./named-options.ts";
import { parseViewerAddress } from "./viewer-address.ts";

interface Flags extends NetworkFlags, GlobalFlags {
  readonly url?: string;
  readonly input?: string;
  readonly ip?: string;
  /** False after --no-fresh. */
  readonly fresh: boolean;
}

export const doctorCommand = (bind: Bind) =>
  new Command("doctor")
    .argument("<url>", "as the viewer requests it")
    .addArgument(inputArgument("the request or its cookies: a file, - for stdin, or the text itself"))
    .option("--ip <address>", "address of the viewer", parseViewerAddress)
    .option("--no-fresh", "do not mint cookies to test whether valid ones pass")
    .option("--timeout <duration>", "per response (default: 10s)")
    .option("--resolve <host:address>", "connect there, like curl's --resolve; repeatable", collect)
    .option("--ca <file>", "additional CA to trust, PEM")
    .action(bind(doctor));

export async function doctor(flags: Flags, world: World): Promise<Report<DoctorResult>> {
  const url = requireUrl(flags.url);
  const capture = await givenRequest(flags.input, url, world);
  const network = await networkOf(flags, world);
  const file = await findGates(flags, world);
  // A gate that is named but not found is an error, as in inspect.
  const isNamed = flags.gate !== undefined || Boolean(world.env.KEYTURN_GATE);
  const gate = isNamed ? await openGate(flags, world) : gateAtHand(file, flags, world);
  const options = cloudOptionsOf(flags, world.env, gate);
  const snapshot = await examine(
    {
      url,
      mintsFresh: flags.fresh,
      network,
      capture,
      ip: flags.ip === undefined ? undefined : requireAddress(flags.ip),
    },
    {
      world,
      gates: [...new Set([...(gate === undefined ? [] : [gate]), ...(file?.gates.values() ?? [])])],
      cloud: await world.cloud(options),
      cloudIn: (region) => world.cloud({ ...options, region }),
      pool: createThrottledPool(world),
    },
  ).catch((thrown: unknown) => {
    throw isError(thrown, "ERR_CREDENTIALS") ? withoutAccount(thrown, url) : thrown;
  });
  return doctorReport(snapshot, diagnose(snapshot));
}

/** The doctor reads the account; the edge can be probed without one. */
function withoutAccount({ code, message, hints }: KeyturnError, url: string): AccessError {
  // Never the query: in a signed URL it is a credential.
  const { origin, pathname } = new URL(url);
  return new AccessError(code, message, [
    "this needs only the edge:",
    `keyturn probe ${shellWord(origin + pathname)}`,
    ...hints,
  ]);
}
