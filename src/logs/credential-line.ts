/**
 * Reconstructs a denied request from its log line. v1 percent-encodes some characters
 * (DG:standard-logs-reference); whether v2 does is not documented, so both readings are tried.
 */
import type { EdgeRequest } from "../edge/verdict.ts";
import type { LogRow } from "../seams/logs.ts";
import type { EpochSeconds } from "../time.ts";
import { epochValue, numberValue, textValue } from "./row-values.ts";

export interface CredentialLine {
  /** When it ended, in whole seconds, and how long it took. */
  readonly at: EpochSeconds;
  readonly took: number;
  readonly wireCode: string | null;
  readonly answeredBy: string;
  /** Most likely first. */
  readonly readings: readonly EdgeRequest[];
  readonly isIpv6: boolean;
  /** How many lines in a time bucket share all of that. */
  readonly requests: number;
  readonly bucket: EpochSeconds;
}

export function credentialLine(row: LogRow): CredentialLine {
  const raw = {
    protocol: textValue(row, "protocol") ?? "https",
    host: textValue(row, "host") ?? "",
    path: textValue(row, "path") ?? "/",
    query: textValue(row, "credential_query"),
    cookie: textValue(row, "credential_cookie"),
    ip: textValue(row, "client_ip") ?? "",
  };
  const decoded = {
    ...raw,
    path: decodedOnce(raw.path),
    query: raw.query === null ? null : decodedOnce(raw.query),
    cookie: raw.cookie === null ? null : decodedOnce(raw.cookie),
  };
  const isSame = decoded.path === raw.path && decoded.query === raw.query && decoded.cookie === raw.cookie;
  return {
    at: epochValue(row, "at_seconds") ?? 0,
    took: numberValue(row, "time_taken"),
    wireCode: textValue(row, "wire_code"),
    answeredBy: textValue(row, "answered_by") ?? "unsure",
    readings: isSame ? [requestOf(raw)] : [requestOf(decoded), requestOf(raw)],
    isIpv6: raw.ip.includes(":"),
    requests: numberValue(row, "requests"),
    bucket: epochValue(row, "bucket") ?? 0,
  };
}

interface Logged {
  readonly protocol: string;
  readonly host: string;
  readonly path: string;
  readonly query: string | null;
  readonly cookie: string | null;
  readonly ip: string;
}

function requestOf({ protocol, host, path, query, cookie, ip }: Logged): EdgeRequest {
  const cookies = (cookie ?? "").split(/;(?:%20| )*/).flatMap((part): [string, string][] => {
    const at = part.indexOf("=");
    return at > 0 && part.startsWith("CloudFront-") ? [[part.slice(0, at), part.slice(at + 1)]] : [];
  });
  return { url: `${protocol}://${host}${path}${query === null ? "" : `?${query}`}`, cookies, ip };
}

/** Decodes one level of the characters that v1 encodes. */
function decodedOnce(text: string): string {
  return text.replace(/%(?:[01][0-9A-F]|2[0235]|3[CE]|5[BCDE]|60|7[BCDEF])/gi, (escaped) =>
    String.fromCharCode(Number.parseInt(escaped.slice(1), 16)),
  );
}
