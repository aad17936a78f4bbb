/**
 * XML as a tree that keeps unknown elements: the only user of fast-xml-parser. The library reads the
 * markup; references are decoded here, all at once, because EncodedKey's line breaks arrive as raw LF, `&#xA;` and
 * `&#x0A;`. Comments, processing instructions and attributes other than the root's namespace are dropped.
 */
import { XMLParser, XMLValidator } from "fast-xml-parser";

export interface XmlElement {
  readonly name: string;
  /** A leaf's text, including white space; empty if there are children. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** Not well-formed, or not a tree of elements and leaves. */
export class XmlMalformed extends Error {}

type ParsedNode = Readonly<Record<string, unknown>>;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  trimValues: false,
  parseTagValue: false,
  processEntities: false,
  cdataPropName: "#cdata",
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/** The root and its namespace ("" without one). Throws XmlMalformed. */
export function parseXml(text: string): { readonly root: XmlElement; readonly namespace: string } {
  // Custom entities are not part of the API, and a classic way to make a parser run out of memory.
  if (/<!DOCTYPE/i.test(text)) throw new XmlMalformed("a document type is not accepted");
  const normalised = text.replace(/\r\n?/g, "\n");
  const validation = XMLValidator.validate(normalised);
  if (validation !== true) throw new XmlMalformed(`line ${validation.err.line}: ${validation.err.msg}`);
  const roots = parsed(normalised).filter((node) => !isText(node));
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw new XmlMalformed("expected one root element");
  const attributes = root[":@"] as Readonly<Record<string, string>> | undefined;
  return { root: toElement(root), namespace: attributes?.xmlns ?? "" };
}

/** The library also refuses some well-formed documents: a hundred levels, and names unsafe for a JavaScript object. */
function parsed(text: string): readonly ParsedNode[] {
  try {
    return parser.parse(text) as ParsedNode[];
  } catch (thrown) {
    throw new XmlMalformed(String(thrown));
  }
}

const isText = (node: ParsedNode) => "#text" in node || "#cdata" in node;

function toElement(node: ParsedNode): XmlElement {
  const name = Object.keys(node).find((key) => key !== ":@") as string;
  const content = node[name] as readonly ParsedNode[];
  const children = content.filter((each) => !isText(each)).map(toElement);
  const text = content.map(textOfNode).join("");
  if (children.length === 0) return { name, text, children };
  if (text.trim() !== "") throw new XmlMalformed(`text between the elements of ${name}`);
  return { name, text: "", children };
}

function textOfNode(node: ParsedNode): string {
  if ("#text" in node) return decodeReferences(String(node["#text"]));
  if ("#cdata" in node)
    return (node["#cdata"] as readonly ParsedNode[]).map((each) => String(each["#text"])).join("");
  return "";
}

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function decodeReferences(text: string): string {
  return text.replace(/&([^;&]*);?/g, (reference, body: string) => {
    const named = Object.hasOwn(NAMED, body) ? NAMED[body] : undefined;
    const numeric = /^#(?:x([0-9a-fA-F]+)|(\d+))$/.exec(body);
    if (!reference.endsWith(";") || (named === undefined && numeric === null)) {
      throw new XmlMalformed(`"${reference.slice(0, 20)}" is not a reference`);
    }
    if (named !== undefined) return named;
    const code = numeric?.[1] === undefined ? Number(numeric?.[2]) : Number.parseInt(numeric[1], 16);
    if (!isXmlCharacter(code)) throw new XmlMalformed(`"${reference}" is not an XML character`);
    return String.fromCodePoint(code);
  });
}

/** XML 1.0, production 2. */
function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

/** An element of text, or of children; absent ones are left out. */
export function element(
  name: string,
  content: string | number | boolean | readonly (XmlElement | undefined)[],
): XmlElement {
  if (typeof content !== "object") return { name, text: String(content), children: [] };
  return { name, text: "", children: content.filter((each) => each !== undefined) };
}

/** A list in a Quantity wrapper. An empty list has no `Items` at all. */
export function quantityList(name: string, items: readonly XmlElement[]): XmlElement {
  const quantity = element("Quantity", items.length);
  return element(name, items.length === 0 ? [quantity] : [quantity, element("Items", items)]);
}

export function child(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent?.children.find((each) => each.name === name);
}

/** By path: `childAt(config, "TrustedKeyGroups", "Items")`. */
export function childAt(parent: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce(child, parent);
}

export function textAt(parent: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  return childAt(parent, ...path)?.text;
}

/** The children of the `Items` in a Quantity wrapper. */
export function itemsAt(parent: XmlElement | undefined, ...path: readonly string[]): readonly XmlElement[] {
  return childAt(parent, ...path, "Items")?.children ?? [];
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // A bare CR would be read back as LF.
  "\r": "&#xD;",
};

/** A whole document. Written by hand: the library's builder does not escape a bare CR. */
export function writeXml(root: XmlElement, namespace: string): string {
  return `<?xml version="1.0"?>\n${write(root, ` xmlns="${namespace}"`)}`;
}

function write({ name, text, children }: XmlElement, attributes = ""): string {
  const inside =
    children.length > 0
      ? children.map((each) => write(each)).join("")
      : text.replace(/[&<>"\r]/g, (character) => ESCAPES[character] as string);
  return `<${name}${attributes}>${inside}</${name}>`;
}
