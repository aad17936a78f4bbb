/**
 * Scenario texts: what a person types, with stdout, stderr and exit code together. `KEYTURN_UPDATE=1` writes what is
 * printed now; read the diff. Lines with `%` are events in the world, lines with `$` are typed, and `2>` marks stderr.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InterruptError, RemoteError } from "../../src/errors.ts";
import { runProgram } from "../../src/program.ts";
import { commentWithEpoch, gateMark } from "../../src/rotation/group-comment.ts";
import { HALT_REASONS } from "../../src/rotation/next.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { EDGE_FAULTS } from "../../src/sandbox/edge/edge-faults.ts";
import { deleteSecret } from "../../src/sandbox/secrets/lifecycle.ts";
import { editGroup } from "../../src/sandbox/third-party.ts";
import { type MemoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { directCloud } from "../rotation/direct-cloud.ts";
import { sessionOf } from "../rotation/session-of.ts";
import { instantKeyPairs, type SiteWorld, siteWorld, viewerOf } from "../rotation/site-world.ts";

const FOLDER = join(import.meta.dirname, "rotate");
const FAMILIES = ["ok", "findings", "refused", "interrupted"] as const;

interface Stage {
  readonly world: SiteWorld;
  operator: MemoryWorld;
}

/** What can happen to the world between two commands. */
const HAPPENS: Readonly<Record<string, (stage: Stage, rest: string) => Promise<void> | void>> = {
  /** Lets that many seconds pass. */
  wait: ({ world }, seconds) => world.clock.advance(Number(seconds)),
  /** The next command is run by somebody else, from an empty folder. */
  "another operator": (stage) => {
    stage.operator = stage.world.operator();
  },
  /** Somebody writes the first value of the secret again with a plain PutSecretValue. */
  "old value is put": ({ world }) => {
    const { secrets } = world.site.account;
    secrets.put(DEMO.secret, secrets.text(DEMO.secret, "AWSPREVIOUS") ?? "");
  },
  "stranger's key is put": ({ world }) => {
    world.site.account.secrets.put(DEMO.secret, '{"keyPairId":"KSTRANGER00000","privateKey":"none"}');
  },
  /** Somebody takes the last key out of the group. */
  "new key is taken out": ({ world }) => {
    const { keyGroups } = world.site.account.cloudFront;
    const { id, etag, config } = keyGroups.get(world.site.ids.keyGroupId);
    keyGroups.update(id, etag, { ...config, items: config.items.slice(0, -1) });
  },
  "credentials expire at": ({ world }, operation) => {
    const on = operation.includes("Secret") ? "secretsmanager" : "cloudfront";
    world.site.account.faults.order({ on, operation, kind: "expired-credentials", times: 1 });
  },
  /** `600 s behind`: from now on, according to the Date of its responses. */
  "Secrets Manager's clock is": ({ world }, how) => {
    const [seconds = "0", , direction] = how.split(" ");
    world.site.account.faults.order({
      on: "secretsmanager",
      kind: "misdated",
      times: Number.POSITIVE_INFINITY,
      seconds: direction === "behind" ? -Number(seconds) : Number(seconds),
    });
  },
  "all clocks are right again": ({ world }) => world.site.account.faults.clear(),
  /** SIGINT arrives while that call is in flight; the call still gets its answer. */
  "interrupt during": (stage, operation) => {
    const { world } = stage;
    let isDone = false;
    const operator: MemoryWorld = world.operator();
    world.site.account.faults.onCall(({ operation: called, moment }) => {
      if (moment !== "before" || stage.operator !== operator) return;
      if (isDone) throw new Error(`${called} was begun after the interrupt`);
      if (called !== operation) return;
      isDone = true;
      operator.interruptNow(new InterruptError("SIGINT"));
    });
    stage.operator = operator;
  },
  "interrupt in the wait": (stage) => {
    const operator = stage.world.operator();
    stage.operator = operator;
    void stage.world.clock.sleep(20).then(() => operator.interruptNow(new InterruptError("SIGINT")));
  },
  "settings are": () => {},
  /** Turns on a fault of the sandbox's edge or application, by name. */
  "switch on": ({ world }, id) => switchesOf(world, id).turn(id, true),
  "switch off": ({ world }, id) => switchesOf(world, id).turn(id, false),
  "a replica of the secret fails": ({ world }) => {
    const { secrets } = world.site.account;
    const { registry } = secrets;
    const secret = registry.findWritable(DEMO.region, DEMO.secret);
    registry.save({ ...secret, replicas: [{ region: "eu-central-1" }] });
    const message = "the KMS key of the replica is disabled";
    secrets.holdReplica(DEMO.secret, "eu-central-1", { status: "Failed", message });
  },
  "the replica is repaired": ({ world }) => {
    world.site.account.secrets.holdReplica(DEMO.secret, "eu-central-1", undefined);
  },
  /** From now on the operator has a session for the mint endpoint. */
  "the mint endpoint can be asked": async (stage) => {
    const { world } = stage;
    const KEYTURN_MINT_HEADERS = await sessionOf(world);
    const env = { AWS_REGION: world.site.account.region, USER: "operator" };
    stage.operator = world.operator({ env: { ...env, KEYTURN_MINT_HEADERS } });
  },
  "signers keep the key that they have": async ({ world }) => {
    for (const signer of world.site.signers) await signer.key();
    world.site.switches.application.turn("signer-until-restart", true);
  },
  "signers are deployed with": ({ world }, stage) => {
    const { items } = world.site.account.cloudFront.keyGroups.get(world.site.ids.keyGroupId).config;
    world.site.deployKeyPairId(items.at(-1) ?? "", stage);
  },
  "somebody removes the versions that keyturn stored": ({ world }) => {
    const { registry } = world.site.account.secrets;
    const secret = registry.findWritable(DEMO.region, DEMO.secret);
    registry.save({ ...secret, versions: secret.versions.slice(0, 1) });
  },
  "the canary's host is gone": (stage) => {
    stage.operator = withoutHost(stage.world, stage.world.site.gateYaml);
  },
  "keyturn.yaml has the canary on another host": (stage) => {
    const { gateYaml } = stage.world.site;
    stage.operator = withoutHost(
      stage.world,
      gateYaml.replace(/(canaries:\n.*?: https:\/\/)app\./, "$1alt."),
    );
  },
  "the Comment carries epoch 9 of the gate": ({ world }) => {
    const { account, ids } = world.site;
    const { arn } = account.secrets.registry.findPrimary(DEMO.region, DEMO.secret);
    const { etag, config } = account.cloudFront.keyGroups.get(ids.keyGroupId);
    const comment = commentWithEpoch(config.comment, gateMark(arn), 9);
    account.cloudFront.keyGroups.update(ids.keyGroupId, etag, { ...config, comment });
  },
  "somebody rotates by hand": async ({ world }) => {
    const { account, ids } = world.site;
    const { privateKey, publicKey } = await instantKeyPairs.generate("ecdsa-p256");
    const uploaded = uploadByHand(account, publicKey.export({ type: "spki", format: "pem" }));
    editGroup(account, ids.keyGroupId, (items) => [...items, uploaded]);
    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
    account.secrets.put(DEMO.secret, JSON.stringify({ keyPairId: uploaded, privateKey: pem }));
  },
  "somebody replaces every key by their own": async ({ world }) => {
    const { account, ids } = world.site;
    const { publicKey } = await instantKeyPairs.generate("ecdsa-p256");
    const uploaded = uploadByHand(account, publicKey.export({ type: "spki", format: "pem" }));
    const { items } = account.cloudFront.keyGroups.get(ids.keyGroupId).config;
    editGroup(account, ids.keyGroupId, () => [uploaded]);
    const { publicKeys } = account.cloudFront;
    for (const id of items) publicKeys.delete(id, publicKeys.get(id).etag);
  },
  "somebody deletes the public key that is": ({ world }, which) => {
    const { account, ids } = world.site;
    const { publicKeys } = account.cloudFront;
    const { items } = account.cloudFront.keyGroups.get(ids.keyGroupId).config;
    const gone = (which === "new" ? items.at(-1) : items[0]) as string;
    editGroup(account, ids.keyGroupId, () => items.filter((id) => id !== gone));
    publicKeys.delete(gone, publicKeys.get(gone).etag);
  },
  "somebody switches managed rotation on": ({ world }) => {
    const { registry } = world.site.account.secrets;
    const secret = registry.findWritable(DEMO.region, DEMO.secret);
    const lambdaArn = "arn:aws:lambda:us-east-1:111122223333:function:rotate";
    registry.save({
      ...secret,
      rotation: { enabled: true, lambdaArn, rules: { automaticallyAfterDays: 30 } },
    });
  },
  "somebody force-deletes the record": ({ world }) => {
    const { registry } = world.site.account.secrets;
    deleteSecret(registry, DEMO.region, `${DEMO.secret}.keyturn`, { isForced: true });
  },
  "managed rotation is cancelled": ({ world }) => {
    const { registry } = world.site.account.secrets;
    const { rotation: _, ...secret } = registry.findWritable(DEMO.region, DEMO.secret);
    registry.save(secret);
  },
  /** Somebody else starts in the same second, between this command's plan and its record. */
  "somebody else starts at the same moment": (stage) => {
    const { world } = stage;
    let isLate = false;
    stage.operator = world.operator({
      cloud: directCloud(world.site, async (operation, _kind, call) => {
        if (operation === "CreateSecret" && !isLate) {
          isLate = true;
          const start = words("rotate start --gate demo --yes --key-type ecdsa-p256 --until key-stored");
          expect(await runProgram(start, world.direct())).toBe(8);
        }
        return call();
      }),
    });
  },
};

/** The application's first host stops answering. */
function withoutHost(world: SiteWorld, gateYaml: string): MemoryWorld {
  const viewer = viewerOf(world.site.handlers.edge, world.clock);
  const gone = new URL(world.site.addresses.site).hostname;
  return world.operator({
    files: { "keyturn.yaml": gateYaml },
    viewer: {
      send: async (request, signal) => {
        if (new URL(request.url).hostname !== gone) return viewer.send(request, signal);
        throw new RemoteError("ERR_UNREACHABLE", `no answer from ${gone}`);
      },
    },
  });
}

function switchesOf({ site }: SiteWorld, id: string) {
  return id in EDGE_FAULTS ? site.switches.edge : site.switches.application;
}

function uploadByHand({ cloudFront }: SiteWorld["site"]["account"], encodedKey: string | Buffer): string {
  const config = { callerReference: "by hand", name: "by-hand", encodedKey: String(encodedKey), comment: "" };
  return cloudFront.publicKeys.create(config).id;
}

async function play(source: string): Promise<string> {
  const settings = /^% settings are (.*)$/m.exec(source)?.[1];
  const world = await siteWorld({
    settings: {
      cookieTtl: 30,
      signerCache: 10,
      settle: 8,
      ...(settings === undefined ? {} : JSON.parse(settings)),
    },
  });
  const stage: Stage = { world, operator: world.operator() };
  const played: string[] = [];
  for (const line of source.split("\n")) {
    if (line.startsWith("#")) played.push(line);
    if (line.startsWith("% ")) {
      played.push("", line);
      const name = Object.keys(HAPPENS).find((each) => line.slice(2).startsWith(each));
      if (name === undefined) throw new Error(`nothing happens like: ${line}`);
      await HAPPENS[name]?.(stage, line.slice(2 + name.length).trim());
    }
    if (!line.startsWith("$ keyturn ")) continue;
    const { stdout, stderr, exitCode } = await runCommand(words(line.slice(2)), stage.operator);
    const errors = stderr
      .trimEnd()
      .split("\n")
      .filter((each) => each !== "")
      .map((each) => `2> ${each}`);
    played.push(
      "",
      line,
      ...stdout
        .trimEnd()
        .split("\n")
        .filter((each, _, all) => each !== "" || all.length > 1),
      ...errors,
      `exit ${exitCode}`,
    );
  }
  return `${played.join("\n").replaceAll(/SHA256:[A-Za-z0-9+/]{43}/g, "SHA256:(fingerprint)")}\n`;
}

describe("scenarios/rotate", () => {
  it("has a text for every halt reason", () => {
    const texts = readdirSync(join(FOLDER, "refused")).map((file) =>
      readFileSync(join(FOLDER, "refused", file), "utf8"),
    );
    for (const reason of HALT_REASONS) {
      expect(
        texts.filter((each) => /^exit 7$/m.test(each) && each.includes(` (${reason}): `)).length,
        reason,
      ).toBeGreaterThan(0);
    }
  });
});

for (const family of FAMILIES) {
  describe(`scenarios/rotate/${family}`, () => {
    for (const file of readdirSync(join(FOLDER, family)).sort()) {
      it(file.replace(/\.txt$/, "").replaceAll("-", " "), async () => {
        const path = join(FOLDER, family, file);
        const source = readFileSync(path, "utf8");
        const played = await play(source);
        if (process.env.KEYTURN_UPDATE) writeFileSync(path, played);
        expect(played).toBe(process.env.KEYTURN_UPDATE ? played : source);
      });
    }
  });
}
