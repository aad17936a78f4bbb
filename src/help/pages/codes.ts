/** The edge's own words: data of `keyturn explain`. */
import type { Pages } from "./page.ts";

export const CODE_PAGES: Pages = {
  MissingKey: {
    means: "The edge found no key pair ID: no cookies reached it, or the id has no form of one.",
    apart: "InvalidKey: there is an id, but it is not trusted.",
    fix: "Look for cookies that are not sent: Path, Domain, Secure, SameSite, a proxy.",
    runbook: "login-works-calls-fail",
  },
  InvalidKey: {
    means: "The key pair ID is in no trusted key group of this behavior.",
    apart: "AccessDenied: the id is trusted.",
    fix: "keyturn audit; keyturn keys trust ID --gate NAME. A change takes minutes to arrive.",
    runbook: "everyone-gets-403",
  },
  AccessDenied: {
    means:
      "The key is trusted, but signature, time, address or Resource does not fit. S3 uses the same word, with a RequestId.",
    apart: "InvalidKey: the id is unknown. S3's XML has RequestId and HostId; the edge's has not.",
    fix: "keyturn inspect names the true reason.",
    runbook: "one-user-gets-403",
  },
  MalformedPolicy: {
    means: "The policy cannot be read: encoding, JSON, or times in milliseconds.",
    apart: "MalformedSignature: the signature cannot.",
    fix: "keyturn inspect names what is wrong.",
    runbook: "login-works-calls-fail",
  },
  MalformedSignature: {
    means: "The signature cannot be decoded, or is missing.",
    apart: "AccessDenied: it decodes, but does not verify.",
    fix: "Use CloudFront's base64: - _ ~ for + = /.",
    runbook: "login-works-calls-fail",
  },
};
