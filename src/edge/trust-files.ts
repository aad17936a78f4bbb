/** Trusted keys from public key files: `--public-key FILE=ID`, or `FILE` for whatever id the request names. */
import { readKeyAt } from "../keys/key-file.ts";
import { requireSigningKey } from "../keys/key-pair.ts";
import { readPublicKey } from "../keys/pem.ts";
import type { World } from "../seams/world.ts";
import type { FoundTrust } from "./trust-account.ts";
import { verifierOf } from "./trusted-key.ts";
import type { Verify } from "./verdict.ts";

/** Throws ERR_FILE_UNREADABLE, ERR_KEY_UNREADABLE, ERR_KEY_KIND. */
export async function trustFiles(
  wanted: readonly string[],
  files: Pick<World["files"], "read">,
): Promise<FoundTrust> {
  const keys = new Map<string, Verify>();
  const nameless: Verify[] = [];
  for (const each of wanted) {
    const { path, id } = splitWanted(each);
    const key = await files.read(path);
    const verify = verifierOf(readKeyAt(path, () => requireSigningKey(readPublicKey(key))));
    keys.set(id ?? path, verify);
    if (id === undefined) nameless.push(verify);
  }
  const anyOfThem: Verify | undefined =
    nameless.length < 2 ? nameless[0] : (...signed) => nameless.some((verify) => verify(...signed));
  const trust = { get: (id: string) => keys.get(id) ?? anyOfThem };
  return { trust, source: { where: wanted.join(", "), keys, hosts: [] } };
}

/** The id follows the last `=`, if it looks like one: file names may hold `=` too. */
function splitWanted(text: string): { readonly path: string; readonly id?: string } {
  const equals = text.lastIndexOf("=");
  const id = text.slice(equals + 1);
  return equals > 0 && /^[A-Za-z0-9_-]+$/.test(id) ? { path: text.slice(0, equals), id } : { path: text };
}
