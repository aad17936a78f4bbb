/** A plain HTTP redirect to https with the same host, path and query has served nothing yet. */
import type { HttpAnswer } from "./answer.ts";
import type { ProbeRequest } from "./plan.ts";
import { socketOf, urlParts } from "./target.ts";

/**
 * The URL to request instead: the same server, over https. Undefined for every redirect that leads anywhere else,
 * as an application's to its login does.
 */
export function httpsInstead(
  answer: Pick<HttpAnswer, "status" | "header">,
  { url, headers }: Pick<ProbeRequest, "url" | "headers">,
): string | undefined {
  if (answer.status < 300 || answer.status > 399 || !/^http:/i.test(url)) return undefined;
  const location = answer.header("location");
  if (!/^https:\/\/[^/?#\s]/i.test(location)) return undefined;
  const requested = urlParts(url);
  const there = urlParts(location.replace(/#.*$/s, ""));
  if (there.path !== requested.path || there.query !== requested.query) return undefined;
  const { name } = socketOf(url);
  // A server redirects to the requested name or to its own.
  const host = headers.find(([header]) => header === "Host")?.[1];
  const known = [name, ...(host === undefined ? [] : [socketOf(`http://${host}/`).name])];
  const to = socketOf(location);
  if (!known.includes(to.name)) return undefined;
  return `https://${name}${to.port === "443" ? "" : `:${to.port}`}${requested.path}${requested.query}`;
}
