/**
 * The private control endpoint, on the API's port under `/_sandbox/`, and the page at its root. Neither can be reached
 * through the edge. A web page elsewhere cannot use it either: the Host must be a loopback name, a foreign Origin is refused.
 */
import { refuseForeignHost } from "../foreign-host.ts";
import type { OriginLog } from "../origin/log.ts";
import type { Switches } from "../switches.ts";
import type { WireHandler, WireRequest, WireResponse } from "../wire.ts";
import { PAGE_POLICY, renderLive, renderPage } from "./page.ts";
import { shownOf } from "./requests.ts";
import type { SandboxView } from "./view.ts";

export interface ControlOptions {
  readonly view: () => Promise<SandboxView>;
  readonly switches: readonly Switches[];
  readonly originLog: Pick<OriginLog, "counts" | "seen">;
  readonly restartSigners: () => void;
  /** Deploys the signers with a key pair ID and the version to read, for `signer.keyPairId: external`. */
  readonly deployKeyPairId: (id: string, stage: string | undefined) => void;
  /** The other endpoints under `/_sandbox/`, by their first segment. */
  readonly more?: Readonly<Record<string, WireHandler>>;
}

const PREFIX = "/_sandbox/";

/** Whether the request is for the page or the control endpoint rather than one of the two APIs. */
export const isForControl = ({ method, target }: WireRequest) =>
  target.startsWith(PREFIX) || (method === "GET" && /^\/(\?.*)?$/.test(target));

export function createControl(options: ControlOptions): WireHandler {
  return async (request) => {
    const refused = refuseForeignHost(request);
    if (refused) return refused;
    const url = new URL(request.target, "http://sandbox");
    if (url.pathname === "/") {
      const view = await options.view();
      const shown = shownOf(url.searchParams.get("show"));
      const isLive = url.searchParams.has("live");
      return htmlAnswer(isLive ? renderLive(view, shown).toString() : renderPage(view, shown));
    }
    const [name = "", ...rest] = url.pathname.slice(PREFIX.length).split("/");
    const { more = {} } = options;
    if (Object.hasOwn(more, name)) return (more[name] as WireHandler)(request);
    return route(options, request, `${request.method} ${[name, ...rest].join("/")}`, url.searchParams);
  };
}

async function route(
  options: ControlOptions,
  request: WireRequest,
  what: string,
  query: URLSearchParams,
): Promise<WireResponse> {
  switch (what) {
    case "GET state":
      return jsonAnswer(200, await options.view());
    case "GET requests":
      return jsonAnswer(200, (await options.view()).requests);
    case "GET origin": {
      const mark = query.get("mark");
      return jsonAnswer(200, {
        ...options.originLog.counts,
        ...(mark !== null && { mark, seen: options.originLog.seen(mark) }),
      });
    }
    case "GET switches":
      return jsonAnswer(200, (await options.view()).switches);
    case "POST switches":
      return turn(options.switches, request);
    case "DELETE switches":
      for (const each of options.switches) each.clear();
      return jsonAnswer(200, { on: [] });
    case "POST signers/restart":
      options.restartSigners();
      return jsonAnswer(200, { restarted: true });
    case "POST signers/key-pair-id": {
      const { id, stage } = readFields(request);
      if (!id) return jsonAnswer(400, { error: "the field id is required" });
      options.deployKeyPairId(id, stage);
      return jsonAnswer(200, { deployed: id });
    }
    default:
      return jsonAnswer(404, { error: `the sandbox's control endpoint has no ${what}` });
  }
}

/** `id` and `on`, as a form or as JSON. A form comes from the page without scripts, so redirect back to it. */
function turn(switches: readonly Switches[], request: WireRequest): WireResponse {
  const { id = "", on } = readFields(request);
  const owner = switches.find(({ labels }) => labels.has(id));
  if (owner === undefined) {
    const names = switches.flatMap(({ labels }) => [...labels.keys()]).join(", ");
    return jsonAnswer(400, { error: `the sandbox has no fault named "${id}"`, hints: [`one of: ${names}`] });
  }
  if (on !== "true" && on !== "false") return jsonAnswer(400, { error: "on is neither true nor false" });
  owner.turn(id, on === "true");
  if (isForm(request)) return { status: 303, headers: [["location", "/#switches"]], body: "" };
  return jsonAnswer(200, { on: switches.flatMap((each) => each.on) });
}

function readFields(request: WireRequest): Readonly<Record<string, string>> {
  const text = Buffer.from(request.body).toString("utf8");
  if (isForm(request)) return Object.fromEntries(new URLSearchParams(text));
  try {
    const value: unknown = JSON.parse(text);
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
    return Object.fromEntries(entries.map(([name, each]) => [name, String(each)]));
  } catch {
    return {};
  }
}

/** `curl -d` always declares a form, whatever it sends. */
const isForm = ({ headers, body }: WireRequest) =>
  (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded") &&
  body[0] !== "{".charCodeAt(0);

const htmlAnswer = (body: string): WireResponse => ({
  status: 200,
  headers: [
    ["content-type", "text/html; charset=utf-8"],
    ["cache-control", "no-store"],
    ["x-frame-options", "DENY"],
    ["content-security-policy", PAGE_POLICY],
  ],
  body,
});
const jsonAnswer = (status: number, value: unknown): WireResponse => ({
  status,
  headers: [
    ["content-type", "application/json"],
    ["cache-control", "no-store"],
  ],
  body: `${JSON.stringify(value, null, 2)}\n`,
});
