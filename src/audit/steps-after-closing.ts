/** What is left to do once an open behavior is closed: cached copies, and who read it meanwhile. Pure. */
import { shellWord } from "../text/shell-word.ts";

export function stepsAfterClosing(distributionId: string, pattern: string, gate: string): readonly string[] {
  const paths = shellWord(invalidationPath(pattern));
  return [
    `once it is closed, remove the copies that edge locations cached while it was open: \`aws cloudfront create-invalidation --distribution-id ${distributionId} --paths ${paths}\``,
    `who read it meanwhile: \`keyturn logs ungated --since 30d --gate ${shellWord(gate)}\``,
  ];
}

/**
 * An invalidation takes one wildcard, at the end; a path pattern takes more. Without a wildcard, it leaves the copies of
 * the path with a query string (DG:invalidation-specifying-objects).
 */
function invalidationPath(pattern: string): string {
  const anchored = pattern.startsWith("/") ? pattern : `/${pattern}`;
  return /^[^*?]*\*?$/.test(anchored) ? anchored.replace(/\*?$/, "*") : "/*";
}
