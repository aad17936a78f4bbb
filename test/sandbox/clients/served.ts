/** A sandbox account on a real socket and the real clock, for independent clients. */
import { systemClock } from "../../../src/adapters/clock.ts";
import { systemRandom } from "../../../src/adapters/random.ts";
import { type Account, type AccountOptions, createAccount } from "../../../src/sandbox/account.ts";
import { type Listening, listen } from "../../../src/sandbox/listen.ts";

export interface Served extends Listening {
  readonly account: Account;
  /** Errors inside the sandbox; empty if all is well. */
  readonly bugs: readonly unknown[];
}

export async function serveAccount(options: Partial<AccountOptions> = {}): Promise<Served> {
  const bugs: unknown[] = [];
  const onBug = (thrown: unknown) => void bugs.push(thrown);
  const account = createAccount({ clock: systemClock, random: systemRandom, onBug, ...options });
  const listening = await listen({ handler: account.handler, port: 0, clock: systemClock, onBug });
  return { ...listening, account, bugs };
}
