/** What CloudFront's schema validation refuses in a request's XML, before any rule about the resource itself. */
import { refuseCloudFront } from "./refusal.ts";
import { child, childAt, itemsAt, textAt, type XmlElement } from "./xml.ts";

/** `distributionConfig.origins.items.1.member.id`, as AWS writes paths in a document. */
const placeOf = (...names: readonly string[]) =>
  names.map((name) => (/^\d+$/.test(name) ? `${name}.member` : lowerFirst(name))).join(".");
const lowerFirst = (name: string) => name[0]?.toLowerCase() + name.slice(1);

function refuseValue(value: string, place: string, constraint: string): never {
  return refuseCloudFront(
    "MalformedXML",
    `1 validation error detected: Value ${value} at '${place}' failed to satisfy constraint: ${constraint}`,
  );
}

export function requireAt(root: XmlElement, path: readonly string[]): void {
  if (childAt(root, ...path) !== undefined) return;
  refuseValue("null", placeOf(root.name, ...path), "Member must not be null");
}

/** If present, a member must have one of the values. `place` is the path of `parent`: `["distributionConfig"]`. */
export function checkEnum(
  parent: XmlElement,
  place: readonly string[],
  path: readonly string[],
  allowed: readonly string[],
): void {
  const value = textAt(parent, ...path);
  if (value !== undefined) checkValue(value, placeOf(...place, ...path), allowed);
}

/** As checkEnum, for every item of a list in a Quantity wrapper. */
export function checkEnumItems(
  parent: XmlElement,
  place: readonly string[],
  path: readonly string[],
  allowed: readonly string[],
): void {
  for (const [index, { text }] of itemsAt(parent, ...path).entries()) {
    checkValue(text, placeOf(...place, ...path, "items", String(index + 1)), allowed);
  }
}

function checkValue(value: string, place: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  refuseValue(`'${value}'`, place, `Member must satisfy enum value set: [${allowed.join(", ")}]`);
}

/** Every list in a Quantity wrapper states its own length. */
export function checkQuantities(part: XmlElement): void {
  const quantity = textAt(part, "Quantity");
  if (quantity !== undefined) {
    if (!/^\d+$/.test(quantity)) refuseCloudFront("MalformedInput", `${part.name}.Quantity is not a number`);
    const count = child(part, "Items")?.children.length ?? 0;
    if (Number(quantity) !== count) refuseCloudFront("InconsistentQuantities");
  } else if (part.name !== "KeyGroupConfig" && child(part, "Items") !== undefined) {
    requireAt(part, ["Quantity"]);
  }
  for (const each of part.children) checkQuantities(each);
}

export function checkBoolean(member: string, text: string | undefined): void {
  if (text !== "true" && text !== "false")
    refuseCloudFront("MalformedInput", `${member} is neither true nor false`);
}
