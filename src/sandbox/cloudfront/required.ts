/** Members that must be there: a missing one is a MalformedXML, in AWS's words. */
import { refuse } from "./refusal.ts";
import { childAt, type XmlElement } from "./xml.ts";

export function requireAt(root: XmlElement, path: readonly string[]): void {
  if (childAt(root, ...path) !== undefined) return;
  const member = [root.name, ...path].map((name) => name[0]?.toLowerCase() + name.slice(1)).join(".");
  refuse(
    "MalformedXML",
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}
