/** Searches the runbooks: first an id's own runbook, then those whose symptoms, title or text match. Pure. */
import type { Runbook } from "../runbooks/runbook.ts";
import { explainId } from "./explain.ts";

/** Best match first. All words must occur; case-insensitive. */
export function searchRunbooks(pages: readonly Runbook[], words: string): readonly Runbook[] {
  const own = explainId(words)?.runbook;
  const wanted = words.toLowerCase().split(/\s+/);
  const mentions = (text: string) => wanted.every((word) => text.toLowerCase().includes(word));
  const score = ({ name, title, symptoms, text }: Runbook): number => {
    if (name === own) return 3;
    if (mentions(`${name} ${title} ${symptoms.join(" ")}`)) return 2;
    return mentions(text) ? 1 : 0;
  };
  return pages.filter((page) => score(page) > 0).toSorted((one, other) => score(other) - score(one));
}
