/**
 * The edge's decision as named steps, in the order that observed answers suggest: key id, key, signature, policy,
 * conditions (DG:private-content-signed-cookies, steps 5 and 6). `decide.ts` stops at the first that refuses;
 * `explain.ts` runs them all.
 */
import { decodeBase64 } from "../policy/base64.ts";
import type { EpochSeconds } from "../time.ts";
import { evaluateIp, evaluateResource, evaluateTime } from "./conditions.ts";
import type { Credential, UndocumentedRules } from "./credential.ts";
import { readHash, readKeyPairId } from "./fields.ts";
import type { EdgeRules } from "./rules.ts";
import { readSignedPolicy, type SignedPolicy } from "./signed-policy.ts";
import type { DenialReason, EdgeRequest, TrustedKeys, Verdict, Verify } from "./verdict.ts";

/** One request being judged. Each step reads what earlier steps found and adds its own. */
export interface DecisionState {
  readonly credential: Credential;
  readonly trust: TrustedKeys;
  readonly ip: EdgeRequest["ip"];
  readonly now: EpochSeconds;
  readonly rules: EdgeRules;
  readonly doubts: UndocumentedRules;
  keyPairId?: string;
  verify?: Verify;
  signature?: Uint8Array;
  hash?: NonNullable<Verdict["hash"]>;
  signed?: SignedPolicy;
}

export type StepName =
  | "duplicates"
  | "key-pair-id"
  | "key"
  | "signature-encoding"
  | "hash"
  | "policy"
  | "signature"
  | "time"
  | "ip"
  | "resource";

/** Undefined lets the request continue, also if an earlier step left nothing to judge. */
export type DecisionStep = (given: DecisionState) => DenialReason | undefined;

export const STEPS: readonly (readonly [name: StepName, step: DecisionStep])[] = [
  ["duplicates", checkDuplicates],
  ["key-pair-id", checkKeyPairId],
  ["key", checkKey],
  ["signature-encoding", checkSignatureEncoding],
  ["hash", checkHash],
  ["policy", checkPolicy],
  ["signature", checkSignature],
  ["time", checkTime],
  ["ip", checkIp],
  ["resource", checkResource],
];

function checkDuplicates({ credential, rules }: DecisionState): DenialReason | undefined {
  const isRefused = credential.duplicated.length > 0 && rules["duplicated-name"] === "refused";
  return isRefused ? "cookie-duplicated" : undefined;
}

function checkKeyPairId(given: DecisionState): DenialReason | undefined {
  const text = given.credential.fields.keyPairId;
  if (!text) return "key-pair-id-missing";
  const id = readKeyPairId(text, given.rules, given.doubts);
  if (id === undefined) return "key-pair-id-malformed";
  given.keyPairId = id;
  return undefined;
}

/** The id selects one key; the others are not tried. */
function checkKey(given: DecisionState): DenialReason | undefined {
  if (given.keyPairId === undefined) return undefined;
  const verify = given.trust.get(given.keyPairId);
  if (verify === undefined) return "key-not-trusted";
  given.verify = verify;
  return undefined;
}

function checkSignatureEncoding(given: DecisionState): DenialReason | undefined {
  const text = given.credential.fields.signature;
  if (!text) return "signature-missing";
  const signature = decodeBase64(text);
  if (signature === undefined) return "signature-undecodable";
  given.signature = signature;
  return undefined;
}

function checkHash(given: DecisionState): DenialReason | undefined {
  const hash = readHash(given.credential.fields.hashAlgorithm, given.rules, given.doubts);
  if (hash === undefined) return "hash-algorithm-unsupported";
  given.hash = hash;
  return undefined;
}

function checkPolicy(given: DecisionState): DenialReason | undefined {
  const { credential, rules, doubts } = given;
  const signed = readSignedPolicy(credential.fields, credential.url, rules, doubts);
  given.signed = signed;
  if (signed.fault === undefined) return undefined;
  if (signed.bytes === undefined) return signed.fault;
  doubts.add("policy-before-signature");
  if (rules["policy-before-signature"] === "policy") return signed.fault;
  return checkSignature(given) ?? signed.fault;
}

function checkSignature({ verify, hash, signed, signature }: DecisionState): DenialReason | undefined {
  if (!verify || !hash || !signed?.bytes || !signature) return undefined;
  return verify(hash, signed.bytes, signature) ? undefined : "signature-mismatch";
}

function checkTime({ signed, now, rules, doubts }: DecisionState): DenialReason | undefined {
  if (!signed?.policy) return undefined;
  const time = evaluateTime(signed.policy, now, rules, doubts);
  return time === "met" ? undefined : time;
}

function checkIp({ signed, ip, rules }: DecisionState): DenialReason | undefined {
  if (!signed?.policy) return undefined;
  const isNobody = signed.isBareIp && rules["bare-ip"] === "never";
  return !isNobody && evaluateIp(signed.policy, ip) ? undefined : "ip-mismatch";
}

function checkResource({ signed, credential, rules, doubts }: DecisionState): DenialReason | undefined {
  // A canned policy was built from this very URL: only its signature can reveal a different one.
  if (!signed?.policy || signed.kind === "canned") return undefined;
  const { carrier, url } = credential;
  const isMatch = evaluateResource(signed.policy, url, carrier, rules, doubts);
  return isMatch ? undefined : "resource-mismatch";
}
