/**
 * Why there is no response from the backend: the status that CloudFront returns, and the reason that it does not
 * show.
 */
import { formatDuration, type Seconds } from "../../time.ts";

interface BackendAddress {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number;
}
const urlOf = ({ protocol, hostname, port }: BackendAddress) => `${protocol}//${hostname}:${port}`;

/**
 * What CloudFront retries (DG:DownloadDistValuesOrigin): every connection, but only GET and HEAD without an answer.
 */
type Retryable = "connection" | "response" | "nothing";

/** 502: no connection, or no HTTP. 504: no answer in time (DG:http-502-bad-gateway, DG:http-504-gateway-timeout). */
export class OriginFailure extends Error {
  readonly status: 502 | 504;
  readonly retryable: Retryable;
  /** A kept connection was closed before a byte of the answer: the request can be sent again. */
  readonly isStaleConnection: boolean;
  /** The access log's detailed result type. */
  readonly detail: string;

  constructor(
    status: 502 | 504,
    detail: string,
    reason: string,
    { retryable = "nothing", isStaleConnection = false, cause }: Partial<FailureFacts> = {},
  ) {
    super(reason, cause === undefined ? undefined : { cause });
    this.status = status;
    this.detail = detail;
    this.retryable = retryable;
    this.isStaleConnection = isStaleConnection;
  }

  /** The same after all attempts: a timeout took that many times its length. */
  after(attempts: number): OriginFailure {
    if (attempts === 1 || this.status !== 504) return this;
    const reason = `${this.message}; tried ${attempts} times, as CloudFront does (--connection-attempts)`;
    return new OriginFailure(this.status, this.detail, reason, { cause: this });
  }

  static responseTimeout(backend: BackendAddress, length: Seconds): OriginFailure {
    const reason = `${urlOf(backend)} did not answer within ${formatDuration(length)} (--origin-timeout)`;
    return new OriginFailure(504, "OriginCommError", reason, { retryable: "response" });
  }

  static connectionTimeout(backend: BackendAddress, length: Seconds): OriginFailure {
    const reason = `${urlOf(backend)} accepted no connection within ${formatDuration(length)}`;
    return new OriginFailure(504, "OriginConnectError", reason, { retryable: "connection" });
  }

  /** An answer that the edge cannot send on. */
  static invalidResponse(backend: BackendAddress, what: string): OriginFailure {
    return new OriginFailure(502, "OriginInvalidResponseError", `${urlOf(backend)} answered ${what}`);
  }

  static fromError(backend: BackendAddress, cause: NodeJS.ErrnoException, isReused: boolean): OriginFailure {
    const url = urlOf(backend);
    const code = cause.code ?? "";
    const fail = (detail: string, reason: string, retryable: Retryable = "nothing") =>
      new OriginFailure(502, detail, reason, {
        ...{ retryable, cause },
        isStaleConnection: isReused && code === "ECONNRESET",
      });
    switch (true) {
      case code === "ECONNREFUSED":
        return fail("OriginConnectError", `nothing listens at ${url}: start the backend`, "connection");
      case code === "ENOTFOUND" || code === "EAI_AGAIN":
        return fail("OriginDnsError", `the host of ${url} has no address`);
      case code === "ECONNRESET" || code === "EPIPE":
        return fail("OriginCommError", `${url} closed the connection without an answer`);
      case code === "HPE_HEADER_OVERFLOW":
        return fail("OriginHeaderTooBigError", `${url} answered with more than 64 KiB of headers`);
      case code.startsWith("HPE_"):
        return fail(
          "OriginInvalidResponseError",
          `${url} answered with something that is not HTTP (${code})`,
        );
      case code === "EPROTO" || /WRONG_VERSION|PACKET_LENGTH/.test(code):
        return fail("OriginConnectError", `${url} does not speak TLS: try http:// in --origin (${code})`);
      case /CERT|SIGNATURE|TLS|SSL|ALTNAME/.test(code):
        return fail(
          "OriginConnectError",
          `the certificate of ${url} is not trusted (${code}): start keyturn with NODE_EXTRA_CA_CERTS=ca.pem`,
        );
      default:
        return fail("OriginConnectError", `${url} cannot be reached (${code || cause.message})`);
    }
  }
}
interface FailureFacts {
  readonly retryable: Retryable;
  readonly isStaleConnection: boolean;
  readonly cause: unknown;
}

/** An answer that stopped after its headers: no status can be given any more, so the viewer's connection is closed. */
export interface TruncatedResponse {
  readonly reason: string;
  /** The access log's detailed result type. */
  readonly detail: string;
}

export function truncatedResponse(
  backend: BackendAddress,
  how: { readonly silentFor: Seconds } | { readonly code: string | undefined },
): TruncatedResponse {
  const url = urlOf(backend);
  if ("silentFor" in how) {
    const reason = `${url} sent nothing for ${formatDuration(how.silentFor)} in the middle of its answer (--origin-timeout)`;
    return { reason, detail: "OriginCommError" };
  }
  return how.code?.startsWith("HPE_")
    ? {
        reason: `${url} sent something that is not HTTP in the middle of its answer (${how.code})`,
        detail: "OriginInvalidResponseError",
      }
    : { reason: `${url} broke off in the middle of its answer`, detail: "OriginReadError" };
}
