/** The accounts and regions that some gates are in. */
import type { CloudOptions } from "../seams/cloud.ts";
import { cloudName, cloudOptionsOf } from "./cloud-options.ts";
import type { Gate } from "./gate.ts";

/** Where to reach an account and region, and the gates in it. */
export interface AccountOfGates {
  readonly options: CloudOptions;
  readonly gates: readonly Gate[];
}

/** Each once, with its gates; without gates, where flags and environment point. */
export function accountsOf(
  gates: readonly Gate[],
  flags: Pick<CloudOptions, "profile" | "region" | "endpointUrl">,
  env: Readonly<Record<string, string | undefined>>,
): AccountOfGates[] {
  const places = new Map<string, { readonly options: CloudOptions; readonly gates: Gate[] }>();
  for (const gate of gates.length === 0 ? [undefined] : gates) {
    const options = cloudOptionsOf(flags, env, gate);
    const name = cloudName(options);
    const place = places.get(name) ?? { options, gates: [] };
    if (gate !== undefined) place.gates.push(gate);
    places.set(name, place);
  }
  return [...places.values()];
}
