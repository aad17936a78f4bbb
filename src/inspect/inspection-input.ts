/** Everything that an explanation of one request may use; filled in by the caller. */

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

/** Who sent the captured response, if there is one, as the probe classifies it. */
export interface ResponseSender {
  readonly status: number;
  /** For a person: `edge signature check`. */
  readonly by: string;
  readonly edge: "denied" | "passed" | "unsure";
  readonly code?: WireCode;
  readonly evidence: readonly string[];
  /** The message of an S3 origin. */
  readonly says?: OriginError;
}

export interface InspectionInput {
  readonly capture: CapturedRequest;
  readonly explanation: Explanation;
  readonly method: string;
  readonly url?: string;
  readonly ip?: string;
  readonly at: EpochSeconds;
  readonly gate?: string;
  readonly source?: TrustSource;
  /** The URL's host, if the account has no distribution for it. */
  readonly noDistribution?: string;
  readonly withheld: readonly BlockedCookie[];
  readonly answered?: ResponseSender;
  /** A second URL given for the same request, not judged. */
  readonly otherUrl?: { readonly url: string; readonly from: "input" | "flag" };
}

/** `keyturn mint` for the same Resource; a pattern if the denied policy had one. */
export function mintLine(input: InspectionInput): string {
  const { explanation, gate } = input;
  const resource = explanation.policy?.resource;
  if (gate !== undefined) return mintFor("", input);
  const isPattern = explanation.signed?.kind === "custom" && resource !== undefined;
  return isPattern
    ? mintFor(`--resource ${shellWord(resource)}`, input)
    : commandForUrl("keyturn mint", input);
}

/** Takes the key from a gate: the only one in keyturn.yaml unless the command named one. */
export const mintFor = (what: string, input: Pick<InspectionInput, "gate">): string =>
  withGate(["keyturn mint", what].filter((word) => word !== "").join(" "), input);

/** The command with the URL, if known; without one, the gate decides. */
export const commandForUrl = (command: string, input: Pick<InspectionInput, "gate" | "url">): string =>
  withGate(input.url === undefined ? command : `${command} ${shellWord(input.url)}`, input);

export const withGate = (command: string, { gate }: Pick<InspectionInput, "gate">): string =>
  gate === undefined ? command : `${command} --gate ${gate}`;

const shown = (text: string): string => printable(redactCredentials(text));

/** A note next to the denial; it may quote the input. */
export function causeFinding(
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
    remedy: remedy === undefined ? undefined : shown(remedy),
  };
}
