/** Pages, filters and order of Secrets Manager's two lists (API Reference, ListSecrets). */
import { refuseSecrets } from "./refusal.ts";
import type { SecretView } from "./registry.ts";

/** In the order in which AWS's error message lists them. */
export const FILTER_KEYS = [
  "all",
  "name",
  "tag-key",
  "description",
  "tag-value",
  "primary-region",
  "owning-service",
] as const;
export const SORT_KEYS = ["created-date", "last-accessed-date", "last-changed-date", "name"] as const;

export interface Filter {
  readonly key: (typeof FILTER_KEYS)[number];
  /** Any of them matches; a leading `!` negates one. */
  readonly values: readonly string[];
}

export function matchesAll(view: SecretView, filters: readonly Filter[]): boolean {
  return filters.every(({ key, values }) => {
    const excluded = values.filter((value) => value.startsWith("!"));
    const wanted = values.filter((value) => !value.startsWith("!"));
    if (excluded.some((value) => matches(view, key, value.slice(1)))) return false;
    return wanted.length === 0 || wanted.some((value) => matches(view, key, value));
  });
}

function matches(view: SecretView, key: Filter["key"], value: string): boolean {
  const { secret } = view;
  const tags = secret.tags ?? [];
  switch (key) {
    case "name":
      return secret.name.startsWith(value);
    case "description":
      return hasWords(secret.description ?? "", value);
    case "tag-key":
      return tags.some((tag) => tag.key.startsWith(value));
    case "tag-value":
      return tags.some((tag) => tag.value.startsWith(value));
    case "primary-region":
      return secret.region.startsWith(value);
    case "owning-service":
      return (secret.owningService ?? "").startsWith(value);
    case "all": {
      const everything = [secret.name, secret.description ?? "", secret.region];
      for (const tag of tags) everything.push(tag.key, tag.value);
      return everything.some((text) => hasWords(text, value));
    }
  }
}

/** Every word of the value is a prefix of some word of the text, ignoring case. */
function hasWords(text: string, value: string): boolean {
  const words = wordsOf(text);
  const wanted = wordsOf(value);
  return wanted.length > 0 && wanted.every((start) => words.some((word) => word.startsWith(start)));
}

/**
 * As moto's authors found on AWS: a text is split at spaces, at capital letters, and at one of the special characters. A
 * text with two different special characters is not split.
 */
function wordsOf(text: string): readonly string[] {
  const marks = new Set(text.match(/[/_+=.@-]/g));
  const words = marks.size > 1 ? [text] : text.split(/[\s/_+=.@-]+|(?<=[a-z])(?=[A-Z])|(?=[A-Z][a-z])/);
  return words.filter(Boolean).map((word) => word.toLowerCase());
}

export function sortViews(
  views: readonly SecretView[],
  by: (typeof SORT_KEYS)[number],
  order: "asc" | "desc",
): readonly SecretView[] {
  const sign = order === "asc" ? 1 : -1;
  return views.toSorted((a, b) => sign * (compare(rank(a, by), rank(b, by)) || compare(a.arn, b.arn)));
}

function rank({ secret }: SecretView, by: (typeof SORT_KEYS)[number]): string | number {
  if (by === "name") return secret.name;
  if (by === "last-accessed-date") return secret.accessedAt ?? 0;
  return by === "created-date" ? secret.createdAt : secret.changedAt;
}

const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);

export interface SecretsPage<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/**
 * The token names the last item of the previous page among all items, because that item may no longer match, or the next
 * call may filter differently. Refuses a token that names no item.
 */
export function pageOfSecrets<T>(
  all: readonly T[],
  isAsked: (item: T) => boolean,
  idOf: (item: T) => string,
  token: string | undefined,
  size = 100,
): SecretsPage<T> {
  const start = token === undefined ? 0 : startAfter(all.map(idOf), token);
  const rest = all.slice(start).filter(isAsked);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  const isLastPage = rest.length === items.length || last === undefined;
  return { items, nextToken: isLastPage ? undefined : Buffer.from(idOf(last)).toString("base64url") };
}

function startAfter(ids: readonly string[], token: string): number {
  const index = ids.indexOf(Buffer.from(token, "base64url").toString());
  if (index === -1) refuseSecrets("InvalidNextTokenException", "The NextToken value is invalid.");
  return index + 1;
}
