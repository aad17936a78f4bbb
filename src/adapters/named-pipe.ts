/**
 * A named pipe, opened so that Ctrl-C is heard. Both the opening, until somebody writes, and each reading would hold a
 * thread of Node's pool, and a process does not end before its threads do: a second Ctrl-C had to kill it.
 */
import { closeSync, constants, open, openSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";

/** Rejects with the interrupt's reason, or as fs.open does. */
export async function openNamedPipe(path: string, interrupt: AbortSignal): Promise<Readable> {
  interrupt.throwIfAborted();
  let own: number | undefined;
  const wake = () => {
    own = ownEnd(path);
  };
  interrupt.addEventListener("abort", wake, { once: true });
  try {
    const pipe = await opened(path);
    const stream = new Socket({ fd: pipe, readable: true, writable: false });
    if (interrupt.aborted) stream.destroy();
    interrupt.throwIfAborted();
    return stream;
  } finally {
    interrupt.removeEventListener("abort", wake);
    if (own !== undefined) closeSync(own);
  }
}

const opened = (path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    open(path, "r", (error, file) => (error === null ? resolve(file) : reject(error)));
  });

/** Both ends at once never wait, and with a writer there whoever opens does not either. Nothing is written. */
function ownEnd(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  } catch {
    // Not ours to write to: then a second Ctrl-C must do.
    return undefined;
  }
}
