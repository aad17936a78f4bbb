/** The kinds of senders that the edge distinguishes. */
export const SENDERS = ["viewers", "prober", "attackers"] as const;
export type Sender = (typeof SENDERS)[number];
