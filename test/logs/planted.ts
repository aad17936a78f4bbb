/** Ordinary traffic with known events planted in it, so that every answer is known. */
import { BYTES, type LoggedRequest, xmlDenial } from "./lines.ts";

export const T0 = Date.UTC(2026, 10, 28, 10) / 1000;
export const OLD = "KOLDOLDOLDOLD1";
export const NEW = "KNEWNEWNEWNEW2";
const SIGNATURE = "abc-def_ghi~jkl".repeat(23).slice(0, 342);
export const PATTERNS = [
  "--protected",
  "/api/*",
  "--mint",
  "/edge/session",
  "--old-key",
  OLD,
  "--new-key",
  NEW,
];

let counted = 0;
export const id = () => {
  counted += 1;
  return `${String(counted).padStart(12, "0")}AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_ABCDEF==`;
};

export const cookieOf = (key: string, expires = T0 + 7200) =>
  `sid=secret-session; CloudFront-Expires=${expires}; CloudFront-Signature=${SIGNATURE}; CloudFront-Key-Pair-Id=${key}`;

const accepted = (at: number, over: Partial<LoggedRequest> = {}): LoggedRequest => ({
  at,
  id: id(),
  status: 200,
  type: "application/json",
  length: 612,
  cookie: cookieOf(NEW),
  ...over,
});

export const denied = (
  code: keyof typeof BYTES,
  at: number,
  over: Partial<LoggedRequest> = {},
): LoggedRequest => ({ at, id: id(), ...xmlDenial, length: BYTES[code], cookie: cookieOf(NEW), ...over });

/** Two hours of viewers at three edge locations, without faults, all with the new key. */
export function ordinaryTraffic(): LoggedRequest[] {
  const locations = ["FRA56-P4", "IAD89-P2", "SIN2-P3"];
  return Array.from({ length: 240 }, (_, at) => {
    const when = T0 + at * 30;
    const ip = `192.0.2.${at % 20}`;
    const location = locations[at % 3] as string;
    if (at % 40 === 0)
      return {
        at: when,
        id: id(),
        status: 204,
        path: "/edge/session",
        method: "POST",
        ip,
        location,
        cookie: "sid=1",
      };
    if (at % 40 === 1)
      return { at: when, id: id(), status: 200, path: "/login", type: "text/html", ip, location };
    return accepted(when, { ip, location, path: `/api/items/${at % 7}` });
  });
}

const PLANTED = {
  /** A client that still uses the old key. */
  oldKey: () => [
    accepted(T0 + 100, { cookie: cookieOf(OLD), agent: "okhttp/4.12.0", ip: "198.51.100.1" }),
    accepted(T0 + 200, { cookie: cookieOf(OLD), agent: "okhttp/4.12.0", ip: "198.51.100.1" }),
    denied("InvalidKey", T0 + 4000, { cookie: cookieOf(OLD), agent: "okhttp/4.12.0", ip: "198.51.100.1" }),
  ],
  /** A client that mints, is denied, and mints again. */
  remintLoop: () =>
    [0, 1, 2, 3, 4, 5].flatMap((round): LoggedRequest[] => {
      const at = T0 + 1000 + round * 4;
      const ip = "198.51.100.2";
      return [
        { at, id: id(), status: 204, method: "POST", path: "/edge/session", ip, cookie: "sid=2" },
        denied("AccessDenied", at + 2, { ip }),
      ];
    }),
  ungated: () => [
    accepted(T0 + 1800, { cookie: "sid=3", path: "/api/export/all", ip: "198.51.100.3" }),
    accepted(T0 + 1801, { cookie: undefined as never, path: "/api/export/all", ip: "198.51.100.3" }),
  ],
  slowLocation: () => [
    denied("InvalidKey", T0 + 600, { location: "GRU3-P1", ip: "198.51.100.4" }),
    denied("InvalidKey", T0 + 1260, { location: "GRU3-P1", ip: "198.51.100.5" }),
    accepted(T0 + 1400, { location: "GRU3-P1", ip: "198.51.100.5" }),
  ],
  wafBlock: () => [
    {
      at: T0 + 2000,
      id: id(),
      status: 403,
      type: "text/html",
      length: 919,
      ip: "198.51.100.6",
      took: 0.001,
      path: "/api/items",
    },
  ],
  originDenial: () => [
    {
      at: T0 + 2100,
      id: id(),
      status: 403,
      type: "application/json",
      length: 40,
      ip: "198.51.100.7",
      cookie: cookieOf(NEW),
      path: "/api/admin",
    },
    {
      at: T0 + 2101,
      id: id(),
      status: 401,
      type: "application/json",
      length: 40,
      ip: "198.51.100.7",
      cookie: cookieOf(NEW),
      path: "/api/me",
    },
  ],
  geoBlock: () => [
    {
      at: T0 + 2200,
      id: id(),
      status: 403,
      type: "text/html",
      length: 805,
      detailed: "ClientGeoBlocked",
      ip: "198.51.100.8",
    },
  ],
  /** An expired cookie, denied behind an error page that answers 200. */
  maskedDenial: () => [
    {
      at: T0 + 2300,
      id: id(),
      status: 200,
      result: "Error",
      responseResult: "Error",
      type: "text/html",
      length: 5120,
      ip: "198.51.100.9",
      cookie: cookieOf(NEW, T0 + 2200),
    },
  ],
} satisfies Record<string, () => LoggedRequest[]>;
export type Planted = keyof typeof PLANTED;

export const PLANTED_EVENTS = Object.keys(PLANTED) as readonly Planted[];

/** Not sorted by time, as in real logs. */
export function withPlanted(...planted: readonly Planted[]): LoggedRequest[] {
  const all: LoggedRequest[] = [...ordinaryTraffic(), ...planted.flatMap((name) => PLANTED[name]())];
  return all
    .map((event, at) => ({ event, order: (at * 7919) % all.length }))
    .sort((a, b) => a.order - b.order)
    .map(({ event }) => event);
}
