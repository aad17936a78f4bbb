/** The command line that sends one request of a probe again. */
import { shellWord } from "../shell-word.ts";
import { probeCase } from "./cases.ts";
import type { ProbeRequest } from "./plan.ts";

/** Names no key and holds no cookie: those who repeat it have the gate or the key at hand. */
export function repeatLine({ caseId, method, url, headers }: ProbeRequest): string {
  const { cookies } = probeCase(caseId);
  const flags = [
    ...(method === "GET" ? [] : method === "HEAD" ? ["-I"] : ["-X", method]),
    ...headers.flatMap(([name, value]) => ["-H", shellWord(`${name}: ${value}`)]),
  ];
  const shown = [...(method === "HEAD" ? [] : ["-i"]), ...flags].join(" ");
  if (cookies === "none") return `curl -sS ${shown} ${shellWord(url)}`;
  const bad = cookies === "bad" ? ` --bad ${caseId}` : "";
  return `keyturn curl${bad} ${shellWord(url)} -- -sS ${shown}`;
}
