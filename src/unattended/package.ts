/** The function's package: a zip archive with the same bytes wherever and whenever it is made. */
import { createHash } from "node:crypto";
import { strToU8, zipSync } from "fflate";

/** Zip has no time zone: fflate writes the local fields of a Date, so this is one moment everywhere. */
const WHENEVER = new Date(2020, 0, 1);
/** Readable by all, in the half of the attributes that Unix reads; Lambda runs as another user. */
const READABLE = { os: 3, attrs: (0o100644 << 16) >>> 0, mtime: WHENEVER, level: 9 } as const;

export interface FunctionPackage {
  readonly bytes: Uint8Array;
  /** As Lambda shows it. */
  readonly sha256: string;
  /** Contains the content's hash, so that a changed package is deployed. */
  readonly file: string;
}

export function functionPackage(handler: Uint8Array, keyturnYaml: string): FunctionPackage {
  const bytes = zipSync({
    "index.js": [handler, READABLE],
    "keyturn.yaml": [strToU8(keyturnYaml), READABLE],
  });
  const digest = createHash("sha256").update(bytes).digest();
  return {
    bytes,
    sha256: digest.toString("base64"),
    file: `function-${digest.toString("hex").slice(0, 12)}.zip`,
  };
}
