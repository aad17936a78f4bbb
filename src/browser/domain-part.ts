/** A cookie Domain that is more than a host name. */

/** Which part of a URL a Domain contains besides a host name; undefined for a plain name. */
export function invalidDomainPart(domain: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(domain)) return "begins with a scheme";
  if (/\/|%2f/i.test(domain)) return "has a path";
  if (/^[^[]*:\d+$/.test(domain)) return "has a port";
  if (/[*]/.test(domain)) return "has a wildcard";
  if (/[?#@]/.test(domain)) return "has a query, a fragment or a user name";
  if (/["'\s,]/.test(domain)) return "has a space, a comma or a quote";
  return undefined;
}
