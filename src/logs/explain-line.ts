/** Explains one denied line as `inspect` does: every condition, the likeliest causes, and their fixes. */
import type { FoundTrust } from "../edge/trust-account.ts";
import type { Finding } from "../finding.ts";
import { inspectRequest } from "../inspect/inspect-request.ts";
import type { Inspection } from "../inspect/inspection.ts";
import type { CredentialLine } from "./credential-line.ts";
import type { TrustOf } from "./judge-lines.ts";

export interface ExplainedLine {
  readonly inspection: Inspection;
  readonly findings: readonly Finding[];
}

/** Throws whatever looking up the trusted keys throws. */
export async function explainLine(
  line: CredentialLine,
  method: string,
  trustOf: TrustOf | undefined,
  gate: string | undefined,
): Promise<ExplainedLine> {
  const [request] = line.readings;
  const { url = "", cookies = [], ip = "" } = request ?? {};
  const keyPairId = cookies.find(([name]) => name === "CloudFront-Key-Pair-Id")?.[1];
  const found: FoundTrust = (await trustOf?.(url, keyPairId)) ?? { trust: "unknown" };
  return inspectRequest({
    capture: {
      form: url.includes("Key-Pair-Id=") ? "signed-url" : "cookie-header",
      source: "a line of the access log",
      method,
      url,
      cookies: cookies.map(([name, value]) => ({ name, value })),
      remarks: [],
    },
    url,
    ip,
    at: line.at - line.took,
    found,
    gate,
  });
}
