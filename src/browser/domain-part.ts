/** A cookie's Domain that is more than a host's name. */

/** What of a URL stands in a Domain beside a host's name; undefined for a name alone. */
export function foreignPart(domain: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(domain)) return "begins with a scheme";
  if (/\/|%2f/i.test(domain)) return "has a path";
  if (/^[^[]*:\d+$/.test(domain)) return "has a port";
  if (/[*]/.test(domain)) return "has a wildcard";
  if (/[?#@]/.test(domain)) return "has a part of a URL behind its host";
  if (/["'\s,]/.test(domain)) return "has a blank, a comma or a quote";
  return undefined;
}
