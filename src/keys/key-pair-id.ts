/** Determines a private key's key pair ID: given, or found in the account by fingerprint, and checked if possible. */
import type { KeyObject } from "node:crypto";
import { InputError, isError, KeyturnError, UsageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import type { Cloud, CloudOptions, ControlPlane } from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";
import { shellWord } from "../text/shell-word.ts";
import { readAnyPublicKey } from "./any-key.ts";
import { type Fingerprint, fingerprint } from "./fingerprint.ts";
import type { NoKeyPairId } from "./no-key-pair-id.ts";
import { isUsualKeyPairId } from "./usual-key-pair-id.ts";

export interface KeyPairIdRequest {
  readonly privateKey: KeyObject;
  /** The key's file, if it came from one. */
  readonly keyFile?: string | undefined;
  /** From --key-pair-id. */
  readonly said: string | undefined;
  /** From the secret, next to the key; then no lookup is needed. */
  readonly stored: string | undefined;
  /** Never look in the account. */
  readonly offline: boolean;
  readonly cloud: CloudOptions;
}
export interface ResolvedKeyPairId {
  readonly keyPairId: string;
  readonly findings: readonly Finding[];
}
type Needs = Pick<World, "cloud" | "env" | "files">;

/** Letters and digits, as in CloudFront's ids. Anything else may be the key itself and would end up in CloudTrail. */
export function isKeyPairId(text: string): boolean {
  return /^[\w-]{1,128}$/.test(text);
}

/** Throws ERR_USAGE unless it is a key pair ID, without repeating it. */
export async function requireKeyPairId(text: string): Promise<string> {
  const other = await whatElse(text);
  if (isKeyPairId(text) && (other === undefined || other.isDoubtful)) return text;
  throw new UsageError("ERR_USAGE", `the given key pair ID is ${other?.is ?? "not an id"}`, [
    "keyturn keys list",
  ]);
}

/** Loads what recognizes other texts only for those: most ids are usual. */
async function whatElse(text: string): Promise<NoKeyPairId | undefined> {
  if (isUsualKeyPairId(text)) return undefined;
  return (await import("./no-key-pair-id.ts")).describeNoKeyPairId(text);
}

/**
 * Throws ERR_KEY_MISMATCH when the account says that the id belongs to another key, or knows no such key; ERR_USAGE when
 * the ID is neither given nor found. An account that does not answer is a note, not an error, if the ID was given.
 */
export async function resolveKeyPairId(request: KeyPairIdRequest, world: Needs): Promise<ResolvedKeyPairId> {
  const { privateKey, keyFile, stored, offline, cloud } = request;
  const declared = request.said === undefined ? undefined : await requireKeyPairId(request.said);
  if (declared !== undefined && (offline || !(await accountIsAtHand(cloud, world)))) {
    return { keyPairId: declared, findings: await doubts(declared, "--key-pair-id") };
  }
  if (declared === undefined) {
    if (stored !== undefined) return { keyPairId: stored, findings: await doubts(stored, "the secret") };
    const own = fingerprint(privateKey);
    if (offline) throw idUnknown(own, keyFile);
    const { controlPlane } = await world.cloud(cloud);
    return { keyPairId: await findId(own, controlPlane, keyFile), findings: [] };
  }
  try {
    await checkId(declared, fingerprint(privateKey), await world.cloud(cloud), keyFile);
    return { keyPairId: declared, findings: [] };
  } catch (thrown) {
    if (!(thrown instanceof KeyturnError) || isError(thrown, "ERR_KEY_MISMATCH")) throw thrown;
    return { keyPairId: declared, findings: [unchecked(declared, thrown)] };
  }
}

/** The id of this key in the account. Throws ERR_USAGE if it is not there. */
async function findId(own: Fingerprint, controlPlane: ControlPlane, keyFile?: string): Promise<string> {
  for await (const { id, encodedKey } of controlPlane.listPublicKeys()) {
    if (fingerprintOf(encodedKey) === own) return id;
  }
  throw idUnknown(own, keyFile);
}

async function checkId(
  id: string,
  own: Fingerprint,
  { controlPlane }: Cloud,
  keyFile?: string,
): Promise<void> {
  try {
    const { value } = await controlPlane.getPublicKey(id);
    const theirs = fingerprintOf(value.encodedKey);
    if (theirs !== own)
      throw mismatch(`${id} is another key`, [`its key is ${theirs}`, `this key is ${own}`], keyFile);
  } catch (thrown) {
    if (isError(thrown, "ERR_NOT_FOUND")) throw mismatch(`the account has no public key ${id}`, [], keyFile);
    throw thrown;
  }
}

/** Looks for AWS credentials without loading the SDK, so that minting from a key file starts fast. */
async function accountIsAtHand(cloud: CloudOptions, { env, files }: Needs): Promise<boolean> {
  if (cloud.profile !== undefined || cloud.endpointUrl !== undefined) return true;
  const signs = [
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  ];
  if (signs.some((name) => env[name])) return true;
  const shared = env.AWS_SHARED_CREDENTIALS_FILE || (env.HOME && `${env.HOME}/.aws/credentials`);
  return shared ? (await files.mode(shared)) !== undefined : false;
}

function fingerprintOf(encodedKey: string): Fingerprint | undefined {
  try {
    return fingerprint(readAnyPublicKey(encodedKey));
  } catch (thrown) {
    if (isError(thrown, "ERR_KEY_UNREADABLE")) return undefined;
    throw thrown;
  }
}

function idUnknown(own: Fingerprint, keyFile: string | undefined): UsageError {
  return new UsageError("ERR_USAGE", `the key pair ID of the key ${own} is unknown`, [
    "add --key-pair-id ID",
    ...(keyFile === undefined
      ? ["keyturn keys list"]
      : ["or, if CloudFront lacks its public half:", `keyturn keys upload ${shellWord(keyFile)}`]),
  ]);
}

function mismatch(message: string, facts: readonly string[], keyFile: string | undefined): InputError {
  const suffix = facts.length === 0 ? "" : ` (${facts.join(", ")})`;
  return new InputError(
    "ERR_KEY_MISMATCH",
    `the private key does not match --key-pair-id: ${message}${suffix}`,
    [
      ...(keyFile === undefined ? [] : [`keyturn keys match ${shellWord(keyFile)}`]),
      "keyturn keys list",
      "add --offline to sign without checking the account",
    ],
  );
}

/**
 * If the account was not read, warns about anything that does not look like an id: the edge would answer InvalidKey.
 */
async function doubts(id: string, from: string): Promise<Finding[]> {
  const other = await whatElse(id);
  if (other === undefined) return [];
  return [
    {
      id: "key-pair-id-doubtful",
      severity: "warning",
      message: `The key pair ID from ${from} is ${other.is}.`,
      basis: other.isDoubtful ? "inferred" : "observed",
      evidence: [],
      remedy: "keyturn keys list",
    },
  ];
}

function unchecked(id: string, why: KeyturnError): Finding {
  return {
    id: "key-pair-id-unchecked",
    severity: "note",
    message: `Could not check that ${id} is this key's id: ${why.message}.`,
    basis: "observed",
    evidence: [why.code],
    remedy: "add --offline to skip the check",
  };
}
