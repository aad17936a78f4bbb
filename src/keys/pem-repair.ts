/** Repairs PEM mangled by environment variables, JSON and clipboards, and says what it repaired. */

export type PemRepair = "escaped-newlines" | "line-breaks" | "quotes" | "base64-wrapped";

export const PEM_REPAIR_MEANING: Readonly<Record<PemRepair, string>> = {
  "escaped-newlines": "its line breaks were the two characters \\ and n",
  "line-breaks": "its line breaks were lost or indented",
  quotes: "it was wrapped in quotes",
  "base64-wrapped": "the whole PEM was base64-encoded again",
};

/** A body ends at the next five dashes, so a file full of BEGIN lines without an END is still read only once. */
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----((?:(?!-----)[\s\S])*)-----END \1-----/g;

/** Does not report CRLF, a byte order mark or text around the block: OpenSSL ignores them. */
export function repairPem(text: string): { readonly pem: string; readonly repaired: readonly PemRepair[] } {
  const repaired: PemRepair[] = [];
  let pem = text.trim();
  const apply = (repair: PemRepair, result: string) => {
    if (result === pem) return;
    repaired.push(repair);
    pem = result;
  };
  apply("quotes", pem.replace(/^(["'])([\s\S]*)\1$/, "$2").trim());
  if (/^[A-Za-z0-9+/\s]{40,}={0,2}$/.test(pem)) {
    const inner = Buffer.from(pem, "base64").toString("utf8");
    if (inner.startsWith("-----BEGIN ")) apply("base64-wrapped", inner);
  }
  // JSON inside JSON escapes the escape; properties and shells end each line with a backslash.
  apply("escaped-newlines", pem.replace(/(?:\\+r)?\\+n|\\+(?=\r?\n)/g, "\n").replace(/\\+\//g, "/"));
  apply("line-breaks", pem.replaceAll(BLOCK, rewrap));
  return { pem, repaired };
}

/** Restores the lines of a body whose line breaks were lost, turned into spaces, or indented. */
function rewrap(block: string, label: string, body: string): string {
  const lines = body.split(/\r?\n/);
  const isIntact = lines.length > 2 && lines.every((line) => line.length <= 76 && line === line.trim());
  // Headers of an old encrypted PEM (`Proc-Type: ...`) cannot be separated again once joined.
  if (isIntact || body.includes(":")) return block;
  const cut = body.replace(/\s+/g, "").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...cut, `-----END ${label}-----`].join("\n");
}
