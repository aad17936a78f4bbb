/** What keyturn mints, valid and bad, judged by the independent verifier, which does not know how a set was made. */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { decide } from "../../src/edge/decide.ts";
import { verifierOf } from "../../src/edge/trusted-key.ts";
import { mintBadCookies } from "../../src/mint/bad.ts";
import { BAD_CASE_IDS, type BadCase } from "../../src/mint/bad-cases.ts";
import { type MintRequest, mintCookies } from "../../src/mint/mint.ts";
import { cookiePairs } from "../../src/mint/write.ts";
import { failingRows } from "../fakes/failing-rows.ts";
import { needs } from "../fakes/needs.ts";
import type { SignedRequest } from "./signed-request.ts";
import { judgeIndependently } from "./verifier.ts";

const now = 1_800_000_000;
const url = "https://app.example.com/api/profile?x=1";
const ip = "203.0.113.9";
const ID = "KTRUSTED000001";

const pairs = {
  RSA: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  "P-256": () => generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
} as const;
const wanted: readonly (readonly [what: string, request: Partial<MintRequest>])[] = [
  ["one URL", { url }],
  ["a wildcard", { resource: "https://app.example.com/*" }],
];

needs("python3", "openssl")("cookie sets that keyturn mints", async () => {
  const planned = Object.entries(pairs).flatMap(([type, generate]) => {
    const [signing, other] = [generate(), generate()];
    const pem = signing.publicKey.export({ type: "spki", format: "pem" }).toString();
    const trust = new Map([[ID, verifierOf(createPublicKey(pem))]]);
    return wanted.flatMap(([what, request]) =>
      (["SHA1", "SHA256"] as const).flatMap((hash) =>
        [undefined, ...BAD_CASE_IDS].map(async (bad: BadCase | undefined) => {
          const good: MintRequest = { ...request, hash, keyPairId: ID, expires: now + 300 };
          const keys = { signing: signing.privateKey, other: other.privateKey };
          const set =
            bad === undefined ? mintCookies(good, keys.signing) : await mintBadCookies(bad, good, now, keys);
          const cookies = cookiePairs(set);
          const header = cookies.map(([name, value]) => `${name}=${value}`).join("; ");
          const asked: SignedRequest = { url, cookies: header, ip, now, keys: { [ID]: pem } };
          return {
            name: `${bad ?? "good"}, ${what}, ${type}, ${hash}`,
            bad,
            asked,
            ours: decide({ url, cookies, ip }, trust, now),
          };
        }),
      ),
    );
  });
  const rows = await Promise.all(planned);
  const verdicts = judgeIndependently(rows.map(({ asked }) => asked));

  it("get the same verdict from decide and the independent verifier", async () => {
    const judged = rows.map((row, at) => ({ ...row, theirs: verdicts[at] }));
    const failing = await failingRows(
      judged,
      ({ name }) => name,
      ({ bad, ours, theirs }) => {
        expect(theirs?.allowed).toBe(bad === undefined);
        expect(ours.allowed).toBe(bad === undefined);
        // The code for a missing Signature is not documented. All other codes must be the same.
        if (theirs?.undocumented !== true) expect(theirs?.code ?? undefined).toBe(ours.code);
      },
    );
    expect(failing).toEqual([]);
  });
});
