/**
 * Delivers notifications: to a command's stdin, or as an HTTP POST. A delivery that fails causes one warning; it never
 * stops a rotation, and never delays it either: deliveries run beside it.
 */
import { KeyturnError, UsageError } from "../errors.ts";
import { Sealed } from "../sealed.ts";
import type { World } from "../seams/world.ts";
import type { Seconds } from "../time.ts";
import type { Notification } from "./notification.ts";

export interface NotifyTargets {
  /** A command line for `sh -c`. It gets the JSON on stdin; its output goes to stderr. */
  readonly command?: string | undefined;
  /** May hold a token: only its host is ever printed. */
  readonly url?: string | undefined;
}

export interface Notifier {
  /** Starts the delivery. Never throws. */
  send(notification: Notification): void;
  /** Resolves once every delivery has ended. */
  settled(): Promise<void>;
}

type Needs = Pick<World, "programs" | "viewer" | "clock"> & {
  readonly terminal: Pick<World["terminal"], "note">;
};

const COMMAND_LIMIT: Seconds = 30;
const POST_LIMIT: Seconds = 10;

/** Without a target nothing is sent. */
export function makeNotifier({ command, url }: NotifyTargets, world: Needs): Notifier {
  const deliveries: Promise<void>[] = [];
  const warned = new Set<string>();
  const attempt = async (name: string, delivery: Promise<string | undefined>) => {
    const why = await delivery.catch((thrown: unknown) => {
      if (thrown instanceof KeyturnError) return thrown.message;
      throw thrown;
    });
    if (why === undefined || warned.has(name)) return;
    warned.add(name);
    world.terminal.note(`warning: ${name} failed: ${why}; the rotation is not affected`);
  };
  return {
    send(notification) {
      const json = `${JSON.stringify(notification)}\n`;
      if (command !== undefined) deliveries.push(attempt("--notify", runFor(command, json, world)));
      if (url !== undefined) deliveries.push(attempt("--notify-url", post(url, json, world)));
    },
    async settled() {
      await Promise.all(deliveries);
    },
  };
}

/** Resolves to the reason of a failure. */
async function runFor(
  command: string,
  json: string,
  { programs, clock }: Needs,
): Promise<string | undefined> {
  const limit = clock.deadline?.(COMMAND_LIMIT);
  // The document is on file descriptor 3 (`Programs.run`), from where the shell makes it stdin.
  const exitCode = await programs.run("sh", ["-c", `exec 0<&3 3<&-\n${command}`], new Sealed(json), {
    keepsStdout: true,
    signal: limit,
  });
  if (limit?.aborted) return `the command took longer than ${COMMAND_LIMIT} s`;
  return exitCode === 0 ? undefined : `the command ended with exit code ${exitCode}`;
}

async function post(url: string, body: string, { viewer }: Needs): Promise<string | undefined> {
  const { status } = await viewer.send({
    method: "POST",
    url,
    headers: [["content-type", "application/json"]],
    body,
    timeout: POST_LIMIT,
  });
  return status >= 200 && status < 300 ? undefined : `${new URL(url).host} answered ${status}`;
}

/** Throws ERR_USAGE. The message does not repeat the URL: a webhook's URL is a secret. */
export function parseNotifyUrl(text: string, source: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError("ERR_USAGE", `${source} is not an http or https URL`, [
    "--notify-url https://hooks.example.com/...",
  ]);
}
