/** The User-Agent of every request that keyturn sends: access logs tell its probes from viewers by it. */
export const USER_AGENT = "keyturn-probe";
