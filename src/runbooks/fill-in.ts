/** Replaces the words in capitals on a page with a gate's values, so that its commands can be copied as they are. */
import type { Gate } from "../gates/gate.ts";

/** The value for each word in capitals, or undefined if the gate does not have it. */
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

/** The words in capitals that keyturn.yaml can fill in. */
export const GATE_WORDS = ["GATE", "SITE", "SECRET", "KEY_GROUP", "DISTRIBUTION"] as const;
const CAPITALS = new RegExp(`\\b(?:${GATE_WORDS.join("|")})\\b`, "g");

/** A word that the gate cannot fill in stays visible. */
export function fillIn(text: string, gate: Gate): string {
  const values = valuesOf(gate);
  return text.replace(CAPITALS, (name) => values[name] ?? name);
}

/** Scheme and host of a URL or a Resource, if neither contains a wildcard. */
function siteOf(url: string): string | undefined {
  return /^https?:\/\/[^/*?]+(?=\/|$)/.exec(url)?.[0];
}
