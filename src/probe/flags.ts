/** Turns the flags of `keyturn probe` into plans, and checks them. */
import { UsageError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import type { World } from "../seams/world.ts";
import { parseDuration, type Seconds } from "../time.ts";
import { type CredentialsSource, credentialsSource } from "./credentials.ts";
import type { Network, SendOptions } from "./execute.ts";
import { type FlowPlan, planFlow, urlsOfFlow } from "./flow-plan.ts";
import { numberOf, requireRequestedHosts } from "./network-flags.ts";
import { type ProbePlan, planProbe } from "./plan.ts";
import { type OriginUrls, urlsOfOrigin } from "./run.ts";
import type { ProbeSetup, SetupFlags } from "./setup.ts";

export interface ProbeFlags extends SetupFlags {
  readonly cases?: string;
  readonly methods?: string;
  readonly routes?: string;
  readonly httpPort?: string;
  readonly originCounter?: string;
  readonly directOrigin?: string;
  readonly flow?: boolean;
  readonly credentials?: string;
  readonly credentialsCommand?: string;
  readonly abuse?: string;
  readonly remint?: boolean;
  readonly watch?: string;
  readonly for?: string;
  readonly report?: readonly string[];
}

/** A watch sends few requests, often: one unsigned, one unknown and one valid for each protected route. */
const CANARIES = ["none", "unknown-key", "valid"];

/** Throws ERR_USAGE. */
export function planOf(flags: ProbeFlags, setup: ProbeSetup): ProbePlan {
  const { targets, keys, network } = setup;
  const isWatch = flags.watch !== undefined;
  const targeted = isWatch ? targets.filter(({ protection }) => protection === "edge") : targets;
  const plan = planProbe(targeted, {
    cases: listOf("--cases", flags.cases) ?? (isWatch ? CANARIES : undefined),
    methods:
      listOf("--methods", flags.methods)?.map((method) => method.toUpperCase()) ??
      (isWatch ? ["GET"] : undefined),
    routes: listOf("--routes", flags.routes),
    canSign: keys.signing !== undefined,
    hasRetiredKey: keys.retired !== undefined,
    httpPort: flags.httpPort === undefined ? undefined : numberOf("--http-port", flags.httpPort, 80),
  });
  const beside = urlsOfOrigin(originUrls(flags, setup));
  // Routes left out this time count too: they are not typos.
  requireRequestedHosts(network, [...[...targets, ...plan.requests].map(({ url }) => url), ...beside]);
  if (plan.requests.length > 0) return plan;
  const [{ label, because } = { label: "", because: "" }] = plan.leftRoutes;
  throw new UsageError(
    "ERR_USAGE",
    label === "" ? "nothing to probe: the edge guards no route" : `nothing to probe: ${label}: ${because}`,
    ["routes, their layers and safeMethods are in keyturn.yaml: `keyturn config check`"],
  );
}

/** Flags override the gate. */
export function originUrls({ originCounter, directOrigin }: ProbeFlags, { gate }: ProbeSetup): OriginUrls {
  return {
    counterUrl: originCounter ?? gate?.origin?.counterUrl,
    directUrl: directOrigin ?? gate?.origin?.url,
  };
}

export function planFlowOf(
  flags: ProbeFlags,
  { gate, network }: { readonly gate: Gate | undefined; readonly network: Network },
  env: World["env"],
): FlowPlan & { readonly credentials: CredentialsSource } {
  if (gate === undefined) throw new UsageError("ERR_USAGE", "a login flow needs a gate", ["add --gate NAME"]);
  const { abuse, remint = false } = flags;
  const source = credentialsSource(flags, env);
  if (source === undefined) {
    throw new UsageError("ERR_USAGE", "a login flow needs one test account", [
      "add --credentials FILE: user name and password, one per line; - is stdin",
      "or --credentials-command 'pass show test-account', or set KEYTURN_CREDENTIALS_FILE",
    ]);
  }
  const times = abuse === undefined ? undefined : numberOf("--abuse", abuse, 50);
  const plan = planFlow(gate, { abuse: times, remint });
  requireRequestedHosts(network, urlsOfFlow(plan));
  return { ...plan, credentials: source };
}

/** Throws ERR_DURATION. */
export function watchChoiceOf(flags: ProbeFlags): {
  readonly every: Seconds;
  readonly for: Seconds | undefined;
} {
  const every = parseDuration(flags.watch ?? "");
  if (every <= 0)
    throw new UsageError("ERR_DURATION", "a watch needs an interval above zero", ["--watch 30s"]);
  return { every, for: flags.for === undefined ? undefined : parseDuration(flags.for) };
}

/** Progress: a moving line on a terminal, an occasional line in a log. */
export function sendingOf(
  { rateLimit, network }: ProbeSetup,
  total: number,
  { terminal, interrupt }: Pick<World, "terminal" | "interrupt">,
): SendOptions {
  let inputs = 0;
  const answered = () => {
    inputs += 1;
    if (terminal.live || inputs % 100 === 0) terminal.progress(`probing: ${inputs} of ${total} sent`);
  };
  return { rateLimit, network, answered, signal: interrupt };
}

/** `a,b` -> both; undefined stays undefined. Throws for an empty list: a probe that sends nothing must not pass. */
function listOf(flag: string, given: string | undefined): string[] | undefined {
  const names = given
    ?.split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  if (names?.length !== 0) return names;
  throw new UsageError("ERR_USAGE", `${flag} names nothing`, [`leave ${flag} out to probe all of them`]);
}
