/** `keyturn mint --count N`: a stream of sets, one JSON object a line. */
import type { KeyObject } from "node:crypto";
import { UsageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import type { CookieSet } from "../policy/cookie-set.ts";
import { outcomeOf, type Report } from "../report/report.ts";
import type { World } from "../seams.ts";
import { mintMany } from "./mint-many.ts";
import type { MintPlan } from "./mint-plan.ts";
import { maskInCi } from "./mint-report.ts";
import { cookiePairs } from "./write.ts";

interface Conflicting {
  readonly output?: string;
  readonly format?: string;
  readonly bad?: string;
  readonly notBefore?: string;
}
interface Ready {
  readonly plan: MintPlan;
  readonly signer: { readonly privateKey: KeyObject; readonly keyPairId: string };
  readonly findings: readonly Finding[];
}

type Needs = Pick<World, "clock" | "env" | "interrupt" | "terminal">;

/** Throws ERR_USAGE: one Resource, no start of its own, stdout only. */
export function countReport(text: string, flags: Conflicting, ready: Ready, world: Needs): Report {
  const count = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
  if (count === undefined)
    throw new UsageError("ERR_USAGE", `--count ${text} is not a whole number from 1 on`, ["--count 1000"]);
  const { plan, signer, findings } = ready;
  const clash = (["output", "bad", "notBefore"] as const).find((name) => flags[name] !== undefined);
  if (clash !== undefined || plan.sets.length > 1 || (flags.format ?? "json") !== "json") {
    throw new UsageError(
      "ERR_USAGE",
      `--count streams sets for one Resource to stdout as JSON Lines: ${REASON[clash ?? "other"]}`,
      ["keyturn mint --resource 'https://HOST/*' --count 1000 > sets.jsonl"],
    );
  }
  for (const { severity, message } of findings) world.terminal.note(`${severity}: ${message}`);
  const request = { ...plan.sets[0].request, keyPairId: signer.keyPairId };
  return {
    outcome: outcomeOf(findings),
    result: { count },
    findings,
    text: () => "",
    lines: linesOf(mintMany(request, signer.privateKey, count, world.clock.now()), world),
  };
}

const REASON = {
  output: "send them on with > instead of --output",
  bad: "leave --bad out",
  notBefore: "leave --not-before out, each set has a start of its own so that no two are alike",
  other: "give one Resource, and no --format but json",
} as const;

async function* linesOf(groups: AsyncIterable<readonly CookieSet[]>, world: Needs): AsyncGenerator<string> {
  for await (const sets of groups) {
    world.interrupt.throwIfAborted();
    yield linesOfSets(sets, world);
  }
}

function linesOfSets(sets: readonly CookieSet[], world: Needs): string {
  maskInCi(
    sets.map((set) => ({ set })),
    world,
  );
  return sets.map((set) => JSON.stringify(Object.fromEntries(cookiePairs(set)))).join("\n");
}
