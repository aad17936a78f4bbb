/** The whole sandbox in one process on a manual clock: account, edge, application, and requests like a browser's. */
import { generateKeyPairSync } from "node:crypto";
import type { KeyPair } from "../../src/keys/key-pair.ts";
import { DEMO_USERS } from "../../src/sandbox/origin/sessions.ts";
import { apiHandler } from "../../src/sandbox/sandbox.ts";
import { createSite, type Site, type SiteOptions } from "../../src/sandbox/site.ts";
import { headersOf } from "../../src/sandbox/viewer/answer.ts";
import { inProcessViewer } from "../../src/sandbox/viewer/in-process.ts";
import type { Viewer, ViewerResponse } from "../../src/seams/viewer.ts";
import type { KeyPairSource } from "../../src/seams/world.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { seededRandom } from "../fakes/seeded-random.ts";

/** Cycles through a few prepared pairs, because no test here is about generating them. */
const made: KeyPair[] = [];
export function fewKeyPairs(first = 0): KeyPairSource {
  let next = first;
  return {
    async generate(type) {
      const index = next;
      next += 1;
      const known = made[index];
      const pair = known ?? { type, ...generateKeyPairSync("rsa", { modulusLength: 2048 }) };
      made[index] = pair;
      return pair;
    },
  };
}

export interface DemoSite extends Site {
  readonly clock: ManualClock;
  readonly viewer: Viewer;
  /** The application's log, parsed. */
  readonly log: Record<string, unknown>[];
  ask(method: string, path: string, more?: Ask): Promise<ViewerResponse>;
  /** A bearer token. */
  login(name?: string): Promise<string>;
  /** A Cookie header with the cookies from the mint endpoint. */
  mint(token: string): Promise<string>;
}

interface Ask {
  readonly token?: string;
  readonly cookie?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  /** Straight to the origin, bypassing the edge. */
  readonly direct?: boolean;
}

export async function demoSite(options: Partial<SiteOptions> = {}): Promise<DemoSite> {
  const clock = new ManualClock();
  const log: Record<string, unknown>[] = [];
  const site = await createSite({
    random: seededRandom(11),
    keyPairs: fewKeyPairs(),
    log: (line) => log.push(JSON.parse(line)),
    ...options,
    clock,
  });
  const viewer = inProcessViewer(site, apiHandler(site));
  const ask: DemoSite["ask"] = (method, path, { token, cookie, headers = [], body, direct } = {}) =>
    viewer.send({
      method,
      url: (direct ? site.addresses.origin : site.addresses.site) + path,
      headers: [
        ...headers,
        ...(token === undefined ? [] : [["authorization", `Bearer ${token}`] as const]),
        ...(cookie === undefined ? [] : [["cookie", cookie] as const]),
      ],
      ...(body !== undefined && { body }),
    });
  return {
    ...site,
    clock,
    viewer,
    log,
    ask,
    async login(name = "ada") {
      const password = DEMO_USERS.find((user) => user.name === name)?.password;
      const answer = await ask("POST", "/login", { body: JSON.stringify({ username: name, password }) });
      return json(answer).token as string;
    },
    async mint(token) {
      return cookiesOf(await ask("POST", "/edge/session", { token }));
    },
  };
}

export const json = ({ body }: ViewerResponse) =>
  JSON.parse(Buffer.from(body).toString("utf8")) as Record<string, unknown>;
export const text = ({ body }: ViewerResponse) => Buffer.from(body).toString("utf8");
export const setCookies = (answer: ViewerResponse) => headersOf(answer, "set-cookie");
export const cookiesOf = (answer: ViewerResponse) =>
  setCookies(answer)
    .map((line) => line.split(";", 1)[0])
    .join("; ");
