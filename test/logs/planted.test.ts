/** Each planted event is found exactly, and nothing else is, with the same answers in every format. */
import { describe, expect, it } from "vitest";
import { askLogs, idsOf, logFile, rowsOf } from "./asked-logs.ts";
import {
  eventsText,
  gz,
  jsonText,
  type LoggedRequest,
  REALTIME_FIELDS,
  realtimeText,
  tailText,
  v1Text,
  w3cText,
} from "./lines.ts";
import { parquetFile } from "./parquet.ts";
import {
  cookieOf,
  denied,
  id,
  NEW,
  OLD,
  PATTERNS,
  PLANTED_EVENTS,
  type Planted,
  T0,
  withPlanted,
} from "./planted.ts";

const at = (seconds: number) => new Date((T0 + seconds) * 1000).toISOString().replace(".000Z", "Z");
const asked = (events: readonly LoggedRequest[], ...argv: string[]) =>
  askLogs([...argv, logFile(gz(v1Text(events)), "gz"), ...PATTERNS]);

describe("ordinary traffic", () => {
  it("has no finding, and exits with 0", async () => {
    const all = await asked(withPlanted());
    expect(idsOf(all)).toEqual([]);
    expect(all.exitCode).toBe(0);
    expect(all.result.read).toMatchObject({ lines: 240, damaged: 0, from: at(0), to: at(239 * 30) });
    expect(rowsOf(all, "denials")).toEqual([]);
    expect(rowsOf(all, "ungated")).toEqual([]);
    expect(all.result.questions.remints?.loops).toEqual([]);
    expect(rowsOf(all, "old-key")).toMatchObject([{ key_pair_id: NEW, accepted: 228, denied: 0 }]);
  });
});

describe("keyturn logs", () => {
  const findingOf: Readonly<Partial<Record<Planted, string>>> = {
    oldKey: "old-key-in-use",
    remintLoop: "remint-loop",
    ungated: "unsigned-allowed",
    slowLocation: "edge-location-slow",
    maskedDenial: "denial-masked",
  };
  it.each(PLANTED_EVENTS)("finds %s and nothing else", async (planted) => {
    const all = await asked(withPlanted(planted));
    const expected = findingOf[planted];
    expect(idsOf(all)).toEqual(expected === undefined ? [] : [expected]);
    expect(all.exitCode).toBe(expected === undefined ? 0 : 1);
  });

  it("reports how often, when and by whom the old key was used", async () => {
    const one = await asked(withPlanted("oldKey"), "old-key");
    expect(rowsOf(one, "old-key").find(({ key_pair_id }) => key_pair_id === OLD)).toEqual({
      key_pair_id: OLD,
      accepted: 2,
      denied: 1,
      unclear: 0,
      first_seen: at(100),
      last_seen: at(4000),
      last_accepted: at(200),
      taken_out_by: at(4000),
    });
    expect(one.result.questions["old-key"]?.uses).toEqual([
      {
        key_pair_id: OLD,
        host: "app.example.com",
        route: "/api/*",
        client_family: "okhttp",
        accepted: 2,
        denied: 1,
        last_seen: at(4000),
      },
    ]);
  });

  it("reports which client is in a remint loop, and how often it minted", async () => {
    const one = await asked(withPlanted("remintLoop"), "remints", "--show-clients");
    expect(one.result.questions.remints?.loops).toEqual([
      {
        kind: "denied-after-mint",
        client: "198.51.100.2",
        requests: 6,
        first_seen: at(1000),
        last_seen: at(1022),
      },
      {
        kind: "denied-repeatedly",
        client: "198.51.100.2",
        requests: 6,
        first_seen: at(1002),
        last_seen: at(1022),
      },
    ]);
    expect(rowsOf(one, "remints")).toEqual([
      { status: 204, requests: 12, clients: 2, per_client_hour: 4, most_per_client_hour: 6 },
    ]);
  });

  it("reports no loop for a client that gets in after minting, or that mints in vain", async () => {
    const ip = "198.51.100.20";
    const mint = (at: number, status: number): LoggedRequest => ({
      ...{ at, id: id(), status, method: "POST", path: "/edge/session", ip, cookie: "sid=4" },
    });
    const passes = (at: number): LoggedRequest => ({
      ...{ at, id: id(), status: 200, type: "application/json", cookie: cookieOf(NEW), ip },
    });
    const rounds = [0, 900, 1800, 2700].flatMap((at) => {
      const began = T0 + 500 + at;
      return [denied("AccessDenied", began, { ip }), mint(began, 204), passes(began), passes(began + 1)];
    });
    const failing = [0, 1, 2, 3].flatMap((at) => [mint(T0 + 5000 + at, 401), mint(T0 + 5000 + at, 429)]);
    const one = await asked([...withPlanted(), ...rounds, ...failing], "remints");
    expect(one.result.questions.remints?.loops).toEqual([]);
    expect(idsOf(one)).toEqual([]);
  });

  it("reports no loop for keyturn's own denied probes, but mentions them", async () => {
    const probe = { ip: "198.51.100.22", agent: "keyturn-probe" };
    const probed = Array.from({ length: 30 }, (_, n) => denied("AccessDenied", T0 + 500 + n, probe));
    const one = await asked([...withPlanted(), ...probed], "remints");
    expect([one.result.questions.remints?.loops, idsOf(one)]).toEqual([[], []]);
    expect(one.result.questions.remints?.says).toContain(
      "not counted as loops: 30 denials of keyturn's own probes",
    );
  });

  it("reports a loop even if a mint failed between a mint and a denial", async () => {
    const ip = "198.51.100.21";
    const at = T0 + 500;
    const mint = (status: number, later: number): LoggedRequest => ({
      ...{ at: at + later, id: id(), status, method: "POST", path: "/edge/session", ip, cookie: "sid=4" },
    });
    const one = await asked(
      [...withPlanted(), mint(204, 0), mint(429, 1), denied("AccessDenied", at + 2, { ip })],
      "remints",
    );
    expect(one.result.questions.remints?.loops).toMatchObject([{ kind: "denied-after-mint", requests: 1 }]);
  });

  it("reports an ungated route even if the line has no cookie", async () => {
    const one = await asked(withPlanted("ungated"), "ungated");
    expect(rowsOf(one, "ungated")).toEqual([
      {
        host: "app.example.com",
        path: "/api/export/all",
        requests: 2,
        first_seen: at(1800),
        last_seen: at(1801),
      },
    ]);
  });

  it("reports which edge location was slow, and for how long", async () => {
    const one = await asked(withPlanted("slowLocation"), "propagation");
    expect(rowsOf(one, "propagation").find(({ edge_location }) => edge_location === "GRU3-P1")).toMatchObject(
      {
        key_pair_id: NEW,
        first_accepted: at(1400),
        first_denied: at(600),
        last_denied: at(1260),
      },
    );
    // A cookie is first accepted a minute into the traffic. The suggested settle time adds half, in whole minutes.
    expect(one.findings[0]?.remedy).toContain("30m");
  });

  it("reports who answered each denial", async () => {
    const one = await asked(withPlanted("wafBlock", "originDenial", "geoBlock", "remintLoop"), "denials");
    const rows = rowsOf(one, "denials");
    const total = (who: string) =>
      rows.filter((row) => row.answered_by === who).reduce((all, { requests }) => all + Number(requests), 0);
    expect(Object.fromEntries(rows.map((row) => [row.answered_by, total(String(row.answered_by))]))).toEqual({
      "edge-waf": 1,
      origin: 2,
      "edge-geo": 1,
      "edge-signature": 6,
    });
    expect(rows.filter((row) => row.answered_by === "edge-signature")).toMatchObject([
      { bucket: at(0), wire_code: "AccessDenied", requests: 6 },
    ]);
  });
});

describe("the answers are the same", () => {
  const events = withPlanted(...PLANTED_EVENTS);
  let first: ReturnType<typeof asked> | undefined;
  const fromV1 = () => {
    first ??= asked(events, "--show-clients");
    return first;
  };
  const half = events.length / 2;
  const forms: Readonly<Record<string, () => Promise<string[]> | string[]>> = {
    "v1, gz": () => [logFile(gz(v1Text(events)), "gz")],
    "v1, unpacked, under a name that says gz": () => [logFile(v1Text(events), "gz")],
    "v1, gz, under a name that does not": () => [logFile(gz(v1Text(events)), "log")],
    "v1 without its header": () => [logFile(v1Text(events).split("\n").slice(2).join("\n"))],
    "v1 with CRLF": () => [logFile(v1Text(events).replaceAll("\n", "\r\n"))],
    "v1, two gz files in one": () => [
      logFile(Buffer.concat([gz(v1Text(events.slice(0, 50))), gz(v1Text(events.slice(50)))])),
    ],
    "w3c, chosen fields in another order": () => [logFile(w3cText(events))],
    "v2 JSON": () => [logFile(jsonText(events))],
    "v2 JSON, gz": () => [logFile(gz(jsonText(events)), "gz")],
    "lines of aws logs tail": () => [logFile(tailText(events))],
    "aws logs filter-log-events": () => [logFile(eventsText(events))],
    Parquet: async () => [await parquetFile(jsonText(events))],
    "real-time": () => [logFile(realtimeText(events)), "--fields", REALTIME_FIELDS],
    "three formats together": () => [
      logFile(gz(v1Text(events.slice(0, half))), "gz"),
      logFile(jsonText(events.slice(half, half + 20))),
      logFile(w3cText(events.slice(half + 20))),
    ],
  };
  it.each(Object.keys(forms))("from %s", async (name) => {
    const expected = await fromV1();
    const files = (await forms[name]?.()) ?? [];
    const told = await askLogs([...files, ...PATTERNS, "--show-clients"]);
    expect(told.result.read).toMatchObject({ lines: events.length, damaged: 0 });
    expect(told.result.questions).toEqual(expected.result.questions);
    expect(told.findings).toEqual(expected.findings);
  });

  it("from stdin", async () => {
    const expected = await fromV1();
    const told = await askLogs(["-", ...PATTERNS, "--show-clients"], { stdin: gz(v1Text(events)) });
    expect(told.result.questions).toEqual(expected.result.questions);
  });
});
