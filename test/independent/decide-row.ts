/** Runs `decide` on a row of the table: its behavior, its trusted keys, its cookies. */
import { createPublicKey } from "node:crypto";
import { normalisePath } from "../../src/edge/behavior.ts";
import { decide } from "../../src/edge/decide.ts";
import { verifierOf } from "../../src/edge/trusted-key.ts";
import type { Trust, Verdict } from "../../src/edge/verdict.ts";
import { matchesPathPattern } from "../../src/gates/path-pattern.ts";
import type { Keys, SignedRequest } from "./signed-request.ts";

export function decideRow(request: SignedRequest): Verdict {
  const path = /^[^:]+:\/\/[^/?]*([^?]*)/.exec(request.url)?.[1] ?? "/";
  const keys = request.behaviors?.find(([pattern]) => matchesPathPattern(pattern, normalisePath(path)))?.[1];
  return decide(
    { url: request.url, cookies: cookiePairs(request.cookies ?? ""), ip: request.ip },
    trustOf(request.behaviors === undefined ? (request.keys ?? null) : (keys ?? null)),
    request.now,
  );
}

function trustOf(keys: Keys | null): Trust {
  if (keys === null) return undefined;
  return new Map(Object.entries(keys).map(([id, pem]) => [id, verifierOf(createPublicKey(pem))]));
}

function cookiePairs(header: string): (readonly [string, string])[] {
  return header
    .split(";")
    .filter((pair) => pair.includes("="))
    .map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const;
    });
}
