/** Why there is no answer from the backend: the status that CloudFront gives, and the reason that it does not tell. */
import { formatDuration, type Seconds } from "../../time.ts";

interface Place {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: number;
}
const urlOf = ({ protocol, hostname, port }: Place) => `${protocol}//${hostname}:${port}`;

/** 502: no connection, or no HTTP. 504: no answer in time (DG:http-502-bad-gateway, DG:http-504-gateway-timeout). */
export class OriginFailure extends Error {
  readonly status: 502 | 504;
  /** A kept connection was closed before a byte of the answer: the request can be sent again. */
  readonly isStaleConnection: boolean;
  /** The access log's detailed result type. */
  readonly detail: string;

  constructor(status: 502 | 504, detail: string, reason: string, isStaleConnection = false, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.status = status;
    this.detail = detail;
    this.isStaleConnection = isStaleConnection;
  }

  static silent(place: Place, length: Seconds): OriginFailure {
    const reason = `${urlOf(place)} did not answer within ${formatDuration(length)} (--origin-timeout)`;
    return new OriginFailure(504, "OriginCommError", reason);
  }

  static unreached(place: Place, length: Seconds): OriginFailure {
    const reason = `${urlOf(place)} accepted no connection within ${formatDuration(length)}`;
    return new OriginFailure(504, "OriginConnectError", reason);
  }

  static of(place: Place, cause: NodeJS.ErrnoException, isReused: boolean): OriginFailure {
    const url = urlOf(place);
    const code = cause.code ?? "";
    const fail = (detail: string, reason: string) =>
      new OriginFailure(502, detail, reason, isReused && code === "ECONNRESET", cause);
    switch (true) {
      case code === "ECONNREFUSED":
        return fail("OriginConnectError", `nothing listens at ${url}: start the backend`);
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
