/**
 * The origin application, the reference for the whole pattern: it refuses requests that bypass the edge, logs in, mints,
 * authorizes on its own, and clears the cookies on logout. One handler; each concern has its own file.
 */
import { timingSafeEqual } from "node:crypto";
import { InternalError, KeyturnError } from "../../errors.ts";
import type { OriginCustomHeader } from "../edge/origin-request.ts";
import type { WireHandler, WireRequest, WireResponse } from "../wire.ts";
import { json, jsonBody, refusal } from "./answer.ts";
import { api, media, publicPage } from "./api.ts";
import { type EdgeSessionOptions, logout, mintEdgeSession } from "./edge-session.ts";

export interface ApplicationOptions extends EdgeSessionOptions {
  readonly verification: OriginCustomHeader;
}

export function createApplication(options: ApplicationOptions): WireHandler {
  const cameThroughEdge = verificationOf(options.verification);
  return async (request) => {
    const verified = cameThroughEdge(request);
    const response =
      verified || options.switches.has("origin-verification-skipped")
        ? await answered(request, options)
        : refusal(403, "origin_verification", "this origin answers its edge only");
    options.log.call(request, response.status, verified);
    return response;
  };
}

/** A bug in the application is a 500 and a line in its log, as usual. */
async function answered(request: WireRequest, options: ApplicationOptions): Promise<WireResponse> {
  try {
    return await route(request, options);
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw new InternalError("ERR_INTERNAL", "the application threw no error");
    const code = thrown instanceof KeyturnError ? thrown.code : thrown.name;
    options.log.event({ event: "origin.bug", code, message: thrown.message });
    return refusal(500, "internal", "the application failed");
  }
}

async function route(request: WireRequest, options: ApplicationOptions): Promise<WireResponse> {
  const path = request.target.split("?", 1)[0] as string;
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (path === "/login" || path === "/logout" || path === "/edge/session") {
    if (request.method !== "POST") return wrongMethod("POST");
    if (path === "/login") return login(request, options);
    return path === "/logout" ? logout(request, options) : mintEdgeSession(request, options);
  }
  if (!isRead) return wrongMethod("GET, HEAD");
  if (path.startsWith("/api/")) return api(request, options.sessions, options.switches);
  return path.startsWith("/media/") ? media(request) : publicPage(request);
}

/** `POST /login` with `{username, password}`: a bearer token. */
function login(request: WireRequest, { sessions, log, clock }: ApplicationOptions): WireResponse {
  const fields = jsonBody(request);
  const opened = sessions.open(fields?.username, fields?.password);
  log.event({ event: opened ? "login.succeeded" : "login.failed", user: opened?.session.user.name });
  if (!opened) return refusal(401, "bad_credentials", "wrong user name or password");
  const { token, session } = opened;
  return json(200, {
    token,
    expiresIn: Math.floor(session.expiresAt - clock.now()),
    user: session.user,
  });
}

const wrongMethod = (allow: string) => refusal(405, "method_not_allowed", `use ${allow}`, [["allow", allow]]);

/**
 * Origin verification: a request must prove that it came through the edge before any application code runs. Compares in
 * constant time; only the length, which is not secret, leaks.
 */
function verificationOf({ name, value }: OriginCustomHeader): (request: WireRequest) => boolean {
  const expected = Buffer.from(value);
  return ({ headers }) => {
    const given = Buffer.from(headers[name] ?? "");
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
}
