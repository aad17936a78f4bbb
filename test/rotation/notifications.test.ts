/** `--notify` and `--notify-url`: notifications of a halt, of the end of a wait, and of the rotation's end. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { RemoteError } from "../../src/errors.ts";
import { notificationSchema } from "../../src/report/schemas/notification.ts";
import { notificationOf } from "../../src/rotation/notification.ts";
import { editGroup } from "../../src/sandbox/third-party.ts";
import type { Viewer, ViewerRequest } from "../../src/seams/viewer.ts";
import { type MemoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";

const START = "rotate start --gate demo --yes --key-type ecdsa-p256";
const settings = { cookieTtl: 30, signerCache: 10, settle: 8 };
const HOOK = "https://hooks.example.com/services/T0/secret-part";
const validate = new Ajv2020({ strict: false }).compile(notificationSchema());

/** An operator's world that records the commands and webhooks it would run; its edge is the site's own. */
function listening(site: SiteWorld, { exitCode = 0, status = 200 } = {}) {
  const told: { event: string; text: string; next: string[]; [more: string]: unknown }[] = [];
  const posted: ViewerRequest[] = [];
  const ran: { line: string; input: string }[] = [];
  const world = site.direct();
  const heard = (json: string) => {
    const notification = JSON.parse(json);
    expect(validate(notification), JSON.stringify(validate.errors)).toBe(true);
    told.push(notification);
  };
  const programs: MemoryWorld["programs"] = {
    async run(program, args, extra) {
      ran.push({ line: [program, ...args].join(" "), input: extra.reveal() });
      heard(extra.reveal());
      return exitCode;
    },
    output: () => Promise.reject(new Error("nobody asks for output")),
  };
  const viewer: Viewer = {
    async send(request, signal) {
      if (!request.url.startsWith("https://hooks.")) return world.viewer.send(request, signal);
      posted.push(request);
      heard(String(request.body));
      if (status === 0) throw new RemoteError("ERR_UNREACHABLE", "no answer from hooks.example.com");
      return { status, headers: [], body: new Uint8Array(), truncated: false, address: "" };
    },
  };
  return { told, posted, ran, world: { ...world, programs, viewer } as MemoryWorld };
}

describe("--notify", () => {
  it("notifies of the end of each wait and of the rotation, on the stdin of a command that sh runs", async () => {
    const site = await siteWorld({ settings });
    const { world, told, ran } = listening(site);
    const { exitCode } = await runCommand(
      [...words(`${START} --ticket OPS-7 --wait --notify`), "logger -t keyturn"],
      world,
    );
    expect(exitCode).toBe(0);
    expect(told.map(({ event, stage, outcome }) => stage ?? `${event} ${outcome}`)).toEqual([
      "trust-proven",
      "old-cookies-expired",
      "untrust-proven",
      "finished rotated",
    ]);
    expect(told[0]).toMatchObject({
      event: "wait-over",
      gate: "demo",
      goal: "forward",
      ticket: "OPS-7",
      next: ["keyturn rotate resume --gate demo --wait"],
    });
    expect(ran[0]?.line).toBe("sh -c exec 0<&3 3<&-\nlogger -t keyturn");
    for (const { input } of ran) expect(input).not.toMatch(/PRIVATE KEY/);
  });

  it("notifies of a halt with its ID and the command to run", async () => {
    const site = await siteWorld({ settings });
    await runCommand(words(`${START} --until key-uploaded`), site.direct());
    const { world, told } = listening(site);
    await runCommand(words("rotate resume --gate demo --yes --until key-trusted --notify cat"), world);
    const { keyGroupId } = site.site.ids;
    let edits = 0;
    const meddling: MemoryWorld = {
      ...world,
      viewer: {
        send: (request, signal) => {
          // Somebody's automation removes the new key again, whenever it is put back.
          const group = site.site.account.cloudFront.state.keyGroups.get(keyGroupId);
          if (edits < 3 && (group?.config.items.length ?? 0) > 1) {
            edits += 1;
            editGroup(site.site.account, keyGroupId, (items) => items.slice(0, 1));
          }
          return world.viewer.send(request, signal);
        },
      },
    };
    const ran = await runCommand(words("rotate resume --gate demo --yes --wait --notify cat"), meddling);
    const halted = told.find(({ event }) => event === "halted");
    if (ran.exitCode === 7) {
      expect(halted).toMatchObject({ halt: expect.any(String), stage: expect.any(String) });
      expect(halted?.text).toContain("halted at");
    } else expect(told.at(-1)?.event).toBe("finished");
  });

  it("warns once about a command that fails, and the rotation continues", async () => {
    const { world, told } = listening(await siteWorld({ settings }), { exitCode: 3 });
    const { exitCode, stderr } = await runCommand(words(`${START} --wait --notify false`), world);
    expect(exitCode).toBe(0);
    expect(told.length).toBeGreaterThan(2);
    expect(stderr.match(/warning: --notify failed/g)).toHaveLength(1);
    expect(stderr).toContain("the command ended with exit code 3; the rotation is not affected");
  });

  it("notifies of an error that stopped the run, and of how to continue", async () => {
    const site = await siteWorld({ settings });
    const { world, told } = listening(site);
    let calls = 0;
    const cloud: MemoryWorld["cloud"] = async (options) => {
      const real = await world.cloud(options);
      return {
        ...real,
        controlPlane: new Proxy(real.controlPlane, {
          get(plane, name) {
            if (name !== "updateKeyGroup") return Reflect.get(plane, name, plane);
            calls += 1;
            throw new RemoteError("ERR_REMOTE", "CloudFront answered 500 every time");
          },
        }),
      };
    };
    const { exitCode } = await runCommand(words(`${START} --wait --notify cat`), { ...world, cloud });
    expect([calls > 0, exitCode]).toEqual([true, 6]);
    expect(told.at(-1)).toMatchObject({
      event: "stopped",
      error: { code: "ERR_REMOTE" },
      next: ["keyturn rotate status", "keyturn rotate resume --gate demo --wait"],
    });
  });
});

describe("--notify-url", () => {
  it("posts the JSON, from the option or from KEYTURN_NOTIFY_URL", async () => {
    const site = await siteWorld({ settings });
    const { world, posted } = listening(site);
    const env = { ...world.env, KEYTURN_NOTIFY_URL: HOOK };
    expect((await runCommand(words(`${START} --wait`), { ...world, env })).exitCode).toBe(0);
    expect(posted.length).toBeGreaterThan(2);
    expect(posted[0]).toMatchObject({
      method: "POST",
      url: HOOK,
      headers: [["content-type", "application/json"]],
      timeout: 10,
    });
  });

  it.each([
    [500, "hooks.example.com answered 500"],
    [0, "no answer from hooks.example.com"],
  ])("warns once if the answer is %s, without the path, which is a secret", async (status, says) => {
    const { world } = listening(await siteWorld({ settings }), { status });
    const { exitCode, stderr } = await runCommand(words(`${START} --wait --notify-url ${HOOK}`), world);
    expect(exitCode).toBe(0);
    expect(stderr.match(/warning: --notify-url failed/g)).toHaveLength(1);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain("secret-part");
  });

  it.each(["ftp://example.com", "hooks"])("refuses %s before anything starts", async (url) => {
    const { world } = listening(await siteWorld({ settings }));
    const ran = await runCommand(words(`${START} --notify-url ${url}`), world);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain("is not an http or https URL [ERR_USAGE]");
    expect((await runCommand(words("rotate status --gate demo"), world)).stdout).toContain(
      "has never been rotated",
    );
  });
});

describe("the notification's JSON Schema", () => {
  it("has its published shape", () => {
    const fixture = new URL("../fixtures/json-schemas.json", import.meta.url);
    expect(notificationSchema()).toEqual(JSON.parse(readFileSync(fixture, "utf8")).notification);
  });

  it("is printed by config schema", async () => {
    const { stdout } = await runCommand(words("config schema notification"), (await siteWorld()).direct());
    expect(JSON.parse(stdout)).toEqual(notificationSchema());
  });

  it("accepts each event", () => {
    const record = { gate: "a", rotation: "r", goal: "abort", mode: "normal", startedBy: {} } as const;
    const error = new RemoteError("ERR_THROTTLED", "slow down", ["keyturn rotate status", "wait"]);
    for (const event of [
      { event: "halted", stage: "trust-proven", halt: "trust-not-proven", message: "m", next: ["a b"] },
      { event: "wait-over", stage: "trust-proven" },
      { event: "finished", outcome: "aborted" },
      { event: "stopped", error },
    ] as const) {
      const made = notificationOf(record, event, 1_800_000_000);
      expect(validate(JSON.parse(JSON.stringify(made))), event.event).toBe(true);
    }
  });
});
