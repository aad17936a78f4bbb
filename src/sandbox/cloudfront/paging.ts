/** Pages of CloudFront's lists. */
import type { Call } from "./operation.ts";
import { refuseCloudFront } from "./refusal.ts";
import { element, type XmlElement } from "./xml.ts";

export interface ListPage<T> {
  readonly items: readonly T[];
  readonly marker: string;
  readonly maxItems: number;
  readonly nextMarker: string | undefined;
}

const LARGEST_PAGE = 100;

/**
 * One page by `Marker` (the last id of the previous page) and `MaxItems`. Ordered by id, so that the next page is right
 * even if the item at the marker is gone.
 */
export function pageByMarker<T>(call: Call, items: readonly T[], idOf: (item: T) => string): ListPage<T> {
  const marker = call.query.get("Marker") ?? "";
  const wanted = call.query.get("MaxItems") ?? String(LARGEST_PAGE);
  if (!/^[1-9]\d{0,8}$/.test(wanted))
    refuseCloudFront("InvalidArgument", "The parameter MaxItems is not valid.");
  const maxItems = Math.min(Number(wanted), LARGEST_PAGE);
  const rest = items.toSorted((a, b) => compare(idOf(a), idOf(b))).filter((item) => idOf(item) > marker);
  const page = rest.slice(0, maxItems);
  const last = page.at(-1);
  const nextMarker = rest.length > page.length && last !== undefined ? idOf(last) : undefined;
  return { items: page, marker, maxItems, nextMarker };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The members of a list. Clients would read an empty NextMarker as "", and some cannot read an empty `Items`: both are left
 * out. The older lists have Marker and IsTruncated, the newer ones do not.
 */
export function listMembers<T>(
  { items, marker, maxItems, nextMarker }: ListPage<T>,
  write: (item: T) => XmlElement,
  form: "with Marker" | "without Marker",
): readonly (XmlElement | undefined)[] {
  const hasMarker = form === "with Marker";
  return [
    hasMarker ? element("Marker", marker) : undefined,
    nextMarker === undefined ? undefined : element("NextMarker", nextMarker),
    element("MaxItems", maxItems),
    hasMarker ? element("IsTruncated", nextMarker !== undefined) : undefined,
    element("Quantity", items.length),
    items.length === 0 ? undefined : element("Items", items.map(write)),
  ];
}
