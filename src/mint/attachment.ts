/** `--attachment NAME`: makes S3 send Content-Disposition, so that a browser saves the file under that name. */
import { UsageError } from "../errors.ts";

const PARAMETER = "response-content-disposition";

/**
 * The URL with the parameter, encoded so that both CloudFront, which compares raw bytes, and S3, which decodes and
 * re-encodes to check OAC's signature, accept it: everything but RFC 3986's unreserved characters, spaces as %20. Added
 * before signing. Throws ERR_USAGE.
 */
export function withAttachment(url: string, name: string): string {
  if (new RegExp(`[?&]${PARAMETER}=`, "i").test(url)) {
    throw new UsageError("ERR_USAGE", `the URL already has a ${PARAMETER}; --attachment would add a second`, [
      "leave one of them out",
    ]);
  }
  const [bare = ""] = url.split("#", 1);
  return `${bare}${bare.includes("?") ? "&" : "?"}${PARAMETER}=${encodeStrictly(contentDisposition(name))}`;
}

/**
 * RFC 6266: `filename` in plain ASCII for old clients, plus, if that loses characters, `filename*` in UTF-8
 * (RFC 5987, RFC 8187). Throws ERR_USAGE unless it is a file name.
 */
export function contentDisposition(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a header must stay one line.
  if (name.trim() === "" || /[\u0000-\u001f\u007f-\u009f/\\]/.test(name) || !name.isWellFormed()) {
    throw new UsageError(
      "ERR_USAGE",
      "--attachment takes a file name without /, \\, line breaks or control characters",
      ["--attachment 'Report 2026.pdf'"],
    );
  }
  const plain = plainName(name);
  const quoted = `attachment; filename="${plain}"`;
  return plain === name ? quoted : `${quoted}; filename*=UTF-8''${encodeStrictly(name)}`;
}

/** Without accents, and with _ for what breaks quoted strings or old clients: quotes, percent signs. */
function plainName(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^ !#$&'()+,.\w;=@[\]^`{}~-]/gu, "_");
}

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
