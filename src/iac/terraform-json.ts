/**
 * The resources of `terraform show -json`, of a state or a plan. What a plan does not know yet ("after_unknown") is
 * replaced by what the configuration refers to there: the ID of a CloudFront resource, or its address.
 * Format: https://developer.hashicorp.com/terraform/internals/json-format
 */
import { isRecord } from "../is-record.ts";
import { NOT_SET, referencedAt } from "./terraform-references.ts";
import { Unresolved } from "./unresolved.ts";

type Values = Readonly<Record<string, unknown>>;
export interface TerraformResource {
  readonly address: string;
  readonly type: string;
  readonly values: Values;
}

/** Undefined: not this format. */
export function terraformResources(
  root: Values,
):
  | { readonly format: "terraform-plan" | "terraform-state"; readonly resources: TerraformResource[] }
  | undefined {
  if (Array.isArray(root.resource_changes) && isRecord(root.configuration)) {
    return { format: "terraform-plan", resources: planned(root.resource_changes, root.configuration) };
  }
  if (!isRecord(root.values) || !isRecord(root.values.root_module)) return undefined;
  return { format: "terraform-state", resources: inModule(root.values.root_module) };
}

function inModule(module: Values): TerraformResource[] {
  const own = listOf(module.resources).flatMap((each) =>
    isManaged(each) && isRecord(each.values)
      ? [{ address: String(each.address), type: String(each.type), values: each.values }]
      : [],
  );
  return [...own, ...listOf(module.child_modules).flatMap(inModule)];
}

function planned(changes: readonly unknown[], configuration: Values): TerraformResource[] {
  const kept = changes.filter(isRecord).flatMap((each) => {
    const change = isRecord(each.change) ? each.change : {};
    // A resource that will be deleted has no `after`.
    return isManaged(each) && isRecord(change.after)
      ? [
          {
            address: String(each.address),
            type: String(each.type),
            after: change.after,
            unknown: change.after_unknown,
          },
        ]
      : [];
  });
  const ids = new Map(
    kept
      .filter(({ type }) => type.startsWith("aws_cloudfront_"))
      .map(({ address, after }) => [address, typeof after.id === "string" ? after.id : address] as const),
  );
  return kept.map(({ address, type, after, unknown }) => {
    const expressions = referencedAt(configuration, address, ids);
    return { address, type, values: filled(after, unknown, expressions, "") as Values };
  });
}

/** `after`, with what is unknown in it replaced. */
function filled(
  after: unknown,
  unknown: unknown,
  references: ReturnType<typeof referencedAt>,
  path: string,
): unknown {
  if (unknown === true) {
    const found = references(path);
    if (found === NOT_SET) return undefined;
    return found ?? new Unresolved(`${path}, known after apply`);
  }
  if (Array.isArray(unknown)) {
    const known = Array.isArray(after) ? after : [];
    return Array.from({ length: Math.max(known.length, unknown.length) }, (_, at) =>
      filled(known[at], unknown[at], references, `${path}[${at}]`),
    ).flat();
  }
  if (!isRecord(unknown)) return after;
  const known = isRecord(after) ? after : {};
  const names = new Set([...Object.keys(known), ...Object.keys(unknown)]);
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      filled(known[name], unknown[name], references, path === "" ? name : `${path}.${name}`),
    ]),
  );
}

const isManaged = (resource: Values) => resource.mode === "managed" || resource.mode === undefined;
const listOf = (value: unknown): Values[] => (Array.isArray(value) ? value.filter(isRecord) : []);
