/**
 * What Terraform's configuration refers to if a plan has no value yet: through variables, module outputs and indexes.
 */
import { isRecord } from "../is-record.ts";

type Values = Readonly<Record<string, unknown>>;
/** IDs by resource address. */
type Ids = ReadonlyMap<string, string>;

/** `module.a["x"].aws_cloudfront_key_group.b[0]`: the modules' names, and the resource without an index. */
interface Place {
  readonly modules: readonly { readonly name: string; readonly address: string }[];
  readonly resource: string;
}
const STEP = /(?:^|\.)module\.([\w-]+)(\["[^"]*"\]|\[\d+\])?/g;
/** A module that passes its inputs to itself cannot exist, but a file may contain anything. */
const DEEPEST = 20;

/** The configuration does not set that argument: whatever the provider computes for it, nobody declared it. */
export const NOT_SET = Symbol("not set");

/**
 * For a resource: path of a value (`default_cache_behavior[0].trusted_key_groups`) -> the IDs that its expression
 * refers to; undefined if unknown.
 */
export function referencedAt(
  configuration: Values,
  address: string,
  ids: Ids,
): (path: string) => readonly string[] | typeof NOT_SET | undefined {
  const { modules, resource } = placeOf(address);
  const scope = scopeAt(configuration, modules);
  const declared = listOf(scope?.module.resources).find((each) => each.address === resource);
  return (path) => {
    const expression = expressionAt(declared?.expressions, path);
    if (expression === NOT_SET) return NOT_SET;
    const found = scope === undefined ? [] : idsOf(expression, scope, ids, 0);
    return found.length > 0 ? found : undefined;
  };
}

interface Scope {
  readonly module: Values;
  /** `module.keys.`, or nothing. */
  readonly prefix: string;
  /** The call of this module in its parent. */
  readonly call?: { readonly expressions: unknown; readonly parent: Scope };
}

function placeOf(address: string): Place {
  const modules: { name: string; address: string }[] = [];
  let end = 0;
  for (const found of address.matchAll(STEP)) {
    end = found.index + found[0].length;
    modules.push({ name: found[1] as string, address: address.slice(0, end) });
  }
  const resource = address.slice(end).replace(/^\./, "");
  return { modules, resource: withoutIndex(resource) };
}

function scopeAt(configuration: Values, modules: Place["modules"]): Scope | undefined {
  if (!isRecord(configuration.root_module)) return undefined;
  let scope: Scope = { module: configuration.root_module, prefix: "" };
  for (const { name, address } of modules) {
    const inner = moduleOf(scope, name, address);
    if (inner === undefined) return undefined;
    scope = inner;
  }
  return scope;
}

function moduleOf(parent: Scope, name: string, address: string): Scope | undefined {
  const call = memberOf(parent.module.module_calls, name);
  if (!isRecord(call) || !isRecord(call.module)) return undefined;
  return { module: call.module, prefix: `${address}.`, call: { expressions: call.expressions, parent } };
}

/** Undefined inside a dynamic block, which the configuration's JSON leaves out. */
function expressionAt(expressions: unknown, path: string): unknown {
  let found: unknown = expressions;
  for (const step of path.split(/\.|\[|\]\.?/).filter((each) => each !== "")) {
    if (isRecord(found) && "references" in found) return found;
    if (/^\d+$/.test(step)) {
      found = Array.isArray(found) ? found[Number(step)] : undefined;
      continue;
    }
    if (isRecord(found) && !Object.hasOwn(found, step)) return NOT_SET;
    found = memberOf(found, step);
  }
  return found;
}

function idsOf(expression: unknown, scope: Scope, ids: Ids, depth: number): string[] {
  const references = isRecord(expression) ? expression.references : undefined;
  if (!Array.isArray(references) || depth > DEEPEST) return [];
  const all = references.map(String);
  // Each reference is followed by its prefix: `a.b.id`, `a.b`.
  const ends = all.filter((each) => !all.some((longer) => longer !== each && isPartOf(each, longer)));
  return [...new Set(ends.flatMap((each) => idsBehind(each, scope, ids, depth)))];
}

const isPartOf = (short: string, long: string) =>
  long.startsWith(`${short}.`) || long.startsWith(`${short}[`);

function idsBehind(reference: string, scope: Scope, ids: Ids, depth: number): string[] {
  const [kind, name = "", output = ""] = reference.split(".");
  if (kind === "var" && scope.call) {
    return idsOf(memberOf(scope.call.expressions, withoutIndex(name)), scope.call.parent, ids, depth + 1);
  }
  if (kind === "module") {
    const inner = moduleOf(scope, withoutIndex(name), `${scope.prefix}module.${name}`);
    const expression = memberOf(memberOf(inner?.module.outputs, withoutIndex(output)), "expression");
    return inner ? idsOf(expression, inner, ids, depth + 1) : [];
  }
  const address = `${scope.prefix}${reference}`;
  // `x.y["one"].id` is that instance; `x.y[each.key]` and a `for` over `x.y` may be any.
  const exact = [...ids].filter(([each]) => address === each || isPartOf(each, address));
  const found =
    exact.length > 0 ? exact : [...ids].filter(([each]) => isPartOf(address.replace(/\.id$/, ""), each));
  return found.map(([, id]) => id);
}

const withoutIndex = (name: string) => name.replace(/\[.*$/, "");
const listOf = (value: unknown): Values[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const memberOf = (value: unknown, name: string): unknown =>
  isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
