/** One CloudFront operation as the handler sees it: where it is found, and a function from call to answer. */
import type { EpochSeconds } from "../../time.ts";
import type { CloudFrontModel } from "./model.ts";
import { refuse } from "./refusal.ts";
import { requireAt } from "./required.ts";
import { element, type XmlElement } from "./xml.ts";

export interface Call {
  readonly model: CloudFrontModel;
  /** The placeholders of the path, decoded, in order. */
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  readonly ifMatch: string | undefined;
  /** The body's root, which must have that name. Refuses MissingBody, MalformedXML. */
  readonly body: (rootName: string) => XmlElement;
}

export interface Answer {
  readonly status: 200 | 201 | 204;
  readonly root?: XmlElement;
  readonly etag?: string;
  readonly location?: string;
}

export interface Operation {
  readonly name: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Under `/2020-05-31`; `{}` stands for one segment. */
  readonly path: string;
  /** A query parameter that tells two operations on one path apart: `WithTags`, `Operation=Tag`. */
  readonly query?: string;
  readonly run: (call: Call) => Answer;
}

/** The id at that place of the path. */
export function idAt(call: Call, index = 0): string {
  return call.ids[index] as string;
}

export const locationOf = (path: string) => `https://cloudfront.amazonaws.com/2020-05-31/${path}`;
/** Rounded: a product of floats may lie just below the millisecond that it means. */
export const timestamp = (at: EpochSeconds) => new Date(Math.round(at * 1000)).toISOString();

/**
 * Strict documents: an element that the API does not know is a MalformedInput (a choice: AWS's own parser names such
 * mistakes so), a missing one a MalformedXML with AWS's words.
 */
export function checkMembers(
  root: XmlElement,
  required: readonly string[],
  optional: readonly string[] = [],
): void {
  const names = root.children.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (!required.includes(name) && !optional.includes(name)) {
      refuse("MalformedInput", `Unexpected element ${name} in ${root.name}`);
    }
    const isFirst = names.indexOf(name) === index;
    if (!isFirst) refuse("MalformedInput", `${name} appears more than once in ${root.name}`);
  }
  for (const name of required) requireAt(root, [name]);
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly marker: string;
  readonly maxItems: number;
  readonly nextMarker: string | undefined;
}

const LARGEST_PAGE = 100;

/**
 * One page by `Marker` (the last id of the page before) and `MaxItems`. In the order of the ids, so that a page goes on
 * where it stopped even when the item it stopped at is gone.
 */
export function pageOf<T>(call: Call, items: readonly T[], idOf: (item: T) => string): Page<T> {
  const marker = call.query.get("Marker") ?? "";
  const asked = call.query.get("MaxItems") ?? String(LARGEST_PAGE);
  if (!/^[1-9]\d{0,8}$/.test(asked)) refuse("InvalidArgument", "The parameter MaxItems is not valid.");
  const maxItems = Math.min(Number(asked), LARGEST_PAGE);
  const rest = items.toSorted((a, b) => compare(idOf(a), idOf(b))).filter((item) => idOf(item) > marker);
  const page = rest.slice(0, maxItems);
  const last = page.at(-1);
  const nextMarker = rest.length > page.length && last !== undefined ? idOf(last) : undefined;
  return { items: page, marker, maxItems, nextMarker };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The members of a list. An empty NextMarker would reach clients as "", and `Items` without any would be no list for
 * some: both are left out. The older lists say Marker and IsTruncated, those of keys and groups do not.
 */
export function listMembers<T>(
  { items, marker, maxItems, nextMarker }: Page<T>,
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
