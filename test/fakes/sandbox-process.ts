/** A sandbox in its own process, as README starts it. */
import type { ChildProcess } from "node:child_process";

/** Resolves once the sandbox has printed its exports. */
export function exportsOf(child: ChildProcess): Promise<Record<string, string>> {
  return new Promise((resolved, rejected) => {
    let text = "";
    child.once("exit", (code) => rejected(new Error(`the sandbox ended with ${code}: ${text}`)));
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (!text.includes("Ctrl-C")) return;
      const pairs = [...text.matchAll(/^export (\w+)='([^']*)'$/gm)].map(([, name = "", value = ""]) => [
        name,
        value,
      ]);
      resolved(Object.fromEntries(pairs));
    });
  });
}
