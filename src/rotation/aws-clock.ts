/**
 * The clock of a rotation: what AWS's answers say. This machine's clock may step, run fast, stand still or sleep, so it
 * only sleeps. Between two answers the time stands still: whoever waits looks again, and then knows.
 */
import { type AnswerDates, aheadText, type Contradiction, type Dater } from "../answer-dates.ts";
import { HaltError } from "../errors.ts";
import type { Clock, World } from "../seams.ts";
import type { EpochSeconds, Seconds } from "../time.ts";

export interface AwsClock extends Clock {
  /** A bound: it is this late, or later. For "has that time passed?" and the beginning of what must not be missed. */
  now(): EpochSeconds;
  /** The other bound: the newest answer is not younger than this. For the beginning of a wait. */
  latest(): EpochSeconds;
  /** Call it when a request is sent, and the result with the Date of its answer. */
  asking(by: Dater): (date: string | undefined) => void;
  /** The worst one that this process met. */
  contradiction(): Contradiction | undefined;
  /** How far this machine's clock is ahead (negative: behind), where it is off. */
  machineAhead(): Seconds | undefined;
}

/** `now` and `latest` throw ERR_CLOCKS_DISAGREE while no answer has carried a Date. */
export function awsClock(dates: AnswerDates, machine: Clock): AwsClock {
  return {
    now: () => heard(dates.earliest),
    latest: () => heard(dates.latest),
    sleep: (length, signal) => machine.sleep(length, signal),
    asking: (by) => dates.asking(by, () => machine.now()),
    contradiction: () => dates.contradiction,
    machineAhead: () => dates.machineAhead,
  };
}

function heard(at: EpochSeconds | undefined): EpochSeconds {
  if (at !== undefined) return at;
  throw new HaltError("ERR_CLOCKS_DISAGREE", "AWS's answers carry no Date: nothing else tells the time", [
    "env | grep AWS_ENDPOINT_URL (does something in between take the header away?)",
  ]);
}

/** Once a run, when this machine's clock turns out to be off. */
export function tellMachineClock(
  terminal: Pick<World["terminal"], "note">,
): (ahead: Seconds | undefined) => void {
  let isTold = false;
  return (ahead) => {
    if (isTold || ahead === undefined) return;
    isTold = true;
    terminal.note(
      `warning: this machine's clock is ${aheadText(ahead, "AWS's")}; the rotation goes by AWS's, cookies minted here do not: set the clock (timedatectl, sntp)`,
    );
  };
}
