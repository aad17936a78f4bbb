/** A rehearsal while it runs: what is up, what the rotation says, and one live line of counts. */
import type { Clock, Terminal, World } from "../../seams.ts";
import type { Seconds } from "../../time.ts";
import { DEMO } from "../demo-gate.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Tally } from "./counts.ts";
import type { RehearsalOptions } from "./rehearsal.ts";

const LIVE: Seconds = 0.25;
/** Where a line cannot be rewritten, one now and then says that it is alive. */
const PLAIN: Seconds = 10;

export function introduce(sandbox: Sandbox, options: RehearsalOptions, terminal: Terminal): void {
  const { all } = sandbox.locations;
  const { cookieTtl, signerCache, propagation } = sandbox.settings;
  const hidden = all.filter(({ setting }) => !setting.reachable).map(({ setting }) => setting.pop);
  const lines = [
    "A rehearsal: one rotation of a signing key in a local cloud, under live traffic.",
    "",
    `  gate      ${DEMO.gate} at ${sandbox.urls.site}`,
    `  page      ${sandbox.urls.api}/`,
    `  edge      ${all.length} locations, told of a change within ${propagation}s;`,
    `            the prober never gets to ${hidden.join(", ")}, some viewers do`,
    `  signers   ${sandbox.signers.length}, which keep a key for ${signerCache}s; cookies live ${cookieTtl}s`,
    `  traffic   ${options.viewers} viewers and ${options.attackers} attackers`,
    "",
  ];
  for (const line of lines) terminal.note(line);
}

/** The rotation's own lines, set in. Its live line gives way to the counts. */
export function setIn(terminal: Terminal): Terminal {
  return {
    out: (text) => terminal.out(text),
    note: (text) => {
      for (const line of text.split("\n")) terminal.note(`  ${line}`);
    },
    insist: (text) => terminal.insist(text),
    progress: () => {},
    ask: (question) => terminal.ask(question),
    interactive: terminal.interactive,
    columns: terminal.columns,
  };
}

/** Draws the live line until the signal. */
export async function drawCounts(
  { clock, terminal }: Pick<World, "clock" | "terminal">,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = clock.now();
  const every = terminal.interactive ? LIVE : PLAIN;
  while (await slept(clock, every, signal)) {
    terminal.progress(`  ${countsLine(tally, clock.now() - startedAt)}`);
  }
}

async function slept(clock: Clock, length: Seconds, signal: AbortSignal): Promise<boolean> {
  return clock.sleep(length, signal).then(
    () => true,
    () => false,
  );
}

function countsLine(tally: Tally, at: Seconds): string {
  const { requests, validDenied, attacks, attacksLetThrough } = tally.counts;
  return `${at.toFixed(0).padStart(3)} s  ${requests} requests, ${validDenied} valid viewers denied, ${attacksLetThrough} of ${attacks} attacks through`;
}
