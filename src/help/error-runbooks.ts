/** The runbook for an error code, if there is one. */
import type { ErrorCode } from "../errors.ts";

const RUNBOOKS: Partial<Record<ErrorCode, string>> = {
  ERR_HALTED: "resume-a-rotation",
  ERR_CLOCKS_DISAGREE: "resume-a-rotation",
  ERR_PRECONDITION: "resume-a-rotation",
  ERR_QUOTA: "clean-up-orphan-keys",
  ERR_KEY_EXPOSED: "leaked-key",
  ERR_LOGIN_REFUSED: "login-works-calls-fail",
  ERR_MINT_REFUSED: "login-works-calls-fail",
  ERR_KEY_MISMATCH: "everyone-gets-403",
  ERR_CONFIG: "first-set-up",
};

export function runbookOfError(code: string): string | undefined {
  return RUNBOOKS[code as ErrorCode];
}
