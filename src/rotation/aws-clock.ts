/**
 * The clock of a rotation: the Dates of AWS's responses. This machine's clock may step, run fast, stop or sleep, so it
 * is only used for sleeping. Between two responses time stands still; a wait ends by reading again.
 */
import { type AnswerDates, aheadText, type DateContradiction, type DateSource } from "../answer-dates.ts";
import { HaltError } from "../errors.ts";
import type { Clock, World } from "../seams/world.ts";
import type { EpochSeconds, Seconds } from "../time.ts";

export interface AwsClock extends Clock {
  /** Lower bound: it is this late or later. For "has that time passed?" and the start of a period that must not be missed. */
  now(): EpochSeconds;
  /** Upper bound: the newest response was sent no later than this. For the start of a wait. */
  latest(): EpochSeconds;
  /** Call it when sending a request, and call its result with the response's Date. */
  asking(by: DateSource): (date: string | undefined) => void;
  /** The worst contradiction that this process saw. */
  contradiction(): DateContradiction | undefined;
  /** How far this machine's clock is ahead (negative: behind); absent if it is right. */
  machineAhead(): Seconds | undefined;
}

/** `now` and `latest` throw ERR_CLOCKS_DISAGREE until a response has carried a Date. */
export function awsClock(dates: AnswerDates, machine: Clock): AwsClock {
  return {
    now: () => known(dates.earliest),
    latest: () => known(dates.latest),
    sleep: (length, signal) => machine.sleep(length, signal),
    asking: (by) => dates.asking(by, () => machine.now()),
    contradiction: () => dates.contradiction,
    machineAhead: () => dates.machineAhead,
  };
}

function known(at: EpochSeconds | undefined): EpochSeconds {
  if (at !== undefined) return at;
  throw new HaltError(
    "ERR_CLOCKS_DISAGREE",
    "AWS's responses carry no Date, and a rotation has no other clock",
    ["env | grep AWS_ENDPOINT_URL (does a proxy remove the header?)"],
  );
}

/** Warns once per run if this machine's clock is off. */
export function warnAboutMachineClock(
  terminal: Pick<World["terminal"], "note">,
): (ahead: Seconds | undefined) => void {
  let isWarned = false;
  return (ahead) => {
    if (isWarned || ahead === undefined) return;
    isWarned = true;
    terminal.note(
      `warning: this machine's clock is ${aheadText(ahead, "AWS's")}; the rotation uses AWS's clock, but cookies minted here use this one: set it (timedatectl, sntp)`,
    );
  };
}
