/** Where a private key for minting comes from, and reading it there. The key's text stays here and in key-from-secret.ts. */

import { type KeyObject, sign, verify } from "node:crypto";
import { AccessError, InputError, isError, type KeyturnError, UsageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { type ReadPrivateKey, readAnyPrivateKey } from "../keys/any-key.ts";
import { publicHalf } from "../keys/fingerprint.ts";
import { readKeyAt } from "../keys/key-file.ts";
import { canSign } from "../keys/key-pair.ts";
import { PEM_REPAIR_MEANING } from "../keys/pem-repair.ts";
import type { HashAlgorithm } from "../policy/policy.ts";
import { Sealed } from "../sealed.ts";
import type { CloudOptions } from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";
import { shellWord } from "../text/shell-word.ts";
import { isSecretId } from "./gate.ts";
import type { SecretSource, SourcedKey } from "./key-from-secret.ts";

export type KeySource =
  | { readonly from: "file"; readonly path: string; readonly passphraseFile?: string }
  | { readonly from: "stdin"; readonly passphraseFile?: string }
  | { readonly from: "env"; readonly name: string; readonly passphraseFile?: string }
  | ({ readonly from: "secret" } & SecretSource);

type Needs = Pick<World, "files" | "env" | "cloud">;

/** `readKey`, then checks that the key is undamaged. Throws as both do. */
export async function readSigningKey(source: KeySource, world: Needs): Promise<SourcedKey> {
  const read = await readKey(source, world);
  requireSound(read.privateKey, source);
  return read;
}

/**
 * Does not check for damage. Throws ERR_KEY_EXPOSED for a file that everybody may read, ERR_KEY_UNREADABLE,
 * ERR_PASSPHRASE, ERR_SECRET_FORMAT, and whatever the secret vault throws.
 */
export async function readKey(source: KeySource, world: Needs): Promise<SourcedKey> {
  if (source.from === "secret") {
    // Loaded here: most mints have a key file, and must not wait for the code that reads secrets of every form.
    const { readFromSecret } = await import("./key-from-secret.ts");
    return readFromSecret(source, world);
  }
  const passphrase = await readPassphrase(source.passphraseFile, world);
  const input = await readInput(source, world);
  const { privateKey, repaired } = await readNamed(placeOf(source), input, passphrase);
  const findings = repaired.map(
    (repair): Finding => ({
      id: "key-repaired",
      severity: "note",
      message: `The private key was repaired before use: ${PEM_REPAIR_MEANING[repair]}.`,
      basis: "observed",
      evidence: [`read from ${nameOf(source)}`],
      remedy: "store the PEM with its line breaks: other signers may not repair it",
    }),
  );
  return { privateKey, findings };
}

/** Says what an input that is not a key is, with code that no other mint needs. */
async function readNamed(
  place: string,
  input: string | Uint8Array,
  passphrase: Sealed<string> | undefined,
): Promise<ReadPrivateKey> {
  try {
    return readAnyPrivateKey(input, passphrase);
  } catch {
    const { readPrivateKey } = await import("../keys/pem.ts");
    return readKeyAt(place, () => readPrivateKey(input, passphrase));
  }
}

/** A signature made with the key. */
export interface Signed {
  readonly bytes: Uint8Array;
  readonly hash: HashAlgorithm;
  readonly signature: Uint8Array;
}

/**
 * OpenSSL silently reads a key with damaged numbers, whose signatures verify nowhere. `signed` saves making a
 * signature if there already is one. Throws ERR_KEY_UNREADABLE.
 */
export function requireSound(key: KeyObject, source: KeySource, signed?: Signed): void {
  if (!canSign(key) || isVerified(key, signed)) return;
  throw new InputError(
    "ERR_KEY_UNREADABLE",
    `the private key from ${nameOf(source)} is damaged: its signatures do not verify`,
    source.from === "file"
      ? [`openssl pkey -in ${shellWord(source.path)} -check -noout`]
      : ["keyturn keys generate --out signing-key.pem"],
  );
}

function isVerified(key: KeyObject, signed?: Signed): boolean {
  try {
    const { hash, bytes, signature } = signed ?? signedProbe(key);
    return verify(hash, bytes, publicHalf(key), signature);
  } catch {
    // A damaged key may fail to sign at all; the caller reports it.
    return false;
  }
}

function signedProbe(key: KeyObject): Signed {
  const bytes = Buffer.from("keyturn");
  return { bytes, hash: "SHA256", signature: sign("SHA256", bytes, key) };
}

async function readInput(
  source: Exclude<KeySource, { from: "secret" }>,
  { files, env }: Needs,
): Promise<string | Uint8Array> {
  if (source.from === "stdin") return files.stdin();
  if (source.from === "file") {
    refuseNoPath(source.path);
    const content = await files.read(source.path).catch((thrown: unknown) => {
      throw isError(thrown, "ERR_FILE_UNREADABLE") ? perhapsASecret(thrown, source.path) : thrown;
    });
    // Read first: a folder or a public key needs no `chmod`.
    if (!isPublic(content)) await refuseExposed(source.path, files);
    return content;
  }
  const value = env[source.name];
  if (value !== undefined && value !== "") return value;
  throw new InputError("ERR_KEY_UNREADABLE", `the environment has no variable ${source.name}`, [
    `export ${source.name}="$(cat signing-key.pem)"`,
  ]);
}

/** Throws ERR_USAGE for an ARN, or for the key itself, instead of a path. Never repeats the key. */
function refuseNoPath(path: string): void {
  if (/^arn:aws[\w-]*:secretsmanager:/.test(path)) {
    throw new UsageError("ERR_USAGE", "--private-key takes a file, but this is a secret's ARN", [
      `--secret ${shellWord(path)}`,
    ]);
  }
  if (/-----BEGIN|^[A-Za-z0-9+/\s]{200,}=*$/.test(path)) {
    throw new UsageError(
      "ERR_USAGE",
      "--private-key takes a file, not the key itself, which is now in the shell's history and the process list",
      ["--private-key-env NAME, --private-key - (stdin), or a file of mode 600"],
    );
  }
}

/** A name with slashes and no extension is more often a secret than a file. */
function perhapsASecret(thrown: KeyturnError, path: string): InputError {
  const looksLikeName = !/\.\w{1,5}$/.test(path) && !/^[./~]/.test(path);
  const hints = looksLikeName
    ? [...thrown.hints, `or, if it is a secret's name: --secret ${shellWord(path)}`]
    : thrown.hints;
  return new InputError(thrown.code, thrown.message, hints, thrown.cause);
}

/** Without the trailing line break that editors add. Throws ERR_KEY_EXPOSED, ERR_FILE_UNREADABLE. */
export async function readPassphrase(
  path: string | undefined,
  world: Pick<World, "files">,
): Promise<Sealed<string> | undefined> {
  if (path === undefined) return undefined;
  const text = Buffer.from(await world.files.read(path)).toString("utf8");
  await refuseExposed(path, world.files);
  return new Sealed(text.replace(/\r?\n$/, ""));
}

function isPublic(content: Uint8Array): boolean {
  const text = Buffer.from(content).toString("latin1");
  return text.includes("-----BEGIN ") && !text.includes("PRIVATE KEY-----");
}

/** A signing key opens every object behind the edge: anyone who can read it can mint. */
async function refuseExposed(path: string, files: World["files"]): Promise<void> {
  const mode = await files.mode(path);
  if (mode === undefined || (mode & 0o004) === 0) return;
  throw new AccessError("ERR_KEY_EXPOSED", `every user of this machine can read ${path}`, [
    `chmod 600 ${shellWord(path)}`,
  ]);
}

const placeOf = (source: Exclude<KeySource, { from: "secret" }>): string => {
  if (source.from === "file") return source.path;
  return source.from === "stdin" ? "-" : `$${source.name}`;
};

function nameOf(source: KeySource): string {
  if (source.from === "stdin") return "stdin";
  if (source.from === "secret") return `the secret ${source.secret.id}`;
  return source.from === "file" ? source.path : `the variable ${source.name}`;
}

export interface KeySourceFlags {
  readonly privateKey?: string;
  readonly privateKeyEnv?: string;
  readonly passphraseFile?: string;
  readonly secret?: string;
}

/** At most one source may be named; undefined means the gate's secret. Throws ERR_USAGE. */
export function planKeySource(flags: KeySourceFlags, cloud: CloudOptions): KeySource | undefined {
  const { privateKey, privateKeyEnv, secret, passphraseFile } = flags;
  const named = [privateKey, privateKeyEnv, secret].filter((each) => each !== undefined);
  if (named.length > 1) {
    throw new UsageError("ERR_USAGE", "name one key: --private-key, --private-key-env or --secret", [
      "leave out the others",
    ]);
  }
  if (privateKey === "-") return { from: "stdin", passphraseFile };
  if (privateKey !== undefined) return { from: "file", path: privateKey, passphraseFile };
  if (privateKeyEnv !== undefined) return { from: "env", name: privateKeyEnv, passphraseFile };
  const fields = { privateKey: "privateKey", keyPairId: "keyPairId" };
  if (secret !== undefined && !isSecretId(secret)) {
    throw new UsageError("ERR_USAGE", "--secret takes the name or ARN of a secret, not its value", [
      "aws secretsmanager list-secrets --query 'SecretList[].Name'",
    ]);
  }
  return secret === undefined ? undefined : { from: "secret", secret: { id: secret, fields }, cloud };
}
