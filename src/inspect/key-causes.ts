/** Why no key is named, or one that the behavior does not trust. */
import type { Finding } from "../finding.ts";
import { about, cause, type Inquiry, withGate } from "./inquiry.ts";
import { misspelledNames } from "./misspelled-names.ts";

export function missingKey(inquiry: Inquiry): Finding[] {
  const { capture, explanation, method, withheld } = inquiry;
  const causes: Finding[] = [];
  const ours = capture.cookies.filter(({ name }) => name.startsWith("CloudFront-"));
  if (method === "OPTIONS") {
    causes.push(
      cause(
        "preflight",
        "observed",
        "this is a CORS preflight: browsers send it without cookies, so signed cookies can never let it pass; avoid the preflight (same site, simple requests) or use signed URLs",
      ),
    );
  }
  // Cookies that are there, and ignored or left behind, have a finding of their own (traps.ts).
  if (withheld.length > 0 || (explanation.carrier === "query" && ours.length > 0)) return causes;
  const misspelled = misspelledNames(inquiry);
  if (misspelled.length > 0) return [...causes, ...misspelled];
  if (ours.length === 0) {
    const count = capture.cookies.length;
    causes.push(
      cause(
        "no-cloudfront-cookies",
        "observed",
        count === 0
          ? "the request carries no cookies at all: not logged in, cookies cleared, or fetch without credentials: include"
          : `${count === 1 ? "its one cookie is not" : `none of its ${count} cookies is`} CloudFront's: the viewer logged in before the cookies were minted, or they are bound to another host or path`,
        inquiry.url === undefined ? undefined : about("keyturn curl", inquiry),
      ),
    );
  } else {
    causes.push(
      cause(
        "set-incomplete",
        "observed",
        `the set is incomplete: ${[...new Set(ours.map(({ name }) => name))].join(", ")} without CloudFront-Key-Pair-Id; a proxy or a cookie limit may have dropped it`,
      ),
    );
  }
  return causes;
}

export function untrustedKey(inquiry: Inquiry): Finding[] {
  const { explanation, source } = inquiry;
  const id = explanation.keyPairId ?? "the key pair ID";
  const known = source?.untrusted;
  const causes: Finding[] = [];
  if (known?.name !== undefined) {
    causes.push(
      cause(
        "key-removed-from-group",
        "observed",
        `${id} is still a public key of the account ("${known.name}") but in no key group that this behavior trusts: a rotation has removed it, or the cookies are for another distribution`,
        withGate("keyturn rotate status", inquiry),
      ),
    );
  } else if (known !== undefined) {
    causes.push(
      cause(
        "key-deleted",
        "observed",
        `the account has no public key ${id}: a rotation has deleted it, or it is of another account`,
        withGate("keyturn rotate status", inquiry),
      ),
    );
  } else {
    causes.push(
      cause(
        "key-rotated-out",
        "inferred",
        `${id} was removed from the key group by a rotation, and this viewer or signer still holds the old set`,
        withGate("keyturn rotate status", inquiry),
      ),
    );
  }
  causes.push(
    cause(
      "key-not-settled",
      "inferred",
      "the key was added minutes ago and not every edge location knows it yet",
      about("keyturn probe", inquiry),
    ),
  );
  return causes;
}
