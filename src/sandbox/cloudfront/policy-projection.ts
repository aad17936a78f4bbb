/** A stored cache or origin request policy in the domain's shape. */
import type { ForwardingPolicy, NameSelection } from "../../cloudfront/distribution.ts";
import { elementTexts } from "./distribution-document.ts";
import type { StoredForwardingPolicy } from "./state.ts";
import { child, itemsAt, textAt, type XmlElement } from "./xml.ts";

export function projectPolicy({ id, kind, config }: StoredForwardingPolicy): ForwardingPolicy {
  const parent = kind === "cache" ? child(config, "ParametersInCacheKeyAndForwardedToOrigin") : config;
  const part = (name: string, behavior: string, list: string): NameSelection =>
    parent === undefined ? NOTHING : selectionOf(parent, name, behavior, list);
  return {
    id,
    name: textAt(config, "Name") ?? "",
    cookies: part("CookiesConfig", "CookieBehavior", "Cookies"),
    headers: part("HeadersConfig", "HeaderBehavior", "Headers"),
    queryStrings: part("QueryStringsConfig", "QueryStringBehavior", "QueryStrings"),
  };
}

const NOTHING: NameSelection = { which: "none", names: [] };

function selectionOf(parent: XmlElement, name: string, behavior: string, list: string): NameSelection {
  const names = elementTexts(itemsAt(parent, name, list));
  switch (textAt(parent, name, behavior)) {
    case "whitelist":
      return { which: "named", names };
    case "allExcept":
      return { which: "all-except", names };
    case "allViewerAndWhitelistCloudFront":
      return { which: "all", names };
    case "all":
    case "allViewer":
      return { which: "all", names: [] };
    default:
      return NOTHING;
  }
}
