/**
 * A run that sends notifications: of a halt, of the end of a wait, of the end of the rotation, and of an error that
 * stopped it.
 */
import { isError, KeyturnError } from "../errors.ts";
import type { DriveOptions, DriveTools, ProgressEvent } from "./drive.ts";
import type { Halt, RotationStep } from "./next.ts";
import { type NotificationEvent, type NotifiedRotation, notificationOf } from "./notification.ts";
import type { Notifier } from "./notifier.ts";
import { driveToStatus } from "./session.ts";
import type { RotationStatus } from "./status.ts";

/** `record`: the rotation as it stands before the run. Throws what `driveToStatus` throws, once all is delivered. */
export async function driveNotified(
  tools: DriveTools,
  record: NotifiedRotation,
  options: DriveOptions,
  notifier: Notifier,
): Promise<RotationStatus> {
  const ear = new RunListener(record, (known, event) =>
    notifier.send(notificationOf(known, event, tools.clock.now())),
  );
  const progress = (event: ProgressEvent) => {
    ear.hear(event);
    options.progress?.(event);
  };
  try {
    return await driveToStatus(tools, record.gate, { ...options, progress });
  } catch (thrown) {
    // Whoever pressed Ctrl-C knows already; a halt was reported as the run's end.
    if (!ear.isHalted && thrown instanceof KeyturnError && !isError(thrown, "ERR_INTERRUPTED"))
      ear.stopped(thrown);
    throw thrown;
  } finally {
    await notifier.settled();
  }
}

class RunListener {
  isHalted = false;
  readonly #tell: (known: NotifiedRotation, event: NotificationEvent) => void;
  #known: NotifiedRotation;
  #step: RotationStep | undefined;
  /** The stage that the run waits in. */
  #waiting: RotationStep | undefined;

  constructor(known: NotifiedRotation, tell: (known: NotifiedRotation, event: NotificationEvent) => void) {
    this.#known = known;
    this.#tell = tell;
  }

  hear(event: ProgressEvent): void {
    if (event.kind !== "ended") this.#known = event.record;
    if (event.kind === "waiting") {
      this.#step = event.wait.step;
      this.#waiting = event.wait.step;
      return;
    }
    const { step } = event.kind === "acted" ? event.act : event.next;
    this.#step = step;
    // A stage may wait many times, from canary check to canary check: it is over once another one begins.
    if (this.#waiting !== undefined && this.#waiting !== step) {
      this.#tell(this.#known, { event: "wait-over", stage: this.#waiting });
      this.#waiting = undefined;
    }
    if (event.kind !== "ended") return;
    const { next } = event;
    if ("halt" in next) this.#halted(next);
    else if ("finished" in next) this.#tell(this.#known, { event: "finished", outcome: next.finished });
  }

  stopped(error: KeyturnError): void {
    this.#tell(this.#known, {
      event: "stopped",
      error,
      stage: this.#step,
    });
  }

  #halted({ halt, step, message, remedies }: Halt): void {
    this.isHalted = true;
    this.#tell(this.#known, { event: "halted", stage: step, halt, message, next: remedies });
  }
}
