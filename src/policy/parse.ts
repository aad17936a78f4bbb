/** Parses the signed statement: returns a value or a named problem, never throws, in bounded time. */
import type { EpochSeconds } from "../time.ts";
import { parseIpRange } from "./ip-range.ts";
import { type JsonNode, parseJson } from "./json.ts";
import type { Policy } from "./policy.ts";

export type PolicyProblem =
  | "too-large"
  | "not-utf8"
  | "not-json"
  | "not-an-object"
  | "statement-missing"
  | "statement-not-array"
  | "statement-count"
  | "statement-not-object"
  | "resource-not-string"
  | "condition-missing"
  | "date-less-than-missing"
  | "condition-malformed"
  | "condition-unknown"
  | "epoch-not-integer"
  | "epoch-milliseconds"
  | "epoch-out-of-range"
  | "source-ip-malformed"
  | "member-repeated";

/** Readable, but how the edge treats it is undocumented. */
type PolicyOddity = "member-unknown" | "ip-without-mask";

interface UnreadablePolicy {
  readonly ok: false;
  readonly problem: PolicyProblem;
  /** One lowercase sentence: what is wrong and where. */
  readonly sentence: string;
  /** Neither documented nor observed to be refused; the cautious choice. */
  readonly undocumented: boolean;
}
export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy; readonly oddities: readonly PolicyOddity[] }
  | UnreadablePolicy;

/** The limit of a whole request including headers (DG:cloudfront-limits): no longer policy can arrive. */
const LARGEST = 32_768;
/** Documented for Expires (DG:private-content-creating-signed-url-canned-policy). */
const LAST_SECOND = 9_223_372_036_854_775_807n;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const UNDOCUMENTED: ReadonlySet<PolicyProblem> = new Set([
  "condition-unknown",
  "member-repeated",
  "source-ip-malformed",
]);

/** Thrown and caught only in this file, to stop at the first problem. */
class Problem {
  readonly problem: PolicyProblem;
  readonly sentence: string;
  constructor(problem: PolicyProblem, sentence: string) {
    this.problem = problem;
    this.sentence = sentence;
  }
}

/**
 * Exactly one statement in an array, DateLessThan required, names exact, epochs unquoted integers
 * (DG:private-content-setting-signed-cookie-custom-policy). Verifies nothing: neither signature, nor time, nor match.
 */
export function parsePolicy(bytes: Uint8Array): ParsedPolicy {
  try {
    return readPolicy(bytes);
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    const { problem, sentence } = thrown;
    return { ok: false, problem, sentence, undocumented: UNDOCUMENTED.has(problem) };
  }
}

function readPolicy(bytes: Uint8Array): ParsedPolicy {
  if (bytes.length > LARGEST) {
    throw new Problem(
      "too-large",
      `the policy is ${bytes.length} bytes; a whole request is at most ${LARGEST}`,
    );
  }
  const root = parseJson(decodeUtf8(bytes));
  if (root === undefined) throw new Problem("not-json", `the policy is not JSON${whyNotJson(bytes)}`);
  if (root.kind === "string" && parseJson(root.value)?.kind === "object") {
    throw new Problem("not-an-object", "the policy is JSON inside a JSON string: it was serialized twice");
  }
  const oddities = new Set<PolicyOddity>();

  const top = members(root, "not-an-object", "the policy");
  const list = top.get("Statement");
  if (list === undefined) {
    throw new Problem("statement-missing", `the policy has no Statement${spelledAs("Statement", top)}`);
  }
  if (list.kind !== "array") throw new Problem("statement-not-array", "Statement is not an array");
  const [only] = list.items;
  if (only === undefined || list.items.length !== 1) {
    throw new Problem(
      "statement-count",
      `Statement holds ${list.items.length} statements; CloudFront takes one`,
    );
  }
  const statement = members(only, "statement-not-object", "the statement");
  const resource = statement.get("Resource");
  if (resource !== undefined && resource.kind !== "string") {
    throw new Problem("resource-not-string", "Resource is not a string");
  }
  const condition = statement.get("Condition");
  if (condition === undefined) {
    throw new Problem(
      "condition-missing",
      `the statement has no Condition${spelledAs("Condition", statement)}`,
    );
  }
  if (top.size > 1 || [...statement.keys()].some((name) => name !== "Resource" && name !== "Condition")) {
    oddities.add("member-unknown");
  }
  const policy = { resource: resource?.value, ...readCondition(condition, oddities) };
  return { ok: true, policy, oddities: [...oddities] };
}

function readCondition(condition: JsonNode, oddities: Set<PolicyOddity>): Omit<Policy, "resource"> {
  const operators = members(condition, "condition-malformed", "Condition");
  for (const name of operators.keys()) {
    if (name !== "DateLessThan" && name !== "DateGreaterThan" && name !== "IpAddress") {
      const known = OPERATORS.find((each) => isAlike(each, name));
      throw new Problem(
        "condition-unknown",
        known === undefined
          ? "Condition has an operator that CloudFront does not support"
          : `Condition has a misspelled operator: it must be ${known}, in exactly that case`,
      );
    }
  }
  const end = operators.get("DateLessThan");
  if (end === undefined) throw new Problem("date-less-than-missing", "Condition has no DateLessThan");
  const start = operators.get("DateGreaterThan");
  const address = operators.get("IpAddress");
  const dateLessThan = readEpoch(operand(end, "DateLessThan", "AWS:EpochTime"), "DateLessThan");
  return {
    dateLessThan,
    dateGreaterThan:
      start && readEpoch(operand(start, "DateGreaterThan", "AWS:EpochTime"), "DateGreaterThan"),
    ipAddress: address && readSourceIp(operand(address, "IpAddress", "AWS:SourceIp"), oddities),
  };
}

const OPERATORS = ["DateLessThan", "DateGreaterThan", "IpAddress"];
const lettersOf = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, "");
const isAlike = (name: string, other: string): boolean => lettersOf(name) === lettersOf(other);

/** A member that differs from the wanted name only in case. */
function spelledAs(name: string, members: ReadonlyMap<string, JsonNode>): string {
  const found = [...members.keys()].some((each) => each !== name && isAlike(name, each));
  return found ? ", only a member whose name differs in case: names are compared exactly" : "";
}

/** Never quotes the policy. */
function whyNotJson(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("utf8").trim();
  if (/^(['"`]).*\1$/s.test(text)) return ": it is in quotes, which were encoded with it";
  if (/^\{\s*'/.test(text)) return ": its strings are in single quotes, as Python prints a dict";
  if (/^\{\s*\\"/.test(text)) return ': its quotes are escaped (\\"), as inside another string';
  if (/,\s*[}\]]/.test(text)) return ": it has a comma before a closing bracket";
  if (/^%7B/i.test(text)) return ": it is percent-encoded";
  if (text.startsWith("eyJ")) return ": it is base64 again: it was encoded twice";
  return "";
}

/** The single value of `{"<key>": value}` under an operator. */
function operand(operator: JsonNode, name: string, key: string): JsonNode {
  const inside = members(operator, "condition-malformed", name);
  const value = inside.get(key);
  if (value === undefined || inside.size !== 1) {
    throw new Problem("condition-malformed", `${name} must hold only ${key}${spelledAs(key, inside)}`);
  }
  return value;
}

function readEpoch(value: JsonNode, name: string): EpochSeconds {
  if (value.kind !== "number" || !/^-?\d+$/.test(value.text)) {
    const quoted = value.kind === "string" ? ", but a quoted string" : "";
    throw new Problem("epoch-not-integer", `AWS:EpochTime of ${name} is not an integer${quoted}`);
  }
  const exact = BigInt(value.text.slice(0, 32));
  if (exact <= 0n || exact > LAST_SECOND) {
    throw new Problem("epoch-out-of-range", `AWS:EpochTime of ${name} is not a positive 64-bit number`);
  }
  // 13 and 14 digits: 2001 to 5138 in milliseconds. The documented maximum, far above, stays legal.
  if (exact >= 1_000_000_000_000n && exact < 100_000_000_000_000n) {
    throw new Problem("epoch-milliseconds", `AWS:EpochTime of ${name} is in milliseconds, not seconds`);
  }
  return Number(exact);
}

function readSourceIp(value: JsonNode, oddities: Set<PolicyOddity>): string {
  const range = value.kind === "string" ? parseIpRange(value.value) : undefined;
  if (range === undefined || "problem" in range) {
    const text = value.kind === "string" ? value.value : "";
    const is = /^[\da-f.]*:[\da-f:./]+$/i.test(text)
      ? "an IPv6 address, which CloudFront does not support: it takes one IPv4 address or CIDR"
      : /[,\s]/.test(text.trim())
        ? "a list: CloudFront takes one IPv4 address or CIDR"
        : "not one IPv4 address or CIDR";
    throw new Problem("source-ip-malformed", `AWS:SourceIp is ${is}`);
  }
  if (!range.hasMask) oddities.add("ip-without-mask");
  return range.text;
}

function members(value: JsonNode, problem: PolicyProblem, what: string): ReadonlyMap<string, JsonNode> {
  if (value.kind !== "object") throw new Problem(problem, `${what} is not an object`);
  const map = new Map(value.members);
  if (map.size !== value.members.length) {
    throw new Problem("member-repeated", `${what} has the same member twice`);
  }
  return map;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new Problem("not-utf8", "the policy is not UTF-8");
  }
}
