// A keep-alive load on one server, and the CPU time that the server's process spent on it.
import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { fileURLToPath } from "node:url";

/** CPU time of a process so far, from the scheduler (Linux): nanoseconds, where /proc/PID/stat counts in hundredths. */
export function cpuSeconds(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const spent = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8"));
  return spent.reduce((sum, text) => sum + Number(text.split(" ")[0]), 0) / 1e9;
}

/** `count` GETs, 16 at a time, with the cookies in turn; throws on a 403, which would be cheaper than what is measured. */
export async function load(url, cookies, count) {
  const { hostname, host, port, pathname } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const cookie = cookies[next % cookies.length];
      next += 1;
      const headers = { host, cookie };
      const address = hostname.endsWith("localhost") ? "127.0.0.1" : hostname;
      const request = get({ host: address, port, path: pathname, agent, headers });
      const [response] = await once(request, "response");
      response.resume();
      await once(response, "end");
      if (response.statusCode === 403) throw new Error(`${url} was denied`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  agent.destroy();
}

/** `node:http` answering a few bytes, in a process of its own. */
export async function bareServer(status = 404) {
  const child = fork(fileURLToPath(new URL("bare-server.mjs", import.meta.url)), [String(status)]);
  const [port] = await once(child, "message");
  const stop = async () => {
    child.kill();
    await once(child, "exit");
  };
  return { url: `http://127.0.0.1:${port}/`, pid: child.pid, stop };
}
