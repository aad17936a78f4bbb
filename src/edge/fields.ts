/** The key pair ID and the hash algorithm of a credential. */
import type { HashAlgorithm } from "../policy/policy.ts";
import type { UndocumentedRules } from "./credential.ts";
import type { EdgeRules } from "./rules.ts";

/** An ID is short: a PEM is not one. Published vectors use names with an underscore. */
const WORD = /^[A-Za-z0-9_-]{1,128}$/;
/** Public keys and legacy account key pairs. */
const STRICT = /^(?:K|APKA)[A-Z0-9]{8,32}$/;

/** Undefined for anything that the edge would not accept as an id. */
export function readKeyPairId(text: string, rules: EdgeRules, doubts: UndocumentedRules): string | undefined {
  const isWord = WORD.test(text);
  const isStrict = STRICT.test(text);
  if (isWord !== isStrict) doubts.add("key-pair-id-shape");
  return (rules["key-pair-id-shape"] === "strict" ? isStrict : isWord) ? text : undefined;
}

/** SHA1 if absent; undefined for an unsupported value. */
export function readHash(
  text: string | undefined,
  rules: EdgeRules,
  doubts: UndocumentedRules,
): HashAlgorithm | undefined {
  if (text === undefined) return "SHA1";
  if (text === "SHA1" || text === "SHA256") return text;
  if (text === "") {
    doubts.add("hash-algorithm-empty");
    return rules["hash-algorithm-empty"] === "absent" ? "SHA1" : undefined;
  }
  const upper = text.length < 10 ? text.toUpperCase() : text;
  if (upper !== "SHA1" && upper !== "SHA256") return undefined;
  doubts.add("hash-algorithm-case");
  return rules["hash-algorithm-case"] === "any" ? upper : undefined;
}
