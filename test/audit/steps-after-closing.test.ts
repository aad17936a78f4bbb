/** Once an open behavior is closed: the invalidation must remove every cached copy that the pattern matched. */
import { expect, it } from "vitest";
import { stepsAfterClosing } from "../../src/audit/steps-after-closing.ts";

it.each([
  ["/api/*", "'/api/*'"],
  ["*", "'/*'"],
  ["images/*", "'/images/*'"],
  // Copies of one path with different query strings are removed only by a wildcard (DG:invalidation-specifying-objects).
  ["/film.mp4", "'/film.mp4*'"],
  // Elsewhere than at the end, an invalidation takes * literally, and ? anywhere.
  ["/*/film.mp4", "'/*'"],
  ["/film-?.mp4", "'/*'"],
])("the invalidation for %s removes %s", (pattern, paths) => {
  const [invalidate] = stepsAfterClosing("E2EXAMPLE", pattern, "demo");
  expect(invalidate).toContain(`--distribution-id E2EXAMPLE --paths ${paths}\``);
});
