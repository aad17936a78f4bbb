/**
 * One sandbox a folder: two would write each other's account away. The `in-use` file names a loopback port, where its
 * sandbox says the word that stands beside it. One that was killed says nothing, so nothing of it need be tidied away.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { UsageError } from "../../errors.ts";
import { unwritable } from "../../file-errors.ts";
import type { Clock, Random } from "../../seams.ts";
import { shellWord } from "../../text/shell-word.ts";
import { makeFolder } from "../folder.ts";

const HOST = "127.0.0.1";
/** Seconds. Whoever has the port now may be somebody who only listens. */
const ANSWERS_WITHIN = 2;

export interface Hold {
  release(): Promise<void>;
}

/** Throws ERR_USAGE when another sandbox has the folder, ERR_FILE_UNREADABLE when nothing can be written there. */
export async function holdFolder(
  folder: string,
  { clock, random }: { readonly clock: Pick<Clock, "sleep">; readonly random: Pick<Random, "uuid"> },
): Promise<Hold> {
  const path = join(folder, "in-use");
  const left = await leftAt(path);
  if (await isHeld(left, clock)) throw held(folder);
  await makeFolder(folder).catch((cause) => {
    throw unwritable(folder, cause);
  });
  const word = random.uuid();
  // Destroyed once it is said: an asker that never hangs up must not keep us.
  const server = createServer((socket) => {
    socket.on("error", () => {}).end(word, () => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, HOST, resolve);
  });
  const close = () => new Promise((resolve) => server.close(resolve));
  try {
    if (left !== undefined) await rm(path, { force: true });
    // "wx": of two that begin at the same moment, one fails here.
    await writeFile(path, `${(server.address() as AddressInfo).port} ${word}\n`, { flag: "wx", mode: 0o600 });
  } catch (cause) {
    await close();
    throw (cause as NodeJS.ErrnoException).code === "EEXIST" ? held(folder) : unwritable(path, cause);
  }
  return {
    release: async () => {
      await close();
      await rm(path, { force: true });
    },
  };
}

const held = (folder: string) =>
  new UsageError("ERR_USAGE", `another sandbox is running on the state in ${folder}`, [
    `. ${shellWord(join(folder, "env.sh"))}`,
    "or give another folder with --state",
  ]);

const leftAt = (path: string) => readFile(path, "utf8").catch(() => undefined);

async function isHeld(left: string | undefined, clock: Pick<Clock, "sleep">): Promise<boolean> {
  const [, port, word] = /^(\d{1,5}) ([\w-]+)\n$/.exec(left ?? "") ?? [];
  return Number(port) <= 65_535 && (await said(Number(port), clock)) === word;
}

/** What is said at that port; nothing where nobody listens. */
async function said(port: number, clock: Pick<Clock, "sleep">): Promise<string> {
  let text = "";
  const socket = connect({ host: HOST, port });
  const ended = new Promise<void>((resolve) => {
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (text.length > 100) resolve();
    });
    socket.on("error", () => resolve()).on("close", () => resolve());
  });
  const waiting = new AbortController();
  await Promise.race([ended, clock.sleep(ANSWERS_WITHIN, waiting.signal).catch(() => {})]);
  waiting.abort();
  socket.destroy();
  return text;
}
