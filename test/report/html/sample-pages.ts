/** Pages as the commands write them, and log results as large as on a busy day. */

import { triageHtml } from "../../../src/report/html/triage-sheet.ts";
import { type LogsResult, logsResult } from "../../../src/report/logs.ts";
import { makeAccount, makeGroup, pair, uploadKey } from "../../audit/account.ts";
import { worldOf } from "../../audit/gate-yaml.ts";
import { runCommand } from "../../fakes/memory-world.ts";
import { probedSite, turnOn } from "../../probe/fault-site.ts";

export async function probePages(): Promise<{ healthy: string; masked: string }> {
  const good = await probedSite();
  await good.run("probe --http-port 8080 --methods GET,OPTIONS --report html=good.html");
  const ill = await probedSite();
  turnOn(ill.site, "error-page-200");
  await ill.run("probe --http-port 8080 --methods GET --report html=ill.html");
  return { healthy: good.world.files.text("good.html"), masked: ill.world.files.text("ill.html") };
}

export async function auditPages(): Promise<{ healthy: string; faulty: string }> {
  const good = worldOf(await makeAccount());
  await runCommand(["audit", "--all", "--inventory", "--report", "html=good.html"], good);
  const ill = worldOf(
    await makeAccount({
      config: (config) => {
        for (const item of config.CacheBehaviors?.Items ?? []) item.ViewerProtocolPolicy = "allow-all";
        Object.assign(config.Logging ?? {}, { IncludeCookies: true });
        const [first] = config.CacheBehaviors?.Items ?? [];
        if (first) first.TrustedKeyGroups = { Enabled: false, Quantity: 0 };
        Object.assign(config, { HttpVersion: "http1.1" });
      },
      secret: (content) => ({ ...content, keyPairId: "K0000000000000" }),
      after: async ({ cloudFront }) => {
        for (const index of [0, 1, 2, 3, 4]) {
          const id = await uploadKey(cloudFront, pair(index % 4).publicKey, `left-over-${index} <b>&`);
          await makeGroup(cloudFront, `unused-${index}`, [id]);
        }
      },
      wholeAccount: true,
    }),
  );
  await runCommand(["audit", "--all", "--inventory", "--report", "html=ill.html"], ill);
  return { healthy: good.files.text("good.html"), faulty: ill.files.text("ill.html") };
}

export const triagePage = () =>
  triageHtml({
    at: "2026-11-29T10:00:00Z",
    from: "keyturn.yaml",
    healthy: false,
    gates: [
      {
        gate: "webapp",
        verdict: "open",
        says: "the edge lets requests without cookies pass",
        since: "2026-11-29T09:30:00Z",
        lasted: 1800,
        affected: "everybody can read /media/*",
        next: "keyturn audit --gate webapp",
        causes: ["unsigned-allowed"],
        silences: [{ source: "rotation", message: "no permission" }],
        requests: { sent: 9, met: 6 },
        originAsked: true,
      },
      {
        gate: "reports <script>",
        verdict: "healthy",
        says: "every canary was answered correctly",
        affected: "nobody",
        causes: [],
        silences: [],
        requests: { sent: 3, met: 3 },
        originAsked: true,
      },
    ],
  });

const FROM = 1_795_939_200;
const iso = (at: number) => new Date(at * 1000).toISOString().replace(".000Z", "Z");

/** Denials by the minute for two hours; each location learned the new key a little later than the one before it. */
function logsOf(locations: number, requests: number): LogsResult {
  const minutes = 120;
  const denials = Array.from({ length: minutes }, (_, minute) => {
    const bucket = iso(FROM + minute * 60);
    const each = Math.round(requests / minutes / 10);
    const wave = Math.round(each * (1 + Math.sin(minute / 9)));
    return [
      {
        bucket,
        answered_by: "edge-signature",
        wire_code: "MissingKey",
        reason: "cannot-tell",
        requests: wave,
      },
      { bucket, answered_by: "application", wire_code: null, reason: null, requests: Math.round(each / 3) },
      ...(minute > 40 && minute < 46
        ? [
            {
              bucket,
              answered_by: "edge-signature",
              wire_code: "InvalidKey",
              reason: "key-not-trusted",
              requests: 3,
            },
          ]
        : []),
    ];
  }).flat();
  const propagation = Array.from({ length: locations }, (_, at) => {
    const learned = FROM + 1800 + Math.round((at / locations) ** 2 * 900);
    const edge_location = `${String.fromCharCode(65 + (at % 26))}${String.fromCharCode(65 + (Math.floor(at / 26) % 26))}${at}-P${at % 9}`;
    const never = { first_denied: null, last_denied: null, denied: 0 };
    return [
      {
        edge_location,
        key_pair_id: "K2OLD",
        first_accepted: iso(FROM + (at % 60)),
        last_accepted: iso(FROM + 5400),
        ...never,
        accepted: 60,
      },
      {
        edge_location,
        key_pair_id: "K3NEW",
        first_accepted: iso(learned),
        last_accepted: iso(FROM + 7100),
        first_denied: iso(FROM + 1750),
        last_denied: iso(learned - 5),
        accepted: 40,
        denied: 2,
      },
    ];
  }).flat();
  const marks = [
    { stage: "record-opened", at: iso(FROM + 1700) },
    { stage: "signer-switched", at: iso(FROM + 2900) },
  ];
  const empty = logsResult(
    { coverage: { lines: 0, distributions: [] }, answers: new Map(), hasTrust: true } as never,
    [],
    {},
  );
  return {
    ...empty,
    read: { ...empty.read, lines: requests, from: iso(FROM), to: iso(FROM + 7200) },
    questions: {
      denials: {
        rows: denials,
        marks,
        says: [`${requests / 10} denied`],
        cannot_tell: [{ why: "who they were", instead: "turn on cookie logging" }],
      },
      propagation: { rows: propagation, says: [`${locations} edge locations`], cannot_tell: [] },
    },
  };
}

export const FULL_LOGS = logsOf(6, 20_000);
export const largeLogs = () => logsOf(1000, 100_000);
export const NO_LOGS = logsResult(
  { coverage: { lines: 0, distributions: [] }, answers: new Map(), hasTrust: false } as never,
  [],
  { unasked: "no gate was named" },
);
