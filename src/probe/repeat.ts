/** The command line that sends one request of a probe again. */
import { probeCase } from "./cases.ts";
import type { ProbeRequest } from "./plan.ts";

/** Names no key and holds no cookie: those who repeat it have the gate or the key at hand. */
export function repeatLine({ caseId, method, url, headers }: ProbeRequest): string {
  const { cookies } = probeCase(caseId);
  const flags = [
    ...(method === "GET" ? [] : method === "HEAD" ? ["-I"] : ["-X", method]),
    ...headers.flatMap(([name, value]) => ["-H", quoted(`${name}: ${value}`)]),
  ];
  const shown = [...(method === "HEAD" ? [] : ["-i"]), ...flags].join(" ");
  if (cookies === "none") return `curl -sS ${shown} ${quoted(url)}`;
  const bad = cookies === "bad" ? ` --bad ${caseId}` : "";
  return `keyturn curl${bad} ${quoted(url)} -- -sS ${shown}`;
}

/** For a shell, only where it is needed. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
