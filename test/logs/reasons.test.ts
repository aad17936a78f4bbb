/** The actual reason of a denial whose line contains the credential, by the edge's own rules. */
import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { askLogs, idsOf, logFile, rowsOf } from "./asked-logs.ts";
import { gz, jsonText, type LoggedRequest, v1Text } from "./lines.ts";
import { denied, id, ordinaryTraffic, T0 } from "./planted.ts";

const KEY = "KTRUSTEDTRUST1";
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const base64 = (bytes: Uint8Array | string) =>
  Buffer.from(bytes).toString("base64").replaceAll("+", "-").replaceAll("=", "_").replaceAll("/", "~");

interface Wish {
  readonly resource?: string;
  readonly ends?: number;
  readonly begins?: number;
  readonly ip?: string;
  readonly key?: typeof privateKey;
  readonly id?: string;
}
const custom = ({ resource = "https://app.example.com/*", ends = T0 + 7200, begins, ip }: Wish) =>
  JSON.stringify({
    Statement: [
      {
        Resource: resource,
        Condition: {
          DateLessThan: { "AWS:EpochTime": ends },
          ...(begins !== undefined && { DateGreaterThan: { "AWS:EpochTime": begins } }),
          ...(ip !== undefined && { IpAddress: { "AWS:SourceIp": ip } }),
        },
      },
    ],
  });
const cookies = (wish: Wish = {}) => {
  const policy = custom(wish);
  const signature = base64(sign("sha1", Buffer.from(policy), wish.key ?? privateKey));
  return `sid=1; CloudFront-Policy=${base64(policy)}; CloudFront-Signature=${signature}; CloudFront-Key-Pair-Id=${wish.id ?? KEY}`;
};
/** A canned policy in the query: its signature covers the requested URL. */
const signedQuery = (path: string, own: string, ends: number) => {
  const url = `https://app.example.com${path}${own === "" ? "" : `?${own}`}`;
  const policy = `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${ends}}}}]}`;
  const signature = base64(sign("sha1", Buffer.from(policy), privateKey));
  return [own, `Expires=${ends}`, `Signature=${signature}`, `Key-Pair-Id=${KEY}`].filter(Boolean).join("&");
};

const at = T0 + 600;
const CASES: readonly (readonly [reason: string, line: LoggedRequest, inferred?: string])[] = [
  ["expired", denied("AccessDenied", at, { cookie: cookies({ ends: at - 40 }) })],
  ["expired", denied("AccessDenied", at, { cookie: cookies({ ends: at }) })],
  ["not-yet-valid", denied("AccessDenied", at, { cookie: cookies({ begins: at + 30 }) })],
  ["ip-mismatch", denied("AccessDenied", at, { cookie: cookies({ ip: "198.51.100.0/24" }) })],
  [
    "resource-mismatch",
    denied("AccessDenied", at, { cookie: cookies({ resource: "https://app.example.com/media/*" }) }),
  ],
  ["signature-mismatch", denied("AccessDenied", at, { cookie: cookies({ key: stranger }) }), "cannot-tell"],
  ["key-not-trusted", denied("InvalidKey", at, { cookie: cookies({ id: "KTAKENOUTTAKE2" }) })],
  ["key-pair-id-missing", denied("MissingKey", at, { cookie: "sid=1" })],
  ["key-pair-id-malformed", denied("MissingKey", at, { cookie: cookies({ id: "no id at all" }) })],
  [
    "policy-malformed",
    denied("MalformedPolicy", at, {
      cookie: `CloudFront-Policy=${base64('{"Statement":{}}')}; CloudFront-Signature=${base64("x".repeat(256))}; CloudFront-Key-Pair-Id=${KEY}`,
    }),
  ],
  [
    "expired",
    denied("AccessDenied", at, {
      cookie: undefined as never,
      path: "/media/a~b [1].mp4",
      query: signedQuery("/media/a~b [1].mp4", "", at - 5),
    }),
  ],
];

const FILES = { "key.pem": publicKey.export({ type: "spki", format: "pem" }) as string };
const TRUSTED = ["--public-key", `key.pem=${KEY}`];
const askReasons = (lines: readonly LoggedRequest[], ...more: string[]) =>
  askLogs(["denials", logFile(gz(v1Text(lines)), "gz"), ...more], { files: FILES });
const reasonsIn = (asked: Awaited<ReturnType<typeof askLogs>>) =>
  rowsOf(asked, "denials").map(({ reason }) => reason);

describe("keyturn logs with the trusted key", () => {
  it.each(CASES.map(([reason, line], index) => ({ name: `${index}: ${reason}`, reason, line })))(
    "finds $name",
    async ({ reason, line }) => {
      const lines = [line, ...ordinaryTraffic()];
      const asked = await askReasons(lines, ...TRUSTED);
      expect(rowsOf(asked, "denials")).toMatchObject([
        { answered_by: "edge-signature", reason, requests: 1 },
      ]);
      expect(asked.result.trust.asked).toBe(true);
      expect(asked.result.questions.denials?.cannot_tell).toEqual([]);
    },
  );
  it("finds all reasons in one file, in v1 and JSON", async () => {
    const lines = [...CASES.map(([, line]) => line), ...ordinaryTraffic()];
    const counts = (rows: readonly Readonly<Record<string, unknown>>[]) =>
      Object.fromEntries(rows.map(({ wire_code, reason, requests }) => [`${wire_code} ${reason}`, requests]));
    const expected = {
      "AccessDenied expired": 3,
      "AccessDenied ip-mismatch": 1,
      "AccessDenied not-yet-valid": 1,
      "AccessDenied resource-mismatch": 1,
      "AccessDenied signature-mismatch": 1,
      "InvalidKey key-not-trusted": 1,
      "MalformedPolicy policy-malformed": 1,
      "MissingKey key-pair-id-malformed": 1,
      "MissingKey key-pair-id-missing": 1,
    };
    expect(counts(rowsOf(await askReasons(lines, ...TRUSTED), "denials"))).toEqual(expected);
    const json = await askLogs(["denials", logFile(jsonText(lines)), ...TRUSTED], { files: FILES });
    expect(counts(rowsOf(json, "denials"))).toEqual(expected);
  });
  it("finds a masked denial by its credential, as a warning", async () => {
    const hidden = {
      at,
      id: id(),
      status: 200,
      result: "Error",
      responseResult: "Error",
      type: "text/html",
      length: 5120,
      cookie: cookies({ ends: at - 1 }),
    };
    const asked = await askReasons([hidden, ...ordinaryTraffic()], ...TRUSTED);
    expect(rowsOf(asked, "denials")).toMatchObject([
      { answered_by: "edge-signature", wire_code: null, reason: "expired" },
    ]);
    expect(idsOf(asked)).toEqual(["denial-masked"]);
    expect(asked.exitCode).toBe(1);
  });
  it("does not take an aborted request for a masked denial", async () => {
    const left = {
      at,
      id: id(),
      status: 200,
      result: "Error",
      responseResult: "Miss",
      cookie: cookies({ ends: at - 1 }),
    };
    expect(rowsOf(await askReasons([left], ...TRUSTED), "denials")).toEqual([]);
  });
  it("finds IPv6 viewers with a policy that has an IpAddress", async () => {
    const line = denied("AccessDenied", at, { ip: "2001:db8::7", cookie: cookies({ ip: "192.0.2.0/24" }) });
    const asked = await askLogs(["who", logFile(v1Text([line])), ...TRUSTED], { files: FILES });
    expect(idsOf(asked)).toEqual(["ipv6-with-ip-policy"]);
    expect(rowsOf(asked, "who")).toContainEqual({ dimension: "is_ipv6", value: "true", requests: 1 });
  });
});

describe("keyturn logs without an account", () => {
  it.each(
    CASES.map(([reason, line, inferred], index) => ({
      name: `${index}: ${reason}`,
      reason: inferred ?? reason,
      line,
    })),
  )("finds $name, as far as the line shows it", async ({ reason, line }) => {
    const asked = await askReasons([line, ...ordinaryTraffic()]);
    expect(reasonsIn(asked)).toEqual([reason]);
    expect(asked.result.trust.asked).toBe(false);
    expect(asked.result.questions.denials?.cannot_tell.map(({ why }) => why).join()).toContain(
      "no account was read",
    );
  });
  it("reports only the code on the wire without cookie logging, and says why", async () => {
    const lines = [
      denied("AccessDenied", at, { cookie: undefined as never }),
      denied("MissingKey", at, { cookie: undefined as never }),
    ];
    const asked = await askReasons(lines);
    expect(reasonsIn(asked)).toEqual(["cannot-tell", "cannot-tell"]);
    expect(asked.result.questions.denials?.cannot_tell[0]).toMatchObject({
      why: expect.stringContaining("the reason for 2 denials: no line contains a cookie"),
      instead: expect.stringContaining("cookie logging"),
    });
  });
});

describe("a request that is looked up by its ID", () => {
  it("is explained as inspect explains it", async () => {
    const line = denied("AccessDenied", at, { cookie: cookies({ ends: at - 40 }) });
    const file = logFile(gz(v1Text([...ordinaryTraffic(), line])), "gz");
    const asked = await askLogs(["request", line.id, file, ...TRUSTED], { files: FILES });
    expect(rowsOf(asked, "request")).toMatchObject([
      {
        request_id: line.id,
        status: 403,
        answered_by: "edge-signature",
        wire_code: "AccessDenied",
        reason: "expired",
        key_pair_id: KEY,
      },
    ]);
    expect(asked.result.questions.request?.says.join()).toContain("its policy had ended 40 s before");
    expect(idsOf(asked)).toContain("expired");
    expect(asked.exitCode).toBe(1);
  });
  it("is reported as not found, which proves nothing", async () => {
    const asked = await askLogs(["request", "A".repeat(56), logFile(v1Text(ordinaryTraffic()))]);
    expect(rowsOf(asked, "request")).toEqual([]);
    expect(asked.result.questions.request?.cannot_tell[0]?.instead).toContain("24 hours");
  });
});
