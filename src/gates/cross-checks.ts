/** Mistakes that show only when fields of a gate are compared. */
import { canNameId } from "../keys/gate-secret.ts";
import { accountOfArn } from "./account.ts";
import { matchesPathPattern } from "./path-pattern.ts";
import type { GateFields } from "./schema.ts";
import type { YamlPath } from "./yaml.ts";

export type FieldContradiction = readonly [path: YamlPath, message: string];

/** Paths are relative to the gate. */
export function contradictionsOf(gate: GateFields): FieldContradiction[] {
  const found: FieldContradiction[] = [];
  const { cookie, secret, signer, account, region } = gate;
  if (cookie.maxTtl !== undefined && cookie.maxTtl < cookie.ttl) {
    found.push([["cookie", "maxTtl"], "is less than ttl: a rotation would not wait long enough"]);
  }
  if (cookie.ttl <= 0) found.push([["cookie", "ttl"], "must be longer than zero"]);
  if (!canNameId(secret) && signer.keyPairId === "in-secret") {
    found.push([
      ["signer", "keyPairId"],
      `cannot be in-secret: a ${secret.format} secret holds only the key; write derived or external${secret.format === "pem" ? ", or name the setting of the ID in secret.fields" : ""}`,
    ]);
  }
  for (const field of ["distributions", "keyGroups"] as const) {
    gate[field].forEach((id, at) => {
      if (gate[field].indexOf(id) < at) found.push([[field, at], "is a duplicate"]);
    });
  }
  for (const id of Object.keys(gate.canaries)) {
    if (!gate.distributions.includes(id))
      found.push([["canaries", id], "is not one of the gate's distributions"]);
  }
  gate.routes.forEach((route, at) => {
    const { pattern, sample, distributions = [] } = route;
    distributions.forEach((id, place) => {
      if (gate.distributions.includes(id)) return;
      found.push([["routes", at, "distributions", place], "is not one of the gate's distributions"]);
    });
    if (sample === undefined && /[*?]/.test(pattern)) {
      found.push([["routes", at], "needs a sample: an existing path that matches the pattern"]);
    } else if (sample?.includes("*")) {
      found.push([["routes", at, "sample"], "is a pattern: write an existing path"]);
    } else if (sample !== undefined && !matchesPathPattern(pattern, sample.replace(/[?#].*$/s, ""))) {
      found.push([["routes", at, "sample"], "does not match its route's pattern"]);
    }
  });
  for (const [name, profile] of Object.entries(gate.cookieProfiles)) {
    const longest = Math.max(profile.ttl ?? 0, profile.maxTtl ?? 0);
    if (longest > (cookie.maxTtl ?? cookie.ttl)) {
      found.push([
        ["cookieProfiles", name],
        "lives longer than cookie.maxTtl: raise maxTtl, because a rotation waits that long",
      ]);
    }
  }
  for (const tool of ["terraform", "cloudformation"] as const) {
    const names = gate[tool];
    if (names === undefined) continue;
    if (gate.ownership !== tool) found.push([[tool], `is used only with ownership: ${tool}`]);
    for (const id of Object.keys(names.keyGroups)) {
      if (!gate.keyGroups.includes(id))
        found.push([[tool, "keyGroups", id], "is not one of the gate's key groups"]);
    }
  }
  if (gate.externalId !== undefined && gate.assumeRole === undefined) {
    found.push([["externalId"], "is sent only when a role is assumed: add assumeRole, or leave it out"]);
  }
  const ofRole = gate.assumeRole && accountOfArn(gate.assumeRole);
  if (ofRole !== undefined && account !== undefined && ofRole !== account) {
    found.push([["assumeRole"], "is not in the gate's account"]);
  }
  const arn = /^arn:[^:]+:secretsmanager:([^:]+):(\d{12}):secret:/.exec(secret.id);
  if (arn !== null && account !== undefined && arn[2] !== account) {
    found.push([["secret", "id"], "is not in the gate's account"]);
  }
  if (arn !== null && region !== undefined && arn[1] !== region) {
    found.push([["secret", "id"], "is not in the gate's region"]);
  }
  return found;
}
