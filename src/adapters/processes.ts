/** Processes on this machine, by PID. */
import type { Processes } from "../seams/programs.ts";

export const systemProcesses: Processes = {
  own: process.pid,
  isRunning(id) {
    // 0 and negative ids mean process groups.
    if (!Number.isSafeInteger(id) || id <= 0) return false;
    try {
      process.kill(id, 0);
      return true;
    } catch (thrown) {
      // Another user's process: it exists.
      return (thrown as NodeJS.ErrnoException).code === "EPERM";
    }
  },
};
