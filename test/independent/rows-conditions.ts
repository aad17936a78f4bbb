/** Times and addresses: boundaries, invalid epochs, IPv4 ranges, IPv6 viewers. */
import type { SigningKeys } from "./openssl-signer.ts";
import { customPolicy, HOST, NOW, type Row, requestOf, trustedKeys } from "./signed-request.ts";

const RESOURCE = `${HOST}/private/*`;
type Expect = Row["expect"];

/** DateGreaterThan: refused until the end of that second. */
const AFTER: readonly (readonly [after: number, Expect])[] = [
  [NOW - 1, "allowed"],
  [NOW, "AccessDenied"],
  [NOW + 1, "AccessDenied"],
];

/** Text in place of the epoch. */
const EPOCHS: readonly (readonly [text: string, Expect, unknown?: string])[] = [
  [`"${NOW + 60}"`, "MalformedPolicy"],
  [`${NOW + 60}.5`, "MalformedPolicy"],
  [`${(NOW + 60) * 1000}`, "MalformedPolicy"],
  [`-${NOW}`, "MalformedPolicy"],
  ["0", "MalformedPolicy"],
  ["null", "MalformedPolicy"],
  ["true", "MalformedPolicy"],
  ["9223372036854775808", "MalformedPolicy"],
  ["9223372036854775807", "allowed", "the documented maximum against what users saw for milliseconds"],
  ["1", "AccessDenied"],
];

/** Whole condition blocks. */
const CONDITIONS: readonly (readonly [name: string, condition: string, Expect])[] = [
  ["no DateLessThan", `{"DateGreaterThan":{"AWS:EpochTime":1}}`, "MalformedPolicy"],
  ["an empty Condition", "{}", "MalformedPolicy"],
  ["dateLessThan in lower case", `{"dateLessThan":{"AWS:EpochTime":${NOW + 60}}}`, "MalformedPolicy"],
  ["aws:epochtime in lower case", `{"DateLessThan":{"aws:epochtime":${NOW + 60}}}`, "MalformedPolicy"],
  ["an epoch without its name", `{"DateLessThan":${NOW + 60}}`, "MalformedPolicy"],
  [
    "conditions in another order",
    `{"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"},"DateGreaterThan":{"AWS:EpochTime":1},"DateLessThan":{"AWS:EpochTime":${NOW + 60}}}`,
    "allowed",
  ],
];

const ADDRESSES: readonly (readonly [range: string, viewer: string, Expect, unknown?: string])[] = [
  ["192.0.2.10/32", "192.0.2.10", "allowed"],
  ["192.0.2.10/32", "192.0.2.9", "AccessDenied"],
  ["192.0.2.10/32", "192.0.2.11", "AccessDenied"],
  ["192.0.2.0/24", "192.0.2.0", "allowed"],
  ["192.0.2.0/24", "192.0.2.255", "allowed"],
  ["192.0.2.0/24", "192.0.1.255", "AccessDenied"],
  ["192.0.2.0/24", "192.0.3.0", "AccessDenied"],
  ["192.0.2.128/25", "192.0.2.127", "AccessDenied"],
  ["192.0.2.128/25", "192.0.2.128", "allowed"],
  ["192.0.2.8/31", "192.0.2.9", "allowed"],
  ["192.0.2.8/31", "192.0.2.10", "AccessDenied"],
  ["128.0.0.0/1", "200.1.2.3", "allowed"],
  ["128.0.0.0/1", "127.255.255.255", "AccessDenied"],
  ["0.0.0.0/0", "255.255.255.255", "allowed"],
  ["0.0.0.0/0", "2001:db8::1", "AccessDenied"],
  ["192.0.2.0/24", "2001:db8::1", "AccessDenied"],
  ["192.0.2.10", "192.0.2.10", "allowed", "an address without /nn"],
  ["192.0.2.10", "192.0.2.11", "AccessDenied", "an address without /nn"],
  ["2001:db8::/32", "2001:db8::1", "AccessDenied", "an IPv6 range"],
  ["2001:db8::/32", "192.0.2.10", "AccessDenied", "an IPv6 range"],
  ["192.0.2.0/33", "192.0.2.0", "AccessDenied", "no range"],
  ["192.0.2.77/24", "192.0.2.10", "allowed", "host bits set"],
  ["192.0.2.0/24", "::ffff:192.0.2.10", "allowed", "an IPv4-mapped viewer"],
];

/** Expires of a canned policy, with a valid signature over that text. */
const EXPIRES: readonly (readonly [text: string, Expect, unknown?: string])[] = [
  [`${NOW + 1}`, "allowed"],
  [`${NOW - 1}`, "AccessDenied"],
  ["", "MalformedPolicy"],
  ["tomorrow", "MalformedPolicy"],
  [`-${NOW}`, "MalformedPolicy"],
  [`${NOW + 60}.0`, "MalformedPolicy"],
  [`${(NOW + 60) * 1000}`, "MalformedPolicy"],
  ["9223372036854775807", "allowed", "the documented maximum against what users saw for milliseconds"],
  [`0${NOW + 60}`, "MalformedPolicy", "leading zeros"],
];

export function conditions(keys: SigningKeys): Row[] {
  const trusted = trustedKeys(keys);
  const url = `${HOST}/private/film.mp4`;
  const custom = (name: string, policy: string, expect: Expect, unknown?: string, ip?: string): Row => ({
    name,
    request: requestOf({ key: keys.ecdsa, url, policy, ...(ip !== undefined && { ip }) }, trusted),
    expect,
    ...(unknown !== undefined && { unknown }),
  });
  return [
    ...AFTER.map(([after, expect]) =>
      custom(
        `DateGreaterThan ${after - NOW} s from now`,
        customPolicy({ resource: RESOURCE, after }),
        expect,
      ),
    ),
    ...EPOCHS.map(([text, expect, unknown]) =>
      custom(`DateLessThan ${text}`, customPolicy({ resource: RESOURCE, before: text }), expect, unknown),
    ),
    custom(
      "DateGreaterThan as a string",
      customPolicy({ resource: RESOURCE, after: `"${NOW - 60}"` }),
      "MalformedPolicy",
    ),
    ...CONDITIONS.map(([name, condition, expect]) =>
      custom(name, `{"Statement":[{"Resource":"${RESOURCE}","Condition":${condition}}]}`, expect),
    ),
    ...ADDRESSES.map(([range, viewer, expect, unknown]) =>
      custom(
        `IpAddress ${range}, viewer ${viewer}`,
        customPolicy({ resource: RESOURCE, ip: range }),
        expect,
        unknown,
        viewer,
      ),
    ),
    custom(
      "no IpAddress, viewer 2001:db8::1",
      customPolicy({ resource: RESOURCE }),
      "allowed",
      undefined,
      "2001:db8::1",
    ),
    ...(["cookies", "url"] as const).flatMap((via) =>
      EXPIRES.map(
        ([text, expect, unknown]): Row => ({
          name: `Expires ${text || "empty"} in ${via}`,
          request: requestOf({ key: keys.rsa, via, url, expires: text }, trusted),
          expect,
          ...(unknown !== undefined && { unknown }),
        }),
      ),
    ),
  ];
}
