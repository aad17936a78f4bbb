/** Why there was no response, from Node's network error codes: one phrase and what to try. */

interface Reason {
  readonly reason: string;
  readonly hints: readonly string[];
}

const UNTRUSTED: Reason = {
  reason: "its certificate is signed by an untrusted authority",
  hints: ["for a sandbox, type the line that it printed:", "export KEYTURN_CA_FILE=ca.pem"],
};

const NO_TLS: Reason = {
  reason: "it does not speak TLS on this port",
  hints: ["http:// or https://?"],
};

const REASONS: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: { reason: "connection refused", hints: ["is it running? is the port right?"] },
  ECONNRESET: { reason: "the connection was reset", hints: [] },
  EPIPE: { reason: "the connection was closed", hints: [] },
  ENOTFOUND: { reason: "the host name does not resolve", hints: ["is the name right? is the network up?"] },
  EAI_AGAIN: { reason: "the DNS server does not answer", hints: ["is the network up?"] },
  ETIMEDOUT: { reason: "it did not answer in time", hints: [] },
  EHOSTUNREACH: { reason: "no route to the host", hints: [] },
  ENETUNREACH: { reason: "the network is unreachable", hints: [] },
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  HPE_HEADER_OVERFLOW: { reason: "its response headers exceed 16 KiB", hints: [] },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  CERT_HAS_EXPIRED: { reason: "its certificate has expired", hints: [] },
  ERR_TLS_CERT_ALTNAME_INVALID: { reason: "its certificate is for another host name", hints: [] },
};

export function unreachableReason(thrown: unknown): Reason {
  const code = codeOf(thrown);
  if (code === undefined) return { reason: "the connection failed", hints: [] };
  if (code.startsWith("HPE_")) {
    return REASONS[code] ?? { reason: "its response is not HTTP", hints: [] };
  }
  if (code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_")) {
    return REASONS[code] ?? { reason: `the TLS handshake failed (${code})`, hints: [] };
  }
  return REASONS[code] ?? { reason: code, hints: [] };
}

/** The address or name that was tried, if Node reports it: ` at 127.0.0.1:4566`. */
export function unreachableAddress(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "";
  if (thrown instanceof AggregateError && thrown.errors.length > 0)
    return unreachableAddress(thrown.errors[0]);
  const { address, port, hostname } = thrown as { address?: string; port?: number; hostname?: string };
  if (address !== undefined) return port === undefined ? ` at ${address}` : ` at ${address}:${port}`;
  return hostname === undefined ? unreachableAddress(thrown.cause) : ` at ${hostname}`;
}

/** The code of an error, of its cause, or of the first of several attempts (IPv4 and IPv6). */
function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ("code" in thrown && typeof thrown.code === "string") return thrown.code;
  if (thrown instanceof AggregateError) return codeOf(thrown.errors[0]);
  return codeOf(thrown.cause);
}
