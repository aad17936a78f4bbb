/** `keyturn mint --count N`: a stream of sets, one JSON object per line. */
import type { KeyObject } from "node:crypto";
import type { Finding } from "../finding.ts";
import { mintMany } from "../mint/mint-many.ts";
import type { MintPlan } from "../mint/mint-plan.ts";
import { cookiePairs } from "../mint/write.ts";
import type { CookieSet } from "../policy/cookie-set.ts";
import type { World } from "../seams/world.ts";
import { maskInCi } from "./mint.ts";
import { outcomeOf, type Report } from "./report.ts";

interface ReadyToSign {
  readonly plan: MintPlan;
  readonly signer: { readonly privateKey: KeyObject; readonly keyPairId: string };
  readonly findings: readonly Finding[];
}

type Needs = Pick<World, "clock" | "env" | "interrupt" | "terminal">;

/** The sets are signed as the lines are printed. */
export function countReport(count: number, { plan, signer, findings }: ReadyToSign, world: Needs): Report {
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
