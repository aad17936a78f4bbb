/** Processes of this machine, by their ids. */
import type { Processes } from "../seams.ts";

export const systemProcesses: Processes = {
  own: process.pid,
  isRunning(id) {
    // 0 and negative ids mean groups of processes.
    if (!Number.isSafeInteger(id) || id <= 0) return false;
    try {
      process.kill(id, 0);
      return true;
    } catch (thrown) {
      // Of another user: it exists.
      return (thrown as NodeJS.ErrnoException).code === "EPERM";
    }
  },
};
