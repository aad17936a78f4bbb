/** A command and every process that it starts, in a process group of their own: signalled together, none left behind. */
import { setTimeout as sleep } from "node:timers/promises";

const GRACE_MS = 5000;
const POLL_MS = 50;

export class ProcessGroup {
  readonly #id: number;
  readonly #over = new AbortController();

  /** `leader`: a process spawned with `detached`, whose PID is the group's. */
  constructor(leader: number) {
    this.#id = leader;
  }

  /**
   * Forwards the signal, which a terminal sends only to the foreground group. After a second signal or five seconds,
   * kills the group; this process must survive to remove its own files.
   */
  stop(signal: NodeJS.Signals): void {
    this.#send(signal);
    const kill = () => void this.#send("SIGKILL");
    for (const each of ["SIGINT", "SIGTERM"] as const) {
      process.on(each, kill);
      this.#over.signal.addEventListener("abort", () => process.off(each, kill));
    }
    sleep(GRACE_MS, undefined, { signal: this.#over.signal }).then(kill, () => {});
  }

  /** After the leader has ended: ends the processes that it left running. */
  async end(): Promise<void> {
    const until = performance.now() + GRACE_MS;
    let isLeft = this.#send("SIGTERM");
    while (isLeft && performance.now() < until) {
      await sleep(POLL_MS);
      isLeft = this.#send(0);
    }
    if (isLeft) this.#send("SIGKILL");
    this.#over.abort();
  }

  /** False if nobody is left. */
  #send(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(-this.#id, signal);
    } catch {
      return false;
    }
  }
}
