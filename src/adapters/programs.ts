/** Child processes, each with at most one secret, passed through an unlinked file. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { constants as os, tmpdir } from "node:os";
import { join } from "node:path";
import { InputError, InterruptError } from "../errors.ts";
import { Sealed } from "../sealed.ts";
import type { ProgramRun, Programs } from "../seams/programs.ts";
import { ProcessGroup } from "./process-group.ts";

export const childPrograms: Programs = {
  async run(program, args, extra, how = {}) {
    const file = await namelessFile(extra.reveal());
    try {
      return await runWith(program, args, file.fd, how);
    } finally {
      await file.close();
    }
  },
  output(program, args, signal) {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        stdio: ["inherit", "pipe", "inherit"],
        signal,
      });
      const chunks: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
      child.once("error", (cause: NodeJS.ErrnoException) =>
        reject(signal?.aborted ? signal.reason : cannotRun(program, cause)),
      );
      child.once("close", (code) => {
        if (code === 0) return resolve(new Sealed(Buffer.concat(chunks).toString("utf8")));
        reject(
          new InputError("ERR_PROGRAM", `${program} ended with ${code ?? "a signal"}`, [
            "run it by hand: its stderr gives the reason",
          ]),
        );
      });
    });
  },
};

function cannotRun(program: string, cause: NodeJS.ErrnoException): InputError {
  const reason = cause.code === "ENOENT" ? "it is not on the PATH" : (cause.code ?? "unknown reason");
  return new InputError(
    "ERR_PROGRAM",
    `${program} cannot be run: ${reason}`,
    [`command -v ${program}`],
    cause,
  );
}

/**
 * The file is unlinked before the secret is written, so no other process can open it, and a crash leaves nothing
 * behind. (Node's own pipes to children are sockets, which /dev/fd cannot open on Linux.)
 */
async function namelessFile(content: string): Promise<FileHandle> {
  const path = join(tmpdir(), `keyturn-${randomBytes(12).toString("hex")}`);
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await unlink(path);
    // Writing at position 0 leaves the file's own offset there: on macOS /dev/fd shares it with its readers.
    await file.write(Buffer.from(content), 0, undefined, 0);
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
  return file;
}

function runWith(
  program: string,
  args: readonly string[],
  extra: number,
  { signal, keepsStdout, endsTogether, withoutEnv = [], env = {} }: ProgramRun,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ["inherit", keepsStdout ? 2 : "inherit", "inherit", extra],
      detached: endsTogether === true,
      env: {
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !withoutEnv.includes(name))),
        ...env,
      },
    });
    const group = endsTogether && child.pid !== undefined ? new ProcessGroup(child.pid) : undefined;
    const stop = () => {
      if (group) group.stop(signal?.reason instanceof InterruptError ? signal.reason.signal : "SIGTERM");
      else child.kill("SIGTERM");
    };
    signal?.addEventListener("abort", stop);
    // The interrupt may have come while the file was written, before there was a listener.
    if (signal?.aborted) stop();
    child.once("error", (cause: NodeJS.ErrnoException) => reject(cannotRun(program, cause)));
    child.once("close", async (code, killedBy) => {
      signal?.removeEventListener("abort", stop);
      await group?.end();
      resolve(code ?? 128 + (killedBy === null ? 0 : os.signals[killedBy]));
    });
  });
}
