/**
 * Both key types, both hashes, canned and custom policies, cookies and URLs: each combination once valid, and once with
 * each fault.
 */
import type { Hash, SigningKeys } from "./openssl-signer.ts";
import {
  added,
  customPolicy,
  type Draft,
  HOST,
  NOW,
  type Row,
  requestOf,
  trustedKeys,
  without,
} from "./signed-request.ts";

const URL_SIGNED = `${HOST}/private/film.mp4?quality=high`;
const EXPIRES = NOW + 3600;

export function everyKind(keys: SigningKeys): Row[] {
  const trusted = trustedKeys(keys);
  const rows: Row[] = [];
  for (const type of ["rsa", "ecdsa"] as const)
    for (const hash of ["SHA1", "SHA256"] as const satisfies readonly Hash[])
      for (const kind of ["canned", "custom"] as const)
        for (const via of ["cookies", "url"] as const) {
          const key = keys[type];
          const base: Draft = {
            key,
            hash,
            via,
            url: URL_SIGNED,
            expires: EXPIRES,
            ...(kind === "custom" && { policy: customPolicy({ resource: URL_SIGNED, before: EXPIRES }) }),
          };
          const signedText = base.policy ?? undefined;
          const row = (name: string, expect: Row["expect"], draft: Draft, unknown?: string) =>
            rows.push({
              name: `${type} ${hash} ${kind} ${via}: ${name}`,
              request: requestOf(draft, trusted),
              expect,
              ...(unknown !== undefined && { unknown }),
            });
          row("valid", "allowed", base);
          row("one second before DateLessThan", "allowed", { ...base, now: EXPIRES - 1 });
          row(
            "in the second of DateLessThan",
            "AccessDenied",
            { ...base, now: EXPIRES },
            "the second of DateLessThan",
          );
          row("one second after DateLessThan", "AccessDenied", { ...base, now: EXPIRES + 1 });
          row("signed by another trusted key", "AccessDenied", {
            ...base,
            change: (parts) => parts.map(([n, v]) => (n === "Key-Pair-Id" ? [n, keys.secondRsa.id] : [n, v])),
          });
          row("for another file", "AccessDenied", {
            ...base,
            url: `${HOST}/private/other.mp4`,
            ...(signedText === undefined ? { signedUrl: URL_SIGNED } : { policy: signedText }),
          });
          if (hash === "SHA256") {
            row("selector left out", "AccessDenied", { ...base, change: without("Hash-Algorithm") });
          } else {
            row("selector says SHA1", "allowed", { ...base, change: added("Hash-Algorithm", "SHA1") });
            row("selector says SHA256", "AccessDenied", {
              ...base,
              change: added("Hash-Algorithm", "SHA256"),
            });
          }
        }
  return rows;
}
