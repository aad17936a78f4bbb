/** Names under .localhost, which resolvers outside browsers do not know (RFC 6761, 6.3). Servers listen on either address. */
import type { LookupFunction } from "node:net";

/** For `net.connect` and `http.request`: empty for every other name. */
export const loopbackLookup = (hostname: string): { readonly lookup?: LookupFunction } =>
  /(^|\.)localhost$/i.test(hostname) ? { lookup: toLoopback } : {};

const toLoopback: LookupFunction = (_hostname, { all }, callback) => {
  if (!all) return callback(null, "127.0.0.1", 4);
  callback(null, [
    { address: "127.0.0.1", family: 4 },
    { address: "::1", family: 6 },
  ]);
};
