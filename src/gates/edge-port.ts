/**
 * The port of distributions served by a stand-in for AWS on this machine, such as the sandbox. CloudFront itself uses
 * 443, and no API reports another port. The sandbox reports its port; other stand-ins serve everything on the
 * endpoint's own port.
 */
import { isError } from "../errors.ts";
import type { ViewerRequest } from "../seams/viewer.ts";
import type { World } from "../seams/world.ts";
import { type SurveyedAccount, viewerHostOf } from "./draft.ts";

type Needs = Pick<World, "viewer" | "interrupt">;

/** Enough for this machine; most wrong ports refuse at once. */
const TIMEOUT = 3;

/**
 * `where`: a Cloud's `where`. Undefined for AWS, for port 443, and if nothing answers. Requests go to the endpoint's
 * own host, whatever name the distribution has.
 */
export async function edgePort(
  { distributions }: Pick<SurveyedAccount, "distributions">,
  where: string,
  world: Needs,
): Promise<number | undefined> {
  const first = distributions.find(({ connectionMode }) => connectionMode === "direct");
  if (!URL.canParse(where) || first === undefined) return undefined;
  const endpoint = new URL(where);
  if (!LOOPBACK.test(endpoint.hostname)) return undefined;
  const candidates = [await namedBy(endpoint, world), undefined, portOf(endpoint)];
  for (const port of candidates) {
    const address = { host: endpoint.hostname, port: port ?? 443 };
    if (await answers({ url: `https://${viewerHostOf(first, port)}/`, address }, world)) return port;
  }
  return undefined;
}

/** As the sandbox's control endpoint reports it. */
async function namedBy(endpoint: URL, { viewer, interrupt }: Needs): Promise<number | undefined> {
  const url = new URL("/_sandbox/state", endpoint).href;
  try {
    const { status, body } = await viewer.send(
      { method: "GET", url, headers: [], timeout: TIMEOUT },
      interrupt,
    );
    const text = Buffer.from(body).toString("utf8");
    const [, site] = (status === 200 ? SITE.exec(text) : null) ?? [];
    return site === undefined ? undefined : portOf(new URL(site));
  } catch (thrown) {
    if (isError(thrown, "ERR_UNREACHABLE")) return undefined;
    throw thrown;
  }
}
const LOOPBACK = /^(?:127(?:\.\d+){3}|\[::1\]|(?:.+\.)?localhost)$/;
/** A member of the document, which may be too long to be read whole. */
const SITE = /"site": ?"(https:\/\/[^"/?#]+)"/;

const portOf = ({ port }: URL) => (port === "" ? undefined : Number(port));

async function answers(
  to: Pick<ViewerRequest, "url" | "address">,
  { viewer, interrupt }: Needs,
): Promise<boolean> {
  try {
    await viewer.send({ method: "GET", headers: [], timeout: TIMEOUT, ...to }, interrupt);
    return true;
  } catch (thrown) {
    if (isError(thrown, "ERR_UNREACHABLE")) return false;
    throw thrown;
  }
}
