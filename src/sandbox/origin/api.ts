/** What the application serves behind the gate: an API with its own authorization, and media that only the edge protects. */
import type { Switches } from "../switches.ts";
import type { WireRequest, WireResponse } from "../wire.ts";
import { json, page, refusal } from "./answer.ts";
import type { ApplicationFaultId } from "./faults.ts";
import type { Sessions } from "./sessions.ts";

const REPORTS = [
  { id: 1, title: "Key ages", rows: 12 },
  { id: 2, title: "Denials by edge location", rows: 48 },
];

/** `GET /api/...`: 401 without a session, 403 if the session is not authorized, 404 if there is no such resource. All JSON. */
export function api(
  request: WireRequest,
  sessions: Sessions,
  switches: Pick<Switches<ApplicationFaultId>, "has">,
): WireResponse {
  const path = request.target.split("?", 1)[0];
  const session = sessions.of(request);
  if (!session) return refusal(401, "unauthenticated", "log in first: signed cookies are not a session");
  if (path === "/api/profile") return json(200, session.user);
  if (path === "/api/reports") {
    if (session.user.role !== "analyst" && !switches.has("authorization-missing")) {
      return refusal(403, "forbidden", "reports are for analysts");
    }
    return json(200, { reports: REPORTS });
  }
  return refusal(404, "not_found", "no such resource");
}

/** `/media/...`: anyone who passed the edge may read it. Missing objects return 404, so they make good canaries. */
export function media(request: WireRequest): WireResponse {
  const path = request.target.split("?", 1)[0];
  if (path !== "/media/film.txt") return refusal(404, "not_found", "no such object");
  return {
    status: 200,
    headers: [
      ["content-type", "text/plain"],
      ["server", "keyturn-sandbox"],
      ["accept-ranges", "none"],
    ],
    body: "A film, in words.\n",
  };
}

/** The public part. */
export function publicPage(request: WireRequest): WireResponse {
  switch (request.target.split("?", 1)[0]) {
    case "/":
      return page(200, "Sandbox application", "The demo application behind the sandbox's edge.");
    case "/public/status":
      return json(200, { status: "ok" });
    case "/errors/denied.html":
      return page(200, "Please sign in", "This page stands in for a 403.");
    default:
      return refusal(404, "not_found", "no such page");
  }
}
