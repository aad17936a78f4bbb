/** When to retry a call: the SDK classifies the failure, our clock waits. */
import type { Clock, Random } from "../../seams/world.ts";
import { LimitReached } from "./bounded-exchange.ts";

const MAX_ATTEMPTS = 6;
/** Each costs up to 20 s: a server silent for a minute will not answer. */
const MAX_SILENT_ATTEMPTS = 3;
const LONGEST_WAIT_SECONDS = 20;

/** The part of the SDK's RetryErrorInfo that matters. */
interface Failure {
  readonly errorType: "TRANSIENT" | "THROTTLING" | "SERVER_ERROR" | "CLIENT_ERROR";
  readonly retryAfterHint?: Date;
  readonly error?: unknown;
}
interface Token {
  getRetryCount(): number;
  getRetryDelay(): number;
}

/** Exponential with full jitter; throttling starts slower. The SDK itself never sleeps: each token says 0 ms. */
export function retryOnClock({
  clock,
  random,
  interrupt,
}: {
  readonly clock: Clock;
  readonly random: Random;
  readonly interrupt: AbortSignal;
}) {
  return {
    mode: "standard",
    maxAttempts: async () => MAX_ATTEMPTS,
    acquireInitialRetryToken: async () => token(0),
    async refreshRetryTokenForRetry(last: Token, failure: Failure): Promise<Token> {
      const count = last.getRetryCount() + 1;
      const most = failure.error instanceof LimitReached ? MAX_SILENT_ATTEMPTS : MAX_ATTEMPTS;
      if (failure.errorType === "CLIENT_ERROR" || count >= most) throw new Error("no retries left");
      const base = failure.errorType === "THROTTLING" ? 1 : 0.1;
      const wait = random.fraction() * Math.min(LONGEST_WAIT_SECONDS, base * 2 ** (count - 1));
      const requested = failure.retryAfterHint ? failure.retryAfterHint.getTime() / 1000 - clock.now() : 0;
      await clock.sleep(Math.max(wait, Math.min(requested, LONGEST_WAIT_SECONDS)), interrupt);
      return token(count);
    },
    recordSuccess: () => {},
  };
}

function token(count: number) {
  return { getRetryCount: () => count, getRetryDelay: () => 0, getRetryCost: () => 0 };
}
