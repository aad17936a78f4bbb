/** Whose requests the edge tells apart. */
export const SENDERS = ["viewers", "prober", "attackers"] as const;
export type Sender = (typeof SENDERS)[number];
