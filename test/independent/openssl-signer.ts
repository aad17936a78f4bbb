/** Keys and signatures made only by the openssl command, for signing the table's requests. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Hash = "SHA1" | "SHA256";
export interface SigningKey {
  readonly id: string;
  readonly publicPem: string;
  readonly sign: (signed: string | Uint8Array, hash: Hash, ...options: string[]) => Buffer;
}
export interface SigningKeys {
  readonly rsa: SigningKey;
  readonly ecdsa: SigningKey;
  /** Also trusted. */
  readonly secondRsa: SigningKey;
  /** In no key group. */
  readonly foreign: SigningKey;
  readonly dispose: () => void;
}

export function generateSigningKeys(): SigningKeys {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-independent-"));
  const openssl = (...words: string[]) =>
    execFileSync("openssl", words, { stdio: ["ignore", "pipe", "ignore"] });
  const made = new Map<string, Buffer>();

  const generate = (id: string, ...algorithm: string[]): SigningKey => {
    const file = join(folder, `${id}.pem`);
    openssl("genpkey", ...algorithm, "-out", file);
    const sign: SigningKey["sign"] = (signed, hash, ...options) => {
      const name = [id, hash, ...options, Buffer.from(signed).toString("base64")].join(" ");
      const input = join(folder, "signed");
      const known = made.get(name);
      if (known !== undefined) return known;
      writeFileSync(input, signed);
      const signature = openssl("dgst", `-${hash.toLowerCase()}`, "-sign", file, ...options, input);
      made.set(name, signature);
      return signature;
    };
    return { id, publicPem: openssl("pkey", "-in", file, "-pubout").toString(), sign };
  };

  const rsa2048 = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
  return {
    rsa: generate("K1RSAFIRSTKEY0", ...rsa2048),
    ecdsa: generate("K2ECDSAP256KEY", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
    secondRsa: generate("K3RSASECONDKEY", ...rsa2048),
    foreign: generate("K4FOREIGNKEY00", ...rsa2048),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
