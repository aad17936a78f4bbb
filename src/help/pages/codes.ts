/** The edge's own codes: data of `keyturn explain`. */
import type { ExplainPages } from "./page.ts";

export const CODE_PAGES: ExplainPages = {
  MissingKey: {
    means: "The edge found no key pair ID: no cookies reached it, or the ID is malformed.",
    apart: "InvalidKey: there is an ID, but it is not trusted.",
    fix: "Find out why cookies are not sent: Path, Domain, Secure, SameSite, a proxy.",
    runbook: "login-works-calls-fail",
  },
  InvalidKey: {
    means: "The key pair ID is not in a trusted key group of this behavior.",
    apart: "AccessDenied: the ID is trusted.",
    fix: "`keyturn audit`; `keyturn keys trust ID --gate NAME`. A change takes minutes to reach the edge.",
    runbook: "everyone-gets-403",
  },
  AccessDenied: {
    means:
      "The key is trusted, but the signature, time, address or Resource does not match. S3 uses the same code, with a RequestId.",
    apart: "InvalidKey: the id is unknown. S3's XML has RequestId and HostId; the edge's does not.",
    fix: "`keyturn inspect` gives the actual reason.",
    runbook: "one-user-gets-403",
  },
  MalformedPolicy: {
    means: "The policy cannot be read: encoding, JSON, or times in milliseconds.",
    apart: "MalformedSignature: the signature cannot be decoded.",
    fix: "`keyturn inspect` shows what is wrong.",
    runbook: "login-works-calls-fail",
  },
  MalformedSignature: {
    means: "The signature cannot be decoded, or is missing.",
    apart: "AccessDenied: it decodes, but does not verify.",
    fix: "Use CloudFront's base64: - _ ~ for + = /.",
    runbook: "login-works-calls-fail",
  },
};
