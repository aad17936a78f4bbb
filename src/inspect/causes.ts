/** Why a request is denied, likeliest cause first, each with its evidence and the command that confirms or fixes it. */

import type { DenialReason } from "../edge/verdict.ts";
import type { Finding } from "../finding.ts";
import { describeSpecialRange } from "../policy/special-addresses.ts";
import { formatDuration, type Seconds } from "../time.ts";
import { causeFinding, commandForUrl, type InspectionInput, mintLine, withGate } from "./inspection-input.ts";
import { missingKey, noKeyPairId, truncatedUrl, untrustedKey } from "./key-causes.ts";
import { describeMisencoding, isRedacted } from "./misencoding.ts";
import { misplacedCredentials } from "./misplaced.ts";
import { resourceCauses } from "./resource-causes.ts";
import { mismatchCauses } from "./signature-causes.ts";
import { ipNoViewer } from "./traps.ts";

type Causes = (input: InspectionInput) => readonly Finding[];

/** The causes of the first reason that makes the edge deny. */
export function causesOf(reason: DenialReason, input: InspectionInput): readonly Finding[] {
  return CAUSES[reason](input);
}

const CAUSES: Readonly<Record<DenialReason, Causes>> = {
  "cookie-duplicated": () => [],
  "key-pair-id-missing": missingKey,
  "key-pair-id-malformed": (input) => {
    const id = input.explanation.credential.fields.keyPairId ?? "";
    return [isRedacted(id) ? redacted("key pair ID") : noKeyPairId(id, input)];
  },
  "key-not-trusted": untrustedKey,
  "signature-missing": (input) => [
    ...misplacedCredentials(input),
    input.explanation.carrier === "query"
      ? truncatedUrl(input)
      : causeFinding(
          "signature-missing",
          "observed",
          "the signature is missing; all cookies of the set must be sent",
          mintLine(input),
        ),
  ],
  "signature-undecodable": (input) =>
    encoding("signature", input.explanation.credential.fields.signature, input),
  "hash-algorithm-unsupported": (input) => [
    causeFinding(
      "hash-algorithm-spelling",
      "observed",
      "Hash-Algorithm must be exactly SHA1 or SHA256, without a hyphen",
      `${mintLine(input)} --hash SHA256`,
    ),
  ],
  "policy-missing": (input) => [
    ...misplacedCredentials(input),
    input.explanation.carrier === "query"
      ? truncatedUrl(input)
      : causeFinding(
          "policy-missing",
          "observed",
          "the set has neither Policy nor Expires; every set needs one of them",
          mintLine(input),
        ),
  ],
  "policy-and-expires": (input) => [
    causeFinding(
      "old-cookie-left",
      "inferred",
      "the signer switched between canned and custom policies, and a cookie from an earlier login is still there; a login must clear the one that it does not set",
      withGate("keyturn mint --logout", input),
    ),
  ],
  "policy-undecodable": (input) => encoding("policy", input.explanation.credential.fields.policy, input),
  "policy-malformed": malformedPolicy,
  "signature-mismatch": mismatchCauses,
  expired,
  "not-yet-valid": startsLater,
  "ip-mismatch": addressCauses,
  "resource-mismatch": (input) => resourceCauses(input),
};

/** Clocks of healthy hosts differ by less; a signer's wrong clock is usually off by more. */
const SLACK: Seconds = 60;

function startsLater({ explanation, at }: InspectionInput): readonly Finding[] {
  const ahead = Math.max(0, Math.round((explanation.policy?.dateGreaterThan ?? at) - at));
  const begins = `the policy begins ${formatDuration(ahead)} from now`;
  const [message, remedy] =
    ahead <= SLACK
      ? [
          `${begins}: most likely DateGreaterThan leaves no slack for clocks that differ by seconds`,
          "let policies start a few minutes earlier, or leave DateGreaterThan out",
        ]
      : [
          `${begins}: the signer's clock is ahead, unless that start is intended`,
          "check the time synchronization of the host that signs: `timedatectl`, or `chronyc tracking`",
        ];
  return [causeFinding("signer-clock-ahead", "inferred", message, remedy)];
}

function encoding(
  field: "signature" | "policy",
  value: string | undefined,
  input: InspectionInput,
): Finding[] {
  if (isRedacted(value ?? "")) return [redacted(field)];
  const described = describeMisencoding(value ?? "", input.explanation.carrier === "query");
  const message = `the ${field} is not in CloudFront's base64${described === undefined ? "" : `: ${described}`}`;
  return [
    causeFinding(
      `${field}-encoding`,
      "observed",
      message,
      `${commandForUrl("keyturn mint", input)} --format set-cookie`,
    ),
  ];
}

/** The viewer sent something else; nothing can be said about it. */
function redacted(field: string): Finding {
  return causeFinding(
    "input-redacted",
    "observed",
    `the ${field} was redacted or shortened before it was pasted, so it cannot be checked`,
    "capture the request again and paste it in full: keyturn never prints signatures or cookie values",
  );
}

function malformedPolicy(input: InspectionInput): Finding[] {
  const { signed, credential } = input.explanation;
  const sentence = signed?.sentence ?? "CloudFront cannot read the policy";
  if (signed?.problem === "epoch-milliseconds") {
    return [
      causeFinding(
        "milliseconds",
        "observed",
        `${sentence}: the signer forgot to divide by 1000 (Date.now() counts milliseconds, AWS:EpochTime seconds)`,
        mintLine(input),
      ),
    ];
  }
  const isOdd = credential.carrier === "cookies" && signed?.problem === "not-json";
  return [
    causeFinding(
      "policy-shape",
      "observed",
      isOdd ? `${sentence}; its encoding was changed in transit` : sentence,
      mintLine(input),
    ),
  ];
}

/** Above this, clock skew is not a likely cause. */
const PLAUSIBLE_SKEW = 300;

function expired(input: InspectionInput): Finding[] {
  const { explanation, at } = input;
  const ago = at - (explanation.policy?.dateLessThan ?? at);
  const causes = [
    causeFinding(
      "not-renewed",
      "inferred",
      `the set expired ${formatDuration(ago)} ago and was not renewed: the client must fetch a new one before it expires, or after a 403`,
      mintLine(input),
    ),
  ];
  if (ago <= PLAUSIBLE_SKEW) {
    causes.push(
      causeFinding(
        "clock-skew",
        "inferred",
        "it ended so recently that the signer's clock may be slow",
        "date -u",
      ),
    );
  }
  return causes;
}

function addressCauses({ ip, explanation }: InspectionInput): Finding[] {
  if (ip?.includes(":") && !/^::ffff:/i.test(ip)) {
    return [
      causeFinding(
        "ipv6-viewer",
        "observed",
        "the viewer connected over IPv6, which IpAddress cannot match; AWS advises against IPv6 on such a distribution",
      ),
    ];
  }
  const special = describeSpecialRange(explanation.policy?.ipAddress ?? "");
  return [
    ...(special === undefined ? [] : [ipNoViewer(explanation.policy?.ipAddress ?? "", special)]),
    causeFinding(
      "viewer-moved",
      "inferred",
      `the viewer's address is not in ${explanation.policy?.ipAddress ?? "the policy's range"}: it changed networks, uses a proxy, or the mint endpoint saw a different address than the edge`,
    ),
  ];
}
