/** A cache or origin request policy's selections, from CloudFront's words. */
import type { NameSelection } from "../cloudfront/distribution.ts";

/** `none`, `whitelist`, `allExcept`, `all`; of headers also `allViewer` and `allViewerAndWhitelistCloudFront`. */
export function nameSelection(behavior: string, names: readonly string[]): NameSelection {
  switch (behavior) {
    case "whitelist":
      return { which: "named", names };
    case "allExcept":
      return { which: "all-except", names };
    case "all":
    case "allViewer":
      return { which: "all", names: [] };
    case "allViewerAndWhitelistCloudFront":
      return { which: "all", names };
    default:
      return { which: "none", names: [] };
  }
}
