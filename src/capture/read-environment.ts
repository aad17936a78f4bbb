/** `export CLOUDFRONT_POLICY='...'` lines, as `mint --format env` writes them. */

import { COOKIE_NAMES } from "../policy/cookie-set.ts";
import type { CapturedCookie, CapturedRequest } from "./capture.ts";

const LINE = /^\s*(?:export\s+|set\s+)?(CLOUDFRONT_[A-Z_]+)=(.*)$/;
const NAMES = new Map(
  Object.values(COOKIE_NAMES).map((name) => [name.toUpperCase().replaceAll("-", "_"), name]),
);

export const looksLikeEnvironment = (text: string): boolean =>
  /^\s*(?:export\s+|set\s+)?CLOUDFRONT_[A-Z_]+=/m.test(text);

export function readEnvironment(text: string): CapturedRequest | undefined {
  const cookies: CapturedCookie[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, variable = "", value = ""] = LINE.exec(line) ?? [];
    const name = NAMES.get(variable);
    if (name !== undefined) cookies.push({ name, value: value.trim().replace(/^(['"])(.*)\1$/, "$2") });
  }
  if (cookies.length === 0) return undefined;
  return { form: "environment", source: "environment variables", cookies, remarks: [] };
}
