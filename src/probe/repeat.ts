/** The command line that repeats one probe request. */
import { shellWord } from "../text/shell-word.ts";
import { probeCase } from "./cases.ts";
import type { ProbeRequest } from "./plan.ts";
import { socketOf } from "./target.ts";

/** Contains no key or cookie: whoever repeats it has the gate or the key. */
export function repeatLine({ caseId, method, url, headers, target }: ProbeRequest): string {
  const { cookies } = probeCase(caseId);
  const flags = [
    ...(method === "GET" ? [] : method === "HEAD" ? ["-I"] : ["-X", method]),
    ...(target.address === undefined ? [] : ["--resolve", shellWord(resolveOf(url, target.address))]),
    ...headers.flatMap(([name, value]) => ["-H", shellWord(`${name}: ${value}`)]),
  ];
  const shown = [...(method === "HEAD" ? [] : ["-i"]), ...flags].join(" ");
  if (cookies === "none") return `curl -sS ${shown} ${shellWord(url)}`;
  const bad = cookies === "bad" ? ` --bad ${caseId}` : "";
  return `keyturn curl${bad} ${shellWord(url)} -- -sS ${shown}`;
}

/** `HOST:PORT:ADDRESS`, as curl takes it. */
function resolveOf(url: string, address: string): string {
  const { name, port } = socketOf(url);
  return `${name}:${port}:${address.includes(":") ? `[${address}]` : address}`;
}
