/**
 * Shows a long text in the user's pager, as git does: quitting early is not an error, and the pager handles Ctrl-C.
 */
import { spawn } from "node:child_process";
import { visibleWidth } from "../text/layout.ts";

/** Does the text fit above the prompt that follows it? */
export function fitsScreen(
  text: string,
  { columns, rows }: { readonly columns?: number; readonly rows?: number },
): boolean {
  if (!rows) return true;
  const width = columns || 80;
  let taken = 0;
  for (const line of text.replace(/\n$/, "").split("\n")) {
    taken += Math.max(1, Math.ceil(visibleWidth(line) / width));
    if (taken >= rows) return false;
  }
  return true;
}

/**
 * Options for less unless LESS is set. As in git: exit if the text fits on one screen, keep colors, leave the text
 * on the screen. The prompt also says how to quit, since a lone colon helps no newcomer.
 */
const DEFAULTS = { LESS: "FRXPs?e(end, q to quit):Space for more, q to quit.$", LV: "-c" };

/** What a shell ends with if it does not find the program or may not run it. */
const NOT_RUN = new Set([126, 127]);

/** False if the pager could not be started, so that nothing was shown. `pager` is a shell command, as in git. */
export function runPager(
  text: string,
  pager: string,
  env: NodeJS.ProcessEnv,
  interrupt: AbortSignal,
): Promise<boolean> {
  // The pager handles Ctrl-C: less uses it to stop a search.
  const listeners = process.listeners("SIGINT");
  const ignore = () => {};
  process.on("SIGINT", ignore);
  for (const each of listeners) process.off("SIGINT", each as NodeJS.SignalsListener);
  return new Promise<boolean>((resolve) => {
    const child = spawn(pager, {
      shell: true,
      stdio: ["pipe", "inherit", "inherit"],
      env: { ...DEFAULTS, ...env },
    });
    const stop = () => child.kill("SIGTERM");
    interrupt.addEventListener("abort", stop);
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(!NOT_RUN.has(code ?? 0)));
    // The user quit early, having read enough.
    child.stdin.on("error", () => {});
    child.stdin.end(text);
  }).finally(() => {
    for (const each of listeners) process.on("SIGINT", each as NodeJS.SignalsListener);
    process.off("SIGINT", ignore);
  });
}
