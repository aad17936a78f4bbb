/** What a cache or origin request policy selects, from the words of CloudFront's API, CloudFormation and Terraform. */
import type { NameSelection } from "./distribution.ts";

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
