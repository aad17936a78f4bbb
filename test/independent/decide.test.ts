/** `decide` held against the independent verifier, row by row; where the documentation is silent both must say so. */
import { createPublicKey } from "node:crypto";
import { afterAll, expect, it } from "vitest";
import { matchesPathPattern, normalisePath } from "../../src/edge/behavior.ts";
import { decide } from "../../src/edge/decide.ts";
import { verifierOf } from "../../src/edge/trusted-key.ts";
import type { Trust, Verdict } from "../../src/edge/verdict.ts";
import { needs } from "../fakes/needs.ts";
import { generateSigningKeys } from "./openssl-signer.ts";
import type { Keys, SignedRequest } from "./signed-request.ts";
import { makeTable } from "./table.ts";
import { judgeIndependently } from "./verifier.ts";

function decided(request: SignedRequest): Verdict {
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

needs("openssl", "python3")("decide, beside the independent verifier", () => {
  const keys = generateSigningKeys();
  const table = makeTable(keys);
  const verdicts = judgeIndependently(table.map(({ request }) => request));
  const rows = table.map((row, index) => ({ ...row, independent: verdicts[index] }));
  afterAll(keys.dispose);

  it.each(rows.filter(({ unknown }) => unknown === undefined))(
    "agrees: $name",
    ({ request, independent }) => {
      const { allowed, code } = decided(request);
      expect({ allowed, code: code ?? null }).toEqual({
        allowed: independent?.allowed,
        code: independent?.code,
      });
    },
  );

  it.each(rows.filter(({ unknown }) => unknown !== undefined))(
    "says that it is undocumented, or agrees: $name ($unknown)",
    ({ request, independent }) => {
      const { allowed, code, undocumented } = decided(request);
      if (undocumented.length === 0) {
        expect({ allowed, code: code ?? null }).toEqual({
          allowed: independent?.allowed,
          code: independent?.code,
        });
      }
    },
  );
});
