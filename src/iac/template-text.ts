/** A template's text as plain JSON: JSON unchanged, or YAML with CloudFormation's short tags (`!Ref`) written out. */
import { type Document, isCollection, isNode, isScalar, type Node, parseDocument, visit } from "yaml";
import { DEEPEST_JSON, isTooDeep } from "../text/json-depth.ts";

/** `fault`: a phrase after the file's name. */
export type ParsedTemplate = { readonly value: unknown } | { readonly fault: string };

/** Never throws. */
export function parseTemplate(text: string): ParsedTemplate {
  const json = text.replace(/^\uFEFF/, "");
  if (isTooDeep(json)) return { fault: `nests deeper than ${DEEPEST_JSON} levels` };
  try {
    // JSON is YAML, but a plan of some megabytes takes the YAML parser minutes.
    if (/^\s*[{[]/.test(json)) return { value: JSON.parse(json) };
  } catch {
    // A YAML flow mapping starts alike.
  }
  try {
    return parseYaml(json);
  } catch (thrown) {
    if (thrown instanceof RangeError) return { fault: `nests deeper than ${DEEPEST_JSON} levels` };
    throw thrown;
  }
}

function parseYaml(text: string): ParsedTemplate {
  const document = parseDocument(text, { logLevel: "silent", prettyErrors: false, uniqueKeys: false });
  const [fault] = document.errors;
  if (fault) {
    const line = text.slice(0, fault.pos[0]).split("\n").length;
    return { fault: `is neither JSON nor YAML: line ${line} cannot be read` };
  }
  visit(document, {
    Node: (_, node) => {
      const tag = node.tag;
      if (tag === undefined || !/^![A-Za-z]/.test(tag)) return undefined;
      return longForm(document, tag.slice(1), node);
    },
  });
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) };
  } catch {
    return { fault: "has too many YAML aliases, or an alias without an anchor" };
  }
}

/** `!Sub text` -> `{"Fn::Sub": text}`; `!GetAtt Site.DomainName` -> `{"Fn::GetAtt": ["Site", "DomainName"]}`. */
function longForm(document: Document, name: string, node: Node): Node {
  const bare = untagged(document, node);
  const isPlain = name === "Ref" || name === "Condition";
  const [resource, ...rest] = isScalar(bare) && name === "GetAtt" ? String(bare.value).split(".") : [];
  const value = resource === undefined ? bare : document.createNode([resource, rest.join(".")]);
  const map = document.createNode({}) as ReturnType<Document["createNode"]>;
  if (isCollection(map)) map.set(document.createNode(isPlain ? name : `Fn::${name}`), value);
  return map;
}

function untagged(document: Document, node: Node): Node {
  if (isScalar(node)) return document.createNode(String(node.source ?? node.value));
  if (isNode(node)) delete node.tag;
  return node;
}
