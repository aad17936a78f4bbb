/** Mends the PEM that environment variables, JSON and clipboards mangle, and says what it mended. */

export type PemRepair = "escaped-newlines" | "line-breaks" | "quotes" | "base64-wrapped";

export const PEM_REPAIR_MEANING: Readonly<Record<PemRepair, string>> = {
  "escaped-newlines": "its line breaks were the two characters \\ and n",
  "line-breaks": "its line breaks were lost or indented",
  quotes: "it was wrapped in quotes",
  "base64-wrapped": "the whole PEM was base64-encoded once more",
};

/** A body reaches to the next five dashes: a file of beginnings without an end is read once, not once for each. */
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----((?:(?!-----)[\s\S])*)-----END \1-----/g;

/** CRLF, a byte order mark and text around the block need no mention: OpenSSL reads past them. */
export function repairPem(text: string): { readonly pem: string; readonly repaired: readonly PemRepair[] } {
  const repaired: PemRepair[] = [];
  let pem = text.trim();
  const mend = (repair: PemRepair, mended: string) => {
    if (mended === pem) return;
    repaired.push(repair);
    pem = mended;
  };
  mend("quotes", pem.replace(/^(["'])([\s\S]*)\1$/, "$2").trim());
  if (/^[A-Za-z0-9+/\s]{40,}={0,2}$/.test(pem)) {
    const inner = Buffer.from(pem, "base64").toString("utf8");
    if (inner.startsWith("-----BEGIN ")) mend("base64-wrapped", inner);
  }
  mend("escaped-newlines", pem.replace(/\\r\\n|\\n/g, "\n"));
  mend("line-breaks", pem.replaceAll(BLOCK, rewrap));
  return { pem, repaired };
}

/** A body with its line breaks lost, turned into spaces, or indented is cut into lines again. */
function rewrap(block: string, label: string, body: string): string {
  const lines = body.split(/\r?\n/);
  const isIntact = lines.length > 2 && lines.every((line) => line.length <= 76 && line === line.trim());
  // Headers of an old encrypted PEM (`Proc-Type: ...`) are separate lines and cannot be told apart once joined.
  if (isIntact || body.includes(":")) return block;
  const cut = body.replace(/\s+/g, "").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...cut, `-----END ${label}-----`].join("\n");
}
