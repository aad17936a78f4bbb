/**
 * A drafted keyturn.yaml as a value, without what only one source knows: the owner of the key groups, and their names
 * there.
 */
import { parse } from "yaml";

export function sameDraft(yaml: string): unknown {
  const { gates } = parse(yaml) as { gates: Readonly<Record<string, Record<string, unknown>>> };
  return Object.fromEntries(
    Object.entries(gates).map(([name, { ownership, terraform, cloudformation, region, ...gate }]) => [
      name,
      gate,
    ]),
  );
}
