/** Everything that an explanation of one request may draw on, gathered; whoever inspects fills it in. */

import type { BlockedCookie } from "../browser/sent-cookies.ts";
import type { CapturedRequest } from "../capture/capture.ts";
import type { TrustSource } from "../edge/trust-source.ts";
import type { WireCode } from "../edge/verdict.ts";
import type { Finding } from "../finding.ts";
import { printable } from "../text/printable.ts";
import { shellWord } from "../text/shell-word.ts";
import type { EpochSeconds } from "../time.ts";
import type { Explanation } from "./explain.ts";
import type { OriginError } from "./origin-error.ts";
import { redactCredentials } from "./redact-url.ts";

/** Who answered, where an answer is at hand; judged by the probe's classification. */
export interface Answered {
  readonly status: number;
  /** For a person: `edge signature check`. */
  readonly by: string;
  readonly edge: "denied" | "passed" | "unsure";
  readonly code?: WireCode;
  readonly evidence: readonly string[];
  /** What an origin that is S3 said. */
  readonly says?: OriginError;
}

export interface Inquiry {
  readonly capture: CapturedRequest;
  readonly explanation: Explanation;
  readonly method: string;
  readonly url?: string;
  readonly ip?: string;
  readonly at: EpochSeconds;
  readonly gate?: string;
  readonly source?: TrustSource;
  /** The host of the URL, where the account has no distribution for it. */
  readonly noDistribution?: string;
  readonly withheld: readonly BlockedCookie[];
  readonly answered?: Answered;
  /** Another URL that was given for the same request, and was not judged. */
  readonly otherUrl?: { readonly url: string; readonly from: "input" | "flag" };
}

/** `keyturn mint` for the same thing, as a custom policy for a pattern where the denied one was that. */
export function mintCommand(inquiry: Inquiry): string {
  const { explanation, gate } = inquiry;
  const resource = explanation.policy?.resource;
  if (gate !== undefined) return mintFor("", inquiry);
  const isPattern = explanation.signed?.kind === "custom" && resource !== undefined;
  return isPattern ? mintFor(`--resource ${shellWord(resource)}`, inquiry) : about("keyturn mint", inquiry);
}

/** The key comes from a gate: the one of keyturn.yaml unless it was named here. */
export const mintFor = (what: string, inquiry: Pick<Inquiry, "gate">): string =>
  withGate(["keyturn mint", what].filter((word) => word !== "").join(" "), inquiry);

/** The command for the URL, where it is known: without one it takes what the gate says. */
export const about = (command: string, inquiry: Pick<Inquiry, "gate" | "url">): string =>
  withGate(inquiry.url === undefined ? command : `${command} ${shellWord(inquiry.url)}`, inquiry);

export const withGate = (command: string, { gate }: Pick<Inquiry, "gate">): string =>
  gate === undefined ? command : `${command} --gate ${gate}`;

const shown = (text: string): string => printable(redactCredentials(text));

/** A note beside the denial; it may quote the input. */
export function cause(
  id: string,
  basis: Finding["basis"],
  message: string,
  remedy?: string,
  evidence: readonly string[] = [],
): Finding {
  return {
    id,
    severity: "note",
    basis,
    message: shown(message),
    evidence: evidence.map(shown),
    ...(remedy !== undefined && { remedy: shown(remedy) }),
  };
}
