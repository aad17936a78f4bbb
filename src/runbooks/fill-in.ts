/** A page with a gate's values in the place of its capitals, so that its commands can be copied as they stand. */
import type { Gate } from "../gates/gate.ts";

/** What each capital stands for, or undefined where the gate does not say. */
function valuesOf(gate: Gate): Readonly<Record<string, string | undefined>> {
  const canary = Object.values(gate.canaries)[0];
  return {
    GATE: gate.name,
    SITE: siteOf(canary ?? gate.cookie.resource),
    SECRET: gate.secret.id,
    KEY_GROUP: gate.keyGroups[0],
    DISTRIBUTION: gate.distributions[0],
  };
}

/** The capitals that keyturn.yaml can fill. */
export const GATE_WORDS = ["GATE", "SITE", "SECRET", "KEY_GROUP", "DISTRIBUTION"] as const;
const CAPITALS = new RegExp(`\\b(?:${GATE_WORDS.join("|")})\\b`, "g");

/** A capital that the gate does not fill stays, so that it is seen. */
export function fillIn(text: string, gate: Gate): string {
  const values = valuesOf(gate);
  return text.replace(CAPITALS, (name) => values[name] ?? name);
}

/** Scheme and host of a URL or a Resource, as long as neither holds a wildcard. */
function siteOf(url: string): string | undefined {
  return /^https?:\/\/[^/*?]+(?=\/|$)/.exec(url)?.[0];
}
