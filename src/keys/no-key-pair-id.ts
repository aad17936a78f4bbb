/** Recognizes what people give instead of a key pair ID; never quotes text that may be a secret. */
import { isUsualKeyPairId } from "./usual-key-pair-id.ts";

export interface NoKeyPairId {
  readonly kind: NoIdKind;
  /** Completes "the key pair ID is ...". Quotes only words that cannot be secrets. */
  readonly is: string;
  /** It could be a test's id or an unusual one: warn, do not refuse. */
  readonly isDoubtful?: boolean;
}
type NoIdKind =
  | "empty"
  | "unset-variable"
  | "placeholder"
  | "template"
  | "redacted"
  | "decorated"
  | "key-group"
  | "distribution"
  | "access-key"
  | "arn"
  | "key-material"
  | "fingerprint"
  | "account"
  | "host"
  | "several"
  | "spelling"
  | "name";

type Look = readonly [
  looks: RegExp,
  kind: NoIdKind,
  is: string | ((text: string) => string),
  doubt?: "doubtful",
];

const LOOKS: readonly Look[] = [
  [/^$/, "empty", "empty: the signer's variable for it is not set"],
  [/^\s+$/, "empty", "blank: the signer's variable for it is not set"],
  [
    /^(?:undefined|null|none|nil|nan|void|false|true|\(null\)|<nil>|<null>|null\.null|\[object \w+\]|optional\(nil\))$/i,
    "unset-variable",
    (text) => `the word ${text}: the signer's variable for it is not set`,
  ],
  [/^Optional\(.*\)$/s, "template", "a Swift optional as printed: unwrap it first"],
  [/-----BEGIN|-----END|^MI[A-Za-z0-9+/]{60}/, "key-material", "a key in PEM or base64, not an id"],
  [
    /^arn:aws[\w-]*:cloudfront::\d*:(?:key-group|public-key|distribution)\//,
    "arn",
    "an ARN; the id is what follows its last slash, if it is a public key's",
  ],
  [/^arn:/, "arn", "an ARN, but not of a public key"],
  [
    /^"\s*[\w-]+\s*"$|^'[\w-]+'$|^`[\w-]+`$|^%22.*%22$|^\\"|^%27.*%27$/s,
    "decorated",
    "in quotes, which become part of it",
  ],
  [
    /^[\w-]+(?:\s+|%0[AD]|%20|\\[rn]|\+$)+$|^(?:\s+|%0[AD]|%20|\\[rn])+[\w-]+/i,
    "decorated",
    "surrounded by whitespace, for example the line break of a file or `echo`: trim it",
  ],
  [
    /\$\{.*\}|\{\{.*\}\}|\$\(.*\)|^\$\w+$|^%\w+%$|<%.*%>|#\{.*\}|^process\.env|^os\.environ|^env\.|^\{"?(?:Ref|Fn)|^!Ref|^ssm:|^\{resolve:/i,
    "template",
    "an unfilled template or variable",
  ],
  [/%(?:24%7B|7B%7B|3C\w)|^%24\w+$/i, "template", "an unfilled template or variable, percent-encoded"],
  [
    /^[[<({]*(?:\*{2,}|\u2022{2,}|redacted|filtered|masked|hidden|removed)[\]>)}]*$|^\w{0,8}\*{3,}\w{0,8}$|\.\.\.$|\u2026/i,
    "redacted",
    "redacted or shortened: give the full ID, which is not secret",
  ],
  [/^\d{12}$/, "account", "an AWS account number"],
  [
    /^<.*>$|your|placeholder|change[-_]?me|replace|insert|^(?:todo|tbd|fixme|xxx+|foo|bar|dummy|test|sample)$|^[A-Z]{0,4}[Xx]{5,}$|^(?:K|APKA)?EXAMPLE(?:ID|KEY|\d*)$|^(?:aws_?)?(?:cloudfront_?)?(?:public_?)?key_?(?:pair_?)?id$|^K?0{6,}$|^K?12345/i,
    "placeholder",
    "a placeholder that was never replaced",
    "doubtful",
  ],
  [
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
    "key-group",
    "a UUID, like a key group's id: use the id of a public key in the group",
  ],
  [
    /^(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,20}$/,
    "access-key",
    "the id of an IAM access key, user or role: CloudFront needs the id of a public key in a key group",
  ],
  [
    /^E[A-Z0-9]{11,14}$/,
    "distribution",
    "apparently the id of a distribution or access control, or an ETag: a public key's id begins with K",
  ],
  [
    /^(?:SHA256:|[0-9a-f]{2}(?::[0-9a-f]{2}){9,}|[0-9a-f]{40}$|[0-9a-f]{64}$)/i,
    "fingerprint",
    "the fingerprint of a key",
  ],
  [/\.pem$|\.der$|\.key$|^[~.]{0,2}\//, "key-material", "a file path, not the id of the key in it"],
  [/^https?:|\.cloudfront\.net$|\.amazonaws\.com$/i, "host", "a host or a URL"],
  [
    /^d[a-z0-9]{12,14}$/,
    "host",
    "apparently the first part of a distribution's name, dXXXX.cloudfront.net",
    "doubtful",
  ],
  [/^\d{1,11}$/, "unset-variable", "a number: the signer's variable for it holds something else"],
  [
    /^[\w.-]+(?:\/[\w.+=@-]+)+$/,
    "name",
    "perhaps the name of a secret or parameter that holds it: read the id from there",
  ],
  [/^K[A-Z0-9]{9,}(?:[,;|: ]+K[A-Z0-9]{9,})+$/, "several", "more than one id: name only the key that signed"],
  [/^k[a-z0-9]{12,14}$/, "spelling", "in lower case: ids are upper-case and compared exactly"],
  [
    /^S[0-9A-Za-z+/_-]{15,30}[=_]{0,2}$/,
    "spelling",
    "perhaps a base64-encoded id: send it unencoded",
    "doubtful",
  ],
];

/** Undefined if it looks like an id. `text` is the raw value of the cookie, parameter or flag. */
export function describeNoKeyPairId(text: string): NoKeyPairId | undefined {
  if (isUsualKeyPairId(text)) return undefined;
  for (const [looks, kind, is, doubt] of LOOKS) {
    if (!looks.test(text)) continue;
    const sentence = typeof is === "string" ? is : is(text);
    return { kind, is: sentence, isDoubtful: doubt !== undefined };
  }
  if (/^[\w-]{1,128}$/.test(text)) {
    return {
      kind: "name",
      is: "apparently not an id, perhaps a key's name: ids are K and 13 capital letters and digits",
      isDoubtful: true,
    };
  }
  return {
    kind: "name",
    is: "not the short id that CloudFront assigned to the public key, such as K2JCJMDEHXQW5F",
  };
}
