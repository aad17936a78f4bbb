/** `keyturn mint --logout`: the clearing set for wherever a plan would set cookies. */
import { clearingSetCookies } from "../browser/clear.ts";
import { UsageError } from "../errors.ts";
import type { MintPlan } from "./mint-plan.ts";

/** Values of Set-Cookie. Throws ERR_USAGE for a format that cannot clear cookies. */
export function planLogout({ sets, format }: MintPlan): string[] {
  if (format !== "set-cookie" && format !== "header") {
    throw new UsageError(
      "ERR_USAGE",
      `--logout writes Set-Cookie lines; --format ${format} cannot clear a cookie`,
      ["keyturn mint --logout"],
    );
  }
  const places = new Map(sets.map(({ attributes }) => [JSON.stringify(attributes), attributes]));
  return [...places.values()].flatMap(clearingSetCookies);
}
