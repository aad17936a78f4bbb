/** Recognizes unsupported key formats, and gives the command that converts them. Shows nothing of the key. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import type { KeyInputKind, WantedHalf } from "./key-input-kind.ts";
import { recognizeEncodedKey } from "./recognize-encoded-key.ts";

/** Undefined if nothing is recognized. Never throws. */
export function recognizeKeyInput(input: string | Uint8Array, wanted: WantedHalf): KeyInputKind | undefined {
  const bytes = typeof input === "string" ? Buffer.from(input) : Buffer.from(input);
  const text = bytes
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .trim();
  return binaryKind(bytes, wanted) ?? recognizeEncodedKey(bytes, text, wanted) ?? textKind(text, wanted);
}

const look = (is: string, ...hints: string[]): KeyInputKind => ({ is, hints });
const out = (wanted: WantedHalf) => (wanted === "private" ? "key.pem" : "key.pub.pem");

function binaryKind(bytes: Buffer, wanted: WantedHalf): KeyInputKind | undefined {
  const start = bytes.toString("hex", 0, 4);
  const zeros = bytes.subarray(0, 64).filter((byte) => byte === 0).length;
  if (/^(?:fffe|feff)/.test(start) || (zeros >= 16 && bytes.subarray(0, 64).includes(0x2d))) {
    const from = /^(?:fffe|feff)/.test(start) ? "UTF-16" : "UTF-16LE";
    return look(
      "text in UTF-16, as PowerShell's > and Out-File write it",
      `iconv -f ${from} -t UTF-8 KEYFILE > ${out(wanted)}`,
      "in PowerShell: Set-Content -Encoding ascii",
    );
  }
  if (start === "feedfeed" || start === "cececece") {
    return look(
      "a Java keystore",
      "keytool -importkeystore -srckeystore KEYFILE -destkeystore key.p12 -deststoretype PKCS12",
      "openssl pkcs12 -in key.p12 -nodes -nocerts -out key.pem",
    );
  }
  if (isPkcs12(bytes)) return pkcs12(wanted);
  if (bytes[0] !== 0x30) return undefined;
  const kind = derKind(bytes);
  if (kind === undefined || kind.half === wanted || wanted === "public") return undefined;
  return look(`the DER of ${kind.is}, not of a private key`, "give the file of the private half");
}

/** SEQUENCE { INTEGER 3, SEQUENCE ...: RFC 7292, 4. */
const isPkcs12 = (bytes: Buffer): boolean =>
  /^308(?:0|[1-4].{2,8}?)02010330/.test(bytes.toString("hex", 0, 12));

const pkcs12 = (wanted: WantedHalf): KeyInputKind =>
  look(
    "a PKCS#12 store (.p12, .pfx)",
    wanted === "private"
      ? "openssl pkcs12 -in KEYFILE -nodes -nocerts -out key.pem"
      : "openssl pkcs12 -in KEYFILE -nokeys -clcerts | openssl x509 -pubkey -noout > key.pub.pem",
  );

interface DerKind {
  readonly half: WantedHalf;
  readonly is: string;
}

/** What a DER contains, whatever its label. */
function derKind(der: Buffer): DerKind | undefined {
  for (const [type, is] of [
    ["pkcs8", "a private key in PKCS#8"],
    ["pkcs1", "an RSA private key in PKCS#1"],
    ["sec1", "an EC private key in SEC1"],
  ] as const) {
    if (reads(() => createPrivateKey({ key: der, format: "der", type }))) return { half: "private", is };
  }
  for (const [type, is] of [
    ["spki", "a public key"],
    ["pkcs1", "an RSA public key in PKCS#1"],
  ] as const) {
    if (reads(() => createPublicKey({ key: der, format: "der", type }))) return { half: "public", is };
  }
  const pem = `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`;
  return reads(() => createPublicKey(pem)) ? { half: "public", is: "a certificate" } : undefined;
}

function reads(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    // Not this structure: try the next one.
    return false;
  }
}

const NODE_JWK = (wanted: WantedHalf): string =>
  wanted === "private"
    ? `node -p 'crypto.createPrivateKey({key:JSON.parse(fs.readFileSync(process.argv[1])),format:"jwk"}).export({type:"pkcs8",format:"pem"})' KEYFILE > key.pem`
    : `node -p 'crypto.createPublicKey({key:JSON.parse(fs.readFileSync(process.argv[1])),format:"jwk"}).export({type:"spki",format:"pem"})' KEYFILE > key.pub.pem`;
const PWSH = (wanted: WantedHalf): string =>
  `pwsh -c '$r=[Security.Cryptography.RSA]::Create(); $r.FromXmlString((Get-Content -Raw $args[0])); $r.${
    wanted === "private" ? "ExportPkcs8PrivateKeyPem" : "ExportSubjectPublicKeyInfoPem"
  }()' KEYFILE > ${out(wanted)}`;

const GENERATE = "keyturn keys generate --out signing-key.pem";
const SSH_PUBLIC = "ssh-keygen -e -m PKCS8 -f KEYFILE > key.pub.pem";

type TextLook = readonly [looks: RegExp, describe: (wanted: WantedHalf, text: string) => KeyInputKind];

const TEXTS: readonly TextLook[] = [
  [
    /^(?:ssh-ed25519|sk-ssh-|sk-ecdsa-|ssh-dss|ecdsa-sha2-nistp(?:384|521)) /,
    () =>
      look(
        "an OpenSSH public key of a type that CloudFront does not accept: use RSA 2048 or P-256",
        GENERATE,
      ),
  ],
  [
    /^(?:[\w."=,@-]+ )?(?:ssh-rsa|ecdsa-sha2-nistp256) AAAA|^---- BEGIN SSH2 PUBLIC KEY/,
    (wanted) =>
      wanted === "public"
        ? look("an OpenSSH public key (ssh-rsa)", SSH_PUBLIC)
        : look(
            "an OpenSSH public key (ssh-rsa), not a private key",
            `for its public half: \`${SSH_PUBLIC}\``,
          ),
  ],
  [
    /^PuTTY-User-Key-File-\d/,
    (wanted) =>
      wanted === "private"
        ? look("PuTTY's own key format (.ppk)", "puttygen KEYFILE -O private-openssh -o key.pem")
        : look(
            "PuTTY's own key format (.ppk)",
            "puttygen KEYFILE -O public-openssh -o key.ssh",
            SSH_PUBLIC.replace("KEYFILE", "key.ssh"),
          ),
  ],
  [
    /^\{[\s\S]*"kty"\s*:/,
    (wanted, text) =>
      /"keys"\s*:\s*\[/.test(text)
        ? look(
            "a set of JSON Web Keys (JWKS)",
            "jq '.keys[0]' KEYFILE > key.jwk",
            NODE_JWK(wanted).replace("KEYFILE", "key.jwk"),
          )
        : wanted === "private" && !/"d"\s*:/.test(text)
          ? look("a public JSON Web Key (JWK): it has no private part", NODE_JWK("public"))
          : look("a JSON Web Key (JWK)", NODE_JWK(wanted)),
  ],
  [
    /<RSAKeyValue>|<Modulus>/i,
    (wanted, text) =>
      wanted === "private" && !/<D>/i.test(text)
        ? look("a public key in .NET's XML: it has no private part", PWSH("public"))
        : look("a key in .NET's XML (ToXmlString)", PWSH(wanted)),
  ],
  [
    /^\s*\{[\s\S]*"SecretString"\s*:/,
    () => look("the output of get-secret-value, not the key in it", "jq -r .SecretString KEYFILE > key.pem"),
  ],
  [
    /^arn:aws[\w-]*:secretsmanager:[^\s]+$/,
    (_, text) => look("the ARN of a secret, not a key", `--secret ${text}`),
  ],
  [
    /^arn:aws[\w-]*:kms:[^\s]+$/,
    () => look("the ARN of a KMS key, whose private half never leaves KMS", GENERATE),
  ],
  [/^arn:/, () => look("an ARN, not a key", "keyturn keys list")],
  [
    /^(?:K|APKA)[A-Z0-9]{8,20}$/,
    (_, text) => look("a key pair ID, not a key", `give it together with the key: --key-pair-id ${text}`),
  ],
  [
    /^(?:SHA256|MD5):|^\d{3,5} SHA256:/,
    () => look("the fingerprint of a key, not a key", "keyturn keys list"),
  ],
  [
    /^AGE-SECRET-KEY-|BEGIN PGP /,
    () => look("an age or PGP key, which CloudFront does not accept", GENERATE),
  ],
  [
    /^>+ ?-----BEGIN/m,
    (wanted) =>
      look("a PEM with its lines quoted as in mail (>)", `sed 's/^[> ]*//' KEYFILE > ${out(wanted)}`),
  ],
  [
    /^\s*["'`].*-----BEGIN[^\n]*["'`]\s*[+\\,.]?\s*$/m,
    (wanted) =>
      look(
        "a PEM with its lines quoted as in source code",
        `sed -E 's|[[:space:]+,;.)]*$||; s|^[^-A-Za-z0-9+/]*||; s|[^-A-Za-z0-9+/=]*$||; s|\\\\n$||' KEYFILE > ${out(wanted)}`,
      ),
  ],
  [/-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----/, () => look("a certificate request, not a key", GENERATE)],
  [
    /^-----BEGIN EC PARAMETERS-----[^-]*-----END EC PARAMETERS-----$/,
    () => look("only the parameters of a curve, without a key", GENERATE),
  ],
  [/-----BEGIN PKCS(?:#)?7-----/, () => look("PKCS#7, which contains certificates but no key", GENERATE)],
];

function textKind(text: string, wanted: WantedHalf): KeyInputKind | undefined {
  const found = TEXTS.find(([looks]) => looks.test(text));
  if (found !== undefined) return found[1](wanted, text);
  const block = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)(?:-----END|$)/.exec(text);
  if (block !== null) return blockKind(block[1] ?? "", block[2] ?? "", text, wanted);
  if (/^[A-Za-z0-9+/_\s-]{60,}={0,2}$/.test(text)) return base64Kind(text, wanted);
  if (/^[\w/+=.@-]{1,512}$/.test(text) && text.length < 60)
    return look(
      "a single word, perhaps a secret's name or an unset variable",
      "if it is a secret's name: `keyturn mint --secret NAME`",
    );
  return undefined;
}

/** An unreadable PEM: what its body is, compared with its label. */
function blockKind(label: string, body: string, text: string, wanted: WantedHalf): KeyInputKind | undefined {
  const der = Buffer.from(body.replace(/[^A-Za-z0-9+/=]/g, ""), "base64");
  if (der.toString("latin1", 0, 11) === "-----BEGIN ")
    return look("a PEM inside a PEM", `sed '/^-----/d' KEYFILE | base64 -d > ${out(wanted)}`);
  if (!text.includes(`-----END ${label}-----`))
    return look(
      `a PEM that is cut off: "${label}" has no END line`,
      "copy all of it, including the -----END line",
    );
  if (/(?:^|\n)(?:Proc-Type|DEK-Info):/.test(body)) return undefined;
  const kind = derKind(der);
  const isAsLabelled = kind === undefined || (kind.half === wanted && label === LABEL_OF[kind.is]);
  if (kind === undefined || isAsLabelled || label === LABEL_OF[kind.is]) return undefined;
  const convert = kind.half === "private" ? "openssl pkey -inform DER -out key.pem" : CONVERT[kind.is];
  return look(
    `labelled "${label}", and holds ${kind.is}`,
    `sed '/^-----/d' KEYFILE | base64 -d | ${convert ?? "openssl pkey -pubin -inform DER -out key.pub.pem"}`,
  );
}

const LABEL_OF: Readonly<Record<string, string>> = {
  "a private key in PKCS#8": "PRIVATE KEY",
  "an RSA private key in PKCS#1": "RSA PRIVATE KEY",
  "an EC private key in SEC1": "EC PRIVATE KEY",
  "a public key": "PUBLIC KEY",
  "an RSA public key in PKCS#1": "RSA PUBLIC KEY",
  "a certificate": "CERTIFICATE",
};
const CONVERT: Readonly<Record<string, string>> = {
  "a certificate": "openssl x509 -inform DER -pubkey -noout > key.pub.pem",
  "an RSA public key in PKCS#1": "openssl rsa -RSAPublicKey_in -inform DER -pubout > key.pub.pem",
};

function base64Kind(text: string, wanted: WantedHalf): KeyInputKind | undefined {
  const bytes = Buffer.from(text.replace(/\s/g, ""), "base64");
  const inner = /^ssh-|^PuTTY|^\{|^<RSA/.test(bytes.toString("latin1", 0, 8)) || bytes[0] === 0xff;
  if (inner) return look("base64 of another format", `base64 -d KEYFILE > ${out(wanted)}.raw`);
  if (isPkcs12(bytes))
    return look(
      "a PKCS#12 store in base64",
      "base64 -d KEYFILE > key.p12",
      "openssl pkcs12 -in key.p12 -nodes -nocerts -out key.pem",
    );
  const kind = bytes[0] === 0x30 ? derKind(bytes) : undefined;
  if (kind === undefined) return undefined;
  const convert = kind.half === "private" ? "openssl pkey -inform DER -out key.pem" : CONVERT[kind.is];
  return look(
    `bare base64 of ${kind.is}, without the lines -----BEGIN and -----END`,
    `base64 -d KEYFILE | ${convert ?? "openssl pkey -pubin -inform DER -out key.pub.pem"}`,
  );
}
