/** Signatures made by others: published vectors, the openssl command as in AWS's guide, and both AWS CLIs. */
import { execFile, execFileSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { decide } from "../../src/edge/decide.ts";
import { verifierOf } from "../../src/edge/trusted-key.ts";
import type { EdgeRequest, Verdict } from "../../src/edge/verdict.ts";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";
import { needs, pathOf } from "../fakes/needs.ts";
import {
  cannedText,
  customText,
  type Fields,
  inCookies,
  inQuery,
  KEY_ID,
  NOW,
  rsa,
  URL,
  VIEWER,
} from "./signed.ts";

interface Vectors {
  readonly keys: Readonly<Record<string, { readonly privateKeyPem: string }>>;
  readonly signatures: readonly {
    readonly id: string;
    readonly key?: string;
    readonly policyJson: string;
    readonly algorithm: string;
    readonly signature: string;
    readonly policyEncoded?: string;
    readonly resource?: string;
    readonly expires?: number;
    readonly keyPairId?: string;
    readonly expectedUrl?: string;
  }[];
}
const vectors = JSON.parse(
  readFileSync(new globalThis.URL("../vectors/signatures.json", import.meta.url), "utf8"),
) as Vectors;

/** A request that meets every condition of the policy. The Resource of some vectors is not a URL. */
function requestFor(
  vector: Vectors["signatures"][number],
  fields: Fields,
  carry: typeof inCookies,
): readonly [EdgeRequest, number] {
  const [statement] = JSON.parse(vector.policyJson).Statement;
  const ip = statement.Condition.IpAddress?.["AWS:SourceIp"].split("/")[0] ?? VIEWER;
  const url = statement.Resource.replace("http://*", "http://h/*").replace("*", "any");
  return [carry(fields, { url, ip }), statement.Condition.DateLessThan["AWS:EpochTime"] - 1];
}

describe.each(vectors.signatures.filter(({ key }) => key !== undefined))(
  "the published vector $id",
  (vector) => {
    const { key = "", signature, expires, policyEncoded, policyJson, keyPairId = "KVECTOR" } = vector;
    const publicKey = createPublicKey(vectors.keys[key]?.privateKeyPem ?? "");
    const trust = new Map([[keyPairId, verifierOf(publicKey)]]);
    const policy =
      policyEncoded ??
      Buffer.from(policyJson)
        .toString("base64")
        .replace(/[+=/]/g, (each) => ({ "+": "-", "=": "_", "/": "~" })[each] as string);
    const fields: Fields = {
      ...(expires === undefined ? { Policy: policy } : { Expires: String(expires) }),
      Signature: signature,
      "Key-Pair-Id": keyPairId,
    };
    const isUrl = /^https?:/.test(JSON.parse(policyJson).Statement[0].Resource) || expires !== undefined;

    it.each([
      ["cookies", inCookies],
      ["a signed URL", inQuery],
    ])("is accepted as %s, and refused one second later", (_, carry) => {
      const [request, now] = requestFor(vector, fields, carry);
      const verdict = decide(request, trust, now);
      // A Resource that is not a URL covers no URL, but its signature still verifies.
      expect(verdict.reason).toBe(isUrl ? undefined : "resource-mismatch");
      expect(decide(request, trust, now + 1).reason).toBe("expired");
    });
    it("is refused after one changed bit", () => {
      const [request, now] = requestFor(
        vector,
        { ...fields, Signature: `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}` },
        inCookies,
      );
      expect(decide(request, trust, now).reason).toBe("signature-mismatch");
    });
    if (vector.expectedUrl !== undefined) {
      it("is accepted as the URL that its signer wrote", () => {
        expect(
          decide({ url: vector.expectedUrl as string, ip: VIEWER, cookies: [] }, trust, (expires ?? 0) - 1)
            .allowed,
        ).toBe(true);
      });
    }
  },
);

const folder = mkdtempSync(join(tmpdir(), "keyturn-signers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const keyFile = (name: string, key: KeyObject, type: "pkcs8" | "pkcs1" | "sec1"): string => {
  const path = join(folder, name);
  writeFileSync(path, key.export({ type, format: "pem" } as never), { mode: 0o600 });
  return path;
};

needs("openssl", "bash")("openssl dgst -sign", () => {
  const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const paths = {
    rsa: keyFile("rsa.pem", rsa.privateKey, "pkcs1"),
    ec: keyFile("ec.pem", ec.privateKey, "sec1"),
  };
  const publicKeys = { rsa: rsa.publicKey, ec: ec.publicKey };
  /** As in DG:private-content-linux-openssl. */
  const shell = (text: string, hash: string, key: string): string =>
    execFileSync(
      "bash",
      [
        "-c",
        `printf '%s' "$1" | openssl dgst -${hash} -sign "$2" | openssl base64 -A | tr -- '+=/' '-_~'`,
        "-",
        text,
        key,
      ],
      { encoding: "utf8" },
    );

  it.each([
    ["rsa", "SHA1"],
    ["rsa", "SHA256"],
    ["ec", "SHA1"],
    ["ec", "SHA256"],
  ] as const)("makes signatures that are accepted: %s, %s", (kind, hash) => {
    const trust = new Map([[KEY_ID, verifierOf(publicKeys[kind])]]);
    const policy = customText({ ip: "192.0.2.0/24", dateGreaterThan: NOW - 60 });
    const custom: Fields = {
      Policy: execFileSync(
        "bash",
        ["-c", `printf '%s' "$1" | openssl base64 -A | tr -- '+=/' '-_~'`, "-", policy],
        { encoding: "utf8" },
      ),
      Signature: shell(policy, hash.toLowerCase(), paths[kind]),
      "Key-Pair-Id": KEY_ID,
      "Hash-Algorithm": hash,
    };
    const canned: Fields = {
      Expires: String(NOW + 60),
      Signature: shell(cannedText(URL, NOW + 60), hash.toLowerCase(), paths[kind]),
      "Key-Pair-Id": KEY_ID,
      "Hash-Algorithm": hash,
    };
    for (const fields of [custom, canned]) {
      for (const carry of [inCookies, inQuery]) {
        expect(decide(carry(fields), trust, NOW)).toMatchObject({ allowed: true, hash, undocumented: [] });
        const otherHash = { ...fields, "Hash-Algorithm": hash === "SHA1" ? "SHA256" : "SHA1" };
        expect(decide(carry(otherHash), trust, NOW).reason).toBe("signature-mismatch");
      }
    }
  });
});

/** Debian's CLI, and a newer one if it is first on PATH. */
const clis = [...new Set([pathOf("aws"), "/usr/bin/aws"])].filter(
  (path) => path !== undefined && existsSync(path),
);

needs("aws")("aws cloudfront sign", () => {
  const trust = new Map([[KEY_ID, verifierOf(rsa.publicKey)]]);
  const key = keyFile("aws.pem", rsa.privateKey, "pkcs1");
  const env = { ...process.env, AWS_DEFAULT_REGION: "us-east-1", AWS_EC2_METADATA_DISABLED: "true" };
  const sign = async (aws: string, url: string, ...more: string[]): Promise<string> => {
    const named = [
      "--key-pair-id",
      KEY_ID,
      "--private-key",
      `file://${key}`,
      "--date-less-than",
      "2030-01-01",
    ];
    const { stdout } = await promisify(execFile)(
      aws,
      ["cloudfront", "sign", "--url", url, ...named, ...more],
      { env },
    );
    return stdout.trim();
  };

  it.concurrent.each(clis as string[])(
    "with %s makes a URL that is accepted as it is, as cookies, and by inspect",
    async (aws) => {
      const page = "https://cdn.example.com/a/b.html?x=1";
      const signed = await Promise.all([
        sign(aws, page),
        sign(aws, page, "--ip-address", "192.0.2.0/24", "--date-greater-than", "2020-01-01"),
      ]);
      for (const url of signed) {
        const asUrl: EdgeRequest = { url, ip: VIEWER, cookies: [] };
        const query = url
          .slice(page.length + 1)
          .split("&")
          .map((pair): [string, string] => [
            `CloudFront-${pair.slice(0, pair.indexOf("="))}`,
            pair.slice(pair.indexOf("=") + 1),
          ]);
        const asCookies: EdgeRequest = { url: page, ip: VIEWER, cookies: query };
        for (const request of [asUrl, asCookies]) {
          const verdict: Verdict = decide(request, trust, NOW);
          expect(verdict).toMatchObject({ allowed: true, hash: "SHA1", undocumented: [] });
          expect(decide(request, trust, Date.UTC(2030, 0, 1) / 1000 + 1).reason).toBe("expired");
        }
        const files = {
          "key.pub.pem": rsa.publicKey.export({ type: "spki", format: "pem" }) as string,
          "url.txt": url,
        };
        const world = memoryWorld({ now: NOW, files });
        const ran = await runCommand(
          ["inspect", "url.txt", "--ip", VIEWER, "--public-key", `key.pub.pem=${KEY_ID}`],
          world,
        );
        expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
      }
    },
    120_000,
  );
});
