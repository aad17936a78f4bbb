/** One CloudFront operation as the handler sees it: its method and path, and a function from call to response. */
import type { EpochSeconds } from "../../time.ts";
import type { CloudFrontModel } from "./model.ts";
import { refuseCloudFront } from "./refusal.ts";
import { requireAt } from "./validation.ts";
import type { XmlElement } from "./xml.ts";

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
  /** A query parameter that distinguishes two operations on one path: `WithTags`, `Operation=Tag`. */
  readonly query?: string;
  readonly run: (call: Call) => Answer;
}

/** The id in the path, or the one at `index` of several. */
export function idAt(call: Call, index = 0): string {
  return call.ids[index] as string;
}

export const locationOf = (path: string) => `https://cloudfront.amazonaws.com/2020-05-31/${path}`;
/** Rounded, because a product of floats can be just below the intended millisecond. */
export const timestamp = (at: EpochSeconds) => new Date(Math.round(at * 1000)).toISOString();

/**
 * An element that the API does not know is a MalformedInput (our choice: AWS's parser uses that code for such mistakes);
 * a missing one is a MalformedXML in AWS's words.
 */
export function checkMembers(
  root: XmlElement,
  required: readonly string[],
  optional: readonly string[] = [],
): void {
  const names = root.children.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (!required.includes(name) && !optional.includes(name)) {
      refuseCloudFront("MalformedInput", `Unexpected element ${name} in ${root.name}`);
    }
    const isFirst = names.indexOf(name) === index;
    if (!isFirst) refuseCloudFront("MalformedInput", `${name} appears more than once in ${root.name}`);
  }
  for (const name of required) requireAt(root, [name]);
}
