/** The accounts and regions that some gates are in. */
import type { CloudOptions } from "../seams.ts";
import { cloudOptionsOf } from "./cloud-options.ts";
import type { Gate } from "./gate.ts";

/** Each once, with its gates; without gates, where flags and environment point. */
export function accountsOf(
  gates: readonly Gate[],
  flags: CloudOptions,
  env: Readonly<Record<string, string | undefined>>,
) {
  const places = new Map<string, { readonly options: CloudOptions; readonly gates: Gate[] }>();
  for (const gate of gates.length === 0 ? [undefined] : gates) {
    const options = cloudOptionsOf(flags, env, gate);
    const place = places.get(JSON.stringify(options)) ?? { options, gates: [] };
    if (gate !== undefined) place.gates.push(gate);
    places.set(JSON.stringify(options), place);
  }
  return [...places.values()];
}
