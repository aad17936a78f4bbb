/**
 * A named pipe, opened so that Ctrl-C works. Opening it (until a writer appears) and each read would block a thread of
 * Node's pool, and a process cannot end before its threads do: only a second Ctrl-C would kill it.
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

/** Opening both ends at once never blocks, and with a writer present no other open does either. Writes nothing. */
function ownEnd(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  } catch {
    // No permission to write: it takes a second Ctrl-C.
    return undefined;
  }
}
