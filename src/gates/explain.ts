/** A gate in sentences: what keyturn will do with it, and how long a rotation takes at least. */
import { formatDuration } from "../time.ts";
import type { Gate } from "./gate.ts";

/** The first line is the name. */
export function explainGate(gate: Gate): string {
  const { signer, cookie, secret, rotation } = gate;
  const place = [gate.account && `account ${gate.account}`, gate.region].filter(Boolean).join(", ");
  const cache = signer.cacheTtl === "until-restart" ? undefined : signer.cacheTtl;
  const life = Math.max(cookie.maxTtl, gate.signedUrls?.maxTtl ?? 0);
  const rows: [string, string][] = [
    ["where", place || "from the environment"],
    ...(gate.assumeRole === undefined ? [] : [["", `as ${gate.assumeRole}`] as [string, string]]),
    ["edge", `distributions ${gate.distributions.join(", ")}`],
    ["", `trust key groups ${gate.keyGroups.join(", ")}`],
    ["secret", `${secret.id} (${secret.format})`],
    ["signer", `${signer.hash}; its key pair ID is ${ID_SOURCE[signer.keyPairId]}`],
    [
      "",
      cache === undefined
        ? "keeps its key until it is restarted"
        : `keeps its key for ${formatDuration(cache)}`,
    ],
    [
      "cookies",
      `${cookie.resource}, for ${formatDuration(cookie.ttl)}; at most ${formatDuration(cookie.maxTtl)}`,
    ],
    ...routeRows(gate),
    ["rotation", rotationSentence(gate, cache, life)],
    [
      "",
      `settle ${formatDuration(rotation.settle)}, skew ${formatDuration(rotation.skew)}, triples ${rotation.triples}`,
    ],
  ];
  const missing = gate.distributions.filter((id) => gate.canaries[id] === undefined);
  if (missing.length > 0) rows.push(["", `refused for now: no canary for ${missing.join(", ")}`]);
  return [gate.name, ...rows.map(([label, text]) => `  ${label.padEnd(9)} ${text}`)].join("\n");
}

function routeRows({ routes }: Gate): [label: string, text: string][] {
  if (routes.length === 0) return [["routes", "none"]];
  return routes.map(({ pattern, layers, distributions }, at) => [
    at === 0 ? "routes" : "",
    `${pattern} (${layers.join(", ") || "public"})${distributions === undefined ? "" : ` of ${distributions.join(", ")}`}`,
  ]);
}

const ID_SOURCE = {
  "in-secret": "in the secret",
  derived: "derived from the key",
  external: "configured outside",
} as const;

function rotationSentence({ rotation }: Gate, cache: number | undefined, life: number): string {
  const drain = (cache ?? 0) + life + rotation.skew;
  const total = formatDuration(2 * rotation.settle + drain);
  return cache === undefined ? `at least ${total}, and a restart of the signers` : `at least ${total}`;
}
