/** The User-Agent of every request that keyturn sends, so that access logs distinguish its probes from viewers. */
export const USER_AGENT = "keyturn-probe";
