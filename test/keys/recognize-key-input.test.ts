/** Keys in unsupported formats: each is recognized, and the printed command converts it to a supported one. */
import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { KeyturnError } from "../../src/errors.ts";
import { isSameKey } from "../../src/keys/fingerprint.ts";
import { readPrivateKey, readPublicKey } from "../../src/keys/pem.ts";
import { recognizeKeyInput } from "../../src/keys/recognize-key-input.ts";
import { needs } from "../fakes/needs.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const pkcs1 = privateKey.export({ type: "pkcs1", format: "pem" }) as string;
const spki = publicKey.export({ type: "spki", format: "pem" }) as string;
const der = (type: "pkcs8" | "pkcs1") => privateKey.export({ type, format: "der" });
const wrapped = (label: string, text: string) =>
  `-----BEGIN ${label}-----\n${Buffer.from(text)
    .toString("base64")
    .match(/.{1,64}/g)
    ?.join("\n")}\n-----END ${label}-----\n`;
const utf16 = (text: string) => Buffer.from(text, "utf16le");

const folder = mkdtempSync(join(tmpdir(), "key-look-"));
afterAll(() => rmSync(folder, { recursive: true }));

function told(input: string | Uint8Array, wanted: "private" | "public"): KeyturnError {
  try {
    if (wanted === "private") readPrivateKey(input);
    else readPublicKey(input);
  } catch (thrown) {
    return thrown as KeyturnError;
  }
  throw new Error("it was read");
}

/** Runs the hint as printed, and reads the key that it made. */
function converted(input: string | Uint8Array, hint: string): KeyturnError | boolean {
  writeFileSync(join(folder, "my key"), input);
  execFileSync("bash", ["-c", hint.replaceAll("KEYFILE", "'my key'")], { cwd: folder });
  const made = ["key.pem", "key.pub.pem"].find((name) => existsSync(join(folder, name))) as string;
  const content = readFileSync(join(folder, made));
  rmSync(join(folder, made));
  const key = made === "key.pem" ? readPrivateKey(content).privateKey : readPublicKey(content);
  return isSameKey(key, publicKey);
}

const CONVERTIBLE: readonly (readonly [string, string | Uint8Array, "private" | "public", RegExp])[] = [
  [
    "UTF-16 with a byte order mark (PowerShell)",
    Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(pkcs8)]),
    "private",
    /UTF-16/,
  ],
  ["UTF-16 without a byte order mark", utf16(pkcs8), "private", /UTF-16/],
  ["gzip", gzipSync(pkcs8), "private", /gzip/],
  ["base64 of gzip", gzipSync(pkcs8).toString("base64"), "private", /base64 of gzip/],
  [
    "a PEM encoded twice",
    Buffer.from(Buffer.from(pkcs8).toString("base64")).toString("base64"),
    "private",
    /twice/,
  ],
  ["a percent-encoded PEM", encodeURIComponent(pkcs8), "private", /percent-encoded/],
  ["a percent-encoded public PEM", encodeURIComponent(spki), "public", /percent-encoded/],
  ["a hex dump", der("pkcs8").toString("hex"), "private", /hex dump/],
  ["en dashes for hyphens", pkcs8.replaceAll("-----", "\u2013\u2013\u2013"), "private", /five hyphens/],
  ["an em dash for hyphens", spki.replaceAll("-----", "\u2014"), "public", /five hyphens/],
  ["four hyphens", pkcs1.replaceAll("-----", "----"), "private", /five hyphens/],
  [
    "a no-break space in a label",
    pkcs8.replaceAll("PRIVATE KEY", "PRIVATE\u00a0KEY"),
    "private",
    /plain spaces/,
  ],
  ["a public key in UTF-16", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(spki)]), "public", /UTF-16/],
  ["bare base64 of PKCS#8", der("pkcs8").toString("base64"), "private", /bare base64 of .*PKCS#8/],
  [
    "bare base64 of PKCS#1 in lines",
    der("pkcs1").toString("base64").replace(/.{64}/g, "$&\n"),
    "private",
    /bare base64 of .*PKCS#1/,
  ],
  [
    "bare base64 of a public key",
    publicKey.export({ type: "spki", format: "der" }).toString("base64"),
    "public",
    /bare base64 of a public key/,
  ],
  ["a PEM in a PEM", wrapped("PRIVATE KEY", pkcs8), "private", /PEM inside a PEM/],
  ["a public PEM in a PEM", wrapped("PUBLIC KEY", spki), "public", /PEM inside a PEM/],
  ["lines quoted by >", pkcs8.replace(/^/gm, "> "), "private", /quoted as in mail/],
  ["lines quoted twice", pkcs8.replace(/^/gm, ">> "), "private", /quoted as in mail/],
  [
    "lines quoted in JavaScript",
    pkcs8
      .trim()
      .split("\n")
      .map((line) => `  "${line}\\n" +`)
      .join("\n"),
    "private",
    /source code/,
  ],
  [
    "lines quoted in Python",
    pkcs8
      .trim()
      .split("\n")
      .map((line) => `    '${line}\\n'`)
      .join("\n"),
    "private",
    /source code/,
  ],
  [
    "PKCS#1 labelled PKCS#8",
    pkcs1.replaceAll("RSA PRIVATE", "PRIVATE"),
    "private",
    /labelled "PRIVATE KEY", and holds an RSA private key/,
  ],
  [
    "a public key labelled private",
    spki.replaceAll("PUBLIC", "PRIVATE"),
    "private",
    /labelled "PRIVATE KEY", and holds a public key/,
  ],
  [
    "a private key labelled public",
    pkcs8.replaceAll("PRIVATE", "PUBLIC"),
    "public",
    /labelled "PUBLIC KEY", and holds a private key/,
  ],
  [
    "a private key labelled public, where it signs",
    pkcs8.replaceAll("PRIVATE", "PUBLIC"),
    "private",
    /labelled "PUBLIC KEY", and holds a private key/,
  ],
  ["a JWK", JSON.stringify(privateKey.export({ format: "jwk" })), "private", /JSON Web Key/],
  ["a public JWK", JSON.stringify(publicKey.export({ format: "jwk" }), null, 2), "public", /JSON Web Key/],
];

needs("openssl")("a key in an unsupported format", () => {
  it.each(CONVERTIBLE)(
    "as %s is recognized, and the printed command converts it",
    (_, input, wanted, says) => {
      const error = told(input, wanted);
      expect(error).toMatchObject({ code: "ERR_KEY_UNREADABLE", message: expect.stringMatching(says) });
      expect(converted(input, error.hints[0] as string)).toBe(true);
    },
  );
  it("as PKCS#12 is recognized, and the printed openssl command converts it", () => {
    writeFileSync(join(folder, "key.in"), pkcs8);
    execFileSync(
      "bash",
      [
        "-c",
        "openssl req -x509 -new -key key.in -subj /CN=x -out cert.pem && openssl pkcs12 -export -inkey key.in -in cert.pem -passout pass: -out store",
      ],
      { cwd: folder, stdio: "ignore" },
    );
    const store = readFileSync(join(folder, "store"));
    const error = told(store, "private");
    expect(error.message).toMatch(/PKCS#12/);
    expect(converted(store, `${error.hints[0]} -passin pass:`)).toBe(true);
    expect(told(store, "public").hints[0]).toContain("x509 -pubkey");
  });
});

needs("ssh-keygen")("OpenSSH's keys", () => {
  it("are recognized, and the printed ssh-keygen command converts a public one", () => {
    execFileSync("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", join(folder, "ssh")]);
    const pub = readFileSync(join(folder, "ssh.pub"), "utf8");
    const error = told(pub, "public");
    expect(error.message).toMatch(/OpenSSH public key \(ssh-rsa\)/);
    writeFileSync(join(folder, "my key"), pub);
    execFileSync("bash", ["-c", (error.hints[0] as string).replaceAll("KEYFILE", "'my key'")], {
      cwd: folder,
    });
    expect(readPublicKey(readFileSync(join(folder, "key.pub.pem"))).asymmetricKeyType).toBe("rsa");
    rmSync(join(folder, "key.pub.pem"));
    expect(told(pub, "private").message).toMatch(/not a private key/);
    expect(told(readFileSync(join(folder, "ssh")), "private").message).toMatch(/OpenSSH/);
  });
});

describe("formats without a common conversion command", () => {
  it.each([
    ["PuTTY's", "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n", "private", /PuTTY.*/, /^puttygen/],
    ["PuTTY's, version 2", "PuTTY-User-Key-File-2: ssh-rsa\n", "public", /PuTTY/, /^puttygen/],
    [
      ".NET's XML",
      "<RSAKeyValue><Modulus>a</Modulus><D>b</D></RSAKeyValue>",
      "private",
      /\.NET's XML/,
      /ExportPkcs8PrivateKeyPem/,
    ],
    [
      ".NET's public XML",
      "<RSAKeyValue><Modulus>a</Modulus></RSAKeyValue>",
      "private",
      /no private part/,
      /SubjectPublicKeyInfo/,
    ],
    ["a Java keystore", Buffer.from("feedfeed00000002", "hex"), "private", /Java keystore/, /^keytool/],
    [
      "a secret's ARN",
      "arn:aws:secretsmanager:eu-west-1:111111111111:secret:a-AbCdEf",
      "private",
      /ARN of a secret/,
      /^--secret arn/,
    ],
    ["a secret's name", "prod/cloudfront/signing-key", "private", /secret's name/, /--secret/],
    ["a KMS key's ARN", "arn:aws:kms:eu-west-1:111111111111:key/a", "private", /KMS/, /keys generate/],
    ["a key pair ID", "K2JCJMDEHXQW5F", "public", /key pair ID/, /--key-pair-id/],
    [
      "a fingerprint",
      "SHA256:abcdefabcdefabcdefabcdefabcdefabcdefabcdefa",
      "public",
      /fingerprint/,
      /keys list/,
    ],
    ["a JWK set", '{"keys":[{"kty":"RSA","n":"a"}]}', "public", /JWKS/, /jq/],
    [
      "a public JWK where it signs",
      '{"kty":"RSA","n":"a","e":"AQAB"}',
      "private",
      /no private part/,
      /createPublicKey/,
    ],
    [
      "the output of get-secret-value",
      '{"ARN":"a","SecretString":"{}"}',
      "private",
      /get-secret-value/,
      /SecretString/,
    ],
    [
      "a certificate request",
      "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----",
      "public",
      /certificate request/i,
      /keys generate/,
    ],
    [
      "an OpenSSH Ed25519 key",
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 a@b",
      "public",
      /does not accept/,
      /keys generate/,
    ],
    ["a file's path", "/etc/keys/private.pem", "private", /path of a file/, /cat/],
    ["a file's URL", "file:///etc/keys/private.pem", "public", /path of a file/, /cat/],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an unfilled template
    ["an unfilled variable", "${CF_PRIVATE_KEY}", "private", /unfilled/, /fill it in/],
    [
      "a dynamic reference",
      "{{resolve:secretsmanager:a:SecretString:k}}",
      "private",
      /unfilled/,
      /fill it in/,
    ],
    ["an unset variable", "undefined", "private", /word undefined/, /cat/],
    ["an Ansible vault", "$ANSIBLE_VAULT;1.1;AES256\n6162", "private", /Ansible/, /^ansible-vault decrypt/],
    ["SOPS", "key: ENC[AES256_GCM,data:a,iv:b]\nsops:\n  version: 3", "private", /SOPS/, /^sops/],
    [
      "age",
      "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----",
      "private",
      /age encrypted/,
      /^age --decrypt/,
    ],
    ["a web page", "<!DOCTYPE html><html></html>", "private", /web page/, /head/],
    ["nothing", "", "public", /empty/, /ls -l/],
    ["a PEM that is cut off", pkcs8.slice(0, 300), "private", /cut off/, /END/],
  ] as const)("include %s, which is recognized", (_, input, wanted, says, hint) => {
    const error = told(input, wanted);
    expect(error.message).toMatch(says);
    expect(error.hints[0]).toMatch(hint);
  });
  it("never print any part of a key", () => {
    const body = pkcs8.split("\n")[1] as string;
    for (const [, input, wanted] of CONVERTIBLE) {
      const { is = "", hints = [] } = recognizeKeyInput(input, wanted) ?? {};
      expect([is, ...hints].join(" ")).not.toContain(body.slice(0, 20));
    }
    expect(createPrivateKey(pkcs8).equals(privateKey) && createPublicKey(spki).equals(publicKey)).toBe(true);
  });
});
