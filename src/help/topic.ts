/** A page of `keyturn help`: its name, one line for the list, and its text in paragraphs. */

export interface Topic {
  readonly name: string;
  readonly summary: string;
  /** Lines that start with two spaces are printed as they are; the others are wrapped. */
  readonly text: string;
}

export const TOPIC_NAMES = [
  "options",
  "exit-codes",
  "environment",
  "configuration",
  "rotation",
  "policies",
  "security",
  "edge-rules",
  "logs",
  "ids",
] as const;
export type TopicName = (typeof TOPIC_NAMES)[number];
