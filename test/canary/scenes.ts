/** The commands of the canary test: every command, with success and failure. A command in no scene fails the test. */
import { parseGates } from "../../src/gates/read.ts";
import { COOKIE_FORMATS } from "../../src/mint/write.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import type { InjectedFault } from "../../src/sandbox/faults.ts";
import type { Site } from "../../src/sandbox/site.ts";
import { unattendedFolder } from "../../src/unattended/folder.ts";
import { functionPackage } from "../../src/unattended/package.ts";
import { TURN_CODE } from "../fakes/memory-world.ts";
import type { SecretKind } from "./planted.ts";
import type { StageOptions } from "./stage.ts";

export interface Scene {
  readonly name: string;
  /** Run one after the other in the same world. */
  readonly lines: readonly string[];
  readonly stage?: StageOptions;
  /** Requested files, with their allowed content. */
  readonly asked?: Readonly<Record<string, readonly SecretKind[]>>;
}

const fault = (order: InjectedFault) => ({ before: (site: Site) => void site.account.faults.order(order) });
const always = Number.POSITIVE_INFINITY;
const denied = (on: "cloudfront" | "secretsmanager") => fault({ on, kind: "access-denied", times: always });
const putSecret = (change: (value: string) => string): StageOptions => ({
  before: ({ account: { secrets } }) => {
    secrets.put(DEMO.secret, change(secrets.text(DEMO.secret) ?? ""));
  },
});
const turn = (...ids: string[]) => ({
  before: ({ switches: { edge, application } }: Site) => {
    for (const id of ids)
      (id in Object.fromEntries(edge.labels) ? edge : application).turn(id as never, true);
  },
});
/** Deploys the state machine, with a confirmed subscriber and a waiting execution. */
function deployed({ account: { engine }, gateYaml }: Site): void {
  const folder = unattendedFolder({
    ...{ format: "cfn", gates: [...parseGates(gateYaml, "keyturn.yaml").values()], keyturnYaml: gateYaml },
    ...{ handler: TURN_CODE, name: "keyturn", every: 30 * 86_400, startAt: "rate(1 day)" },
  } as const);
  const template = Buffer.from(folder.get("template.json") ?? []).toString("utf8");
  engine.deploy(template, { codeSha256: functionPackage(TURN_CODE, gateYaml).sha256 });
  engine.confirmed = 1;
  const waiting = JSON.stringify({ why: "waiting", wakeAt: "2030-01-01T00:00:00Z" });
  Object.assign(engine.began("demo_start_1", "{}"), { at: { state: "Wait", type: "Wait", input: waiting } });
}
/** The file has the two fields swapped, so the key pair ID is the private key. */
const swapped: StageOptions = {
  yaml: (yaml) => yaml.replace(/fields: \{.*\}/, "fields: { privateKey: keyPairId, keyPairId: privateKey }"),
};
const byEndpoint = "--via-endpoint --gate demo --credentials";
const KEYS = [
  "--private-key key.pem",
  "--private-key -",
  "--private-key-env SIGNING_KEY",
  "--private-key locked.pem --passphrase-file pass",
  "--private-key no-lines.pem",
  `--secret ${DEMO.secret}`,
  "--gate demo",
];
/** Inputs other than the expected key, or more than the key. */
const WRONG_KEYS = [
  "--private-key @pem",
  "--private-key half.pem",
  "--private-key key.json",
  "--private-key-env @pem",
  "--private-key-env HALF_A_KEY",
  "--private-key locked.pem",
  "--private-key locked.pem --passphrase-file wrong",
  "--private-key key.pem --passphrase-file @pem",
  "--secret @pem",
  "--gate @pem",
  "--config key.pem --gate demo",
];
const SICK_SECRETS: Readonly<Record<string, StageOptions>> = {
  "fields are swapped": swapped,
  "value is cut off": putSecret((value) => value.slice(0, 700)),
  "value is a bare PEM": putSecret((value) => JSON.parse(value).privateKey),
  "key is cut off": putSecret((value) => {
    const fields = JSON.parse(value) as Record<string, string>;
    return JSON.stringify({ ...fields, privateKey: fields.privateKey?.slice(0, 900) });
  }),
  "key pair ID is the key": putSecret((value) => {
    const fields = JSON.parse(value) as Record<string, string>;
    return JSON.stringify({ ...fields, keyPairId: fields.privateKey });
  }),
};
/** Every command that reads the gate's key. */
const READERS = [
  "mint @film --gate demo",
  "curl @film --gate demo",
  "probe --gate demo --methods GET",
  "doctor @film request.txt",
  "audit --gate demo",
  "matrix --gate demo --probe",
  "inspect request.txt --gate demo",
  "config init --out -",
  "keys list",
  "rotate plan",
  "rotate start --yes",
  "rotate status",
];

export const SCENES: readonly Scene[] = [
  {
    name: "a keyturn.yaml with the key in place of the secret's name",
    lines: ["config check", ...READERS],
    stage: { yaml: (yaml, pem) => yaml.replace(/id: demo.*/, `id: ${JSON.stringify(pem)}`) },
  },
  ...KEYS.map((key) => ({
    name: `a key by ${key}`,
    lines: [
      `mint @film ${key} --key-pair-id @id`,
      `mint --resource @site/* ${key} --output out`,
      `curl @film ${key} -- -i`,
      `probe @film ${key} --methods GET`,
    ],
    asked: { out: ["cookie"] as const },
  })),
  ...WRONG_KEYS.map((key) => ({
    name: `a key by ${key}: a mistake`,
    lines: [`mint @film ${key}`, `curl @film ${key}`, `probe @film ${key} --key-pair-id @id`],
  })),
  ...Object.entries(SICK_SECRETS).map(([name, stage]) => ({
    name: `a secret whose ${name}`,
    lines: READERS,
    stage,
  })),
  ...(["cloudfront", "secretsmanager"] as const).map((on) => ({
    name: `no permission for ${on}`,
    lines: [
      ...READERS,
      "keys prune --yes",
      "keys match key.pem",
      "keys upload key.pem --yes",
      "iam --role minter",
    ],
    stage: denied(on),
  })),
  {
    name: "keys in files",
    lines: [
      "keys generate --out new.pem",
      "keys generate --out key.pem",
      "keys match key.pem",
      "keys match -",
      "keys match locked.pem --passphrase-file pass",
      "keys match locked.pem --passphrase-file wrong",
      "keys match half.pem",
      "keys match key.json",
      "keys match @pem",
      "keys upload new.pem --name spare --yes",
      "keys upload key.json --yes",
      "keys upload @pem --yes",
      "keys upload half.pem --yes",
      "keys list",
      "keys list @pem",
      "keys delete @id --yes",
      "keys delete @pem --yes",
      "keys delete spare --yes",
      "keys prune --dry-run",
      "keys prune --yes",
      "keys prune @pem",
    ],
    asked: { "new.pem": ["private key"] },
  },
  {
    name: "more options of mint",
    lines: [
      ...COOKIE_FORMATS.map((format) => `mint @film --gate demo --format ${format} --output ${format}`),
      "mint @film --gate demo --output key.pem",
      "mint @film --gate demo --logout",
      "mint @film --gate demo --count 2",
      "mint @film --gate demo --bad tampered-signature",
      "mint @signed --gate demo",
      'mint @film"x --gate demo',
      "mint @film --gate demo --key-pair-id @pem",
      "mint @pem --gate demo",
      `mint @film ${byEndpoint} guest.txt`,
      `mint @film ${byEndpoint} stranger.txt`,
      `mint @film ${byEndpoint} one-line.txt`,
      "mint @film --via-endpoint --gate demo --credentials-command cat",
      `curl @film ${byEndpoint} guest.txt`,
    ],
    asked: Object.fromEntries([...COOKIE_FORMATS, "curl.jar"].map((file) => [file, ["cookie"]])),
  },
  {
    name: "input copied from a browser",
    lines: [
      ...[
        "request.txt",
        "cookie.txt",
        "signed.txt",
        "torn.txt",
        "torn.json",
        "capture.har",
        "key.pem",
        "-",
      ].flatMap((file) => [
        `inspect ${file}`,
        `inspect ${file} --url @film --account`,
        `doctor @film ${file}`,
      ]),
      ...["@request", "@cookie", "@signed", "@pem"].flatMap((text) => [
        `inspect ${text}`,
        `inspect ${text} --public-key @pem`,
        `doctor @film ${text}`,
      ]),
      "inspect cookie.txt --url @film --public-key key.pem=@id",
      "inspect cookie.txt --url @film --response answer.txt",
      "inspect cookie.txt --url @signed",
      "doctor @signed",
      "doctor @film",
      "doctor @signed request.txt --no-fresh",
      "probe @signed --gate demo --methods GET",
    ],
  },
  {
    name: "a probe that writes reports",
    lines: [
      "probe --gate demo --http-port 8080 --report junit=probe.xml --report md=probe.md --report html=probe.html",
      "probe --gate demo --retired-key key.pem=@id",
      "probe --gate demo --retired-key @pem",
      "probe --gate demo --watch 5s --for 20s",
      "probe --gate demo --flow --credentials guest.txt --remint",
      "probe --gate demo --flow --credentials stranger.txt",
      "probe --gate demo --flow --credentials one-line.txt",
      "probe --gate demo --flow --credentials @pem",
      "probe --gate demo --flow --credentials-command cat",
      "audit --all --inventory --credentials guest.txt --report md=audit.md --report html=audit.html",
      "audit --gate demo --credentials stranger.txt --report md=stranger.md",
      "matrix --gate demo --probe",
      "matrix --gate nowhere",
      "triage --report md=triage.md --report html=triage.html",
      "triage --credentials guest.txt",
      "triage --timeout @pem",
    ],
    stage: { isInActions: true },
  },
  ...[[], ["waf-block"], ["origin-verification-skipped", "logout-forgets-signature"]].map((switches) => ({
    name: `an application that says everything back ${switches}`,
    lines: [
      "probe --gate demo --report junit=probe.xml --report md=probe.md",
      "probe --gate demo --watch 5s --for 20s",
      "probe --gate demo --flow --credentials guest.txt",
      `mint @film ${byEndpoint} guest.txt`,
      "audit --gate demo --credentials guest.txt --report md=audit.md",
      "doctor @film request.txt",
      "doctor @film",
      "matrix --gate demo --probe",
      "rotate start --gate demo --yes --wait",
      "rotate status --evidence md",
    ],
    stage: { echo: true, ...turn(...switches) },
  })),
  {
    name: "a rotation from plan to evidence",
    lines: [
      "rotate plan -o plan.json",
      "rotate plan -o plan.json",
      "rotate start plan.json --yes --ticket OPS-1 --until key-trusted",
      "rotate status",
      "rotate abort --dry-run",
      "rotate resume",
      "rotate resume --wait",
      "rotate status --evidence md",
      "rotate status --evidence json",
      "rotate status --evidence html",
      "rotate status --all",
      "rotate resume",
      "rotate start plan.json --yes",
      "keys prune --yes",
      "audit --gate demo",
    ],
  },
  {
    name: "a rotation that is aborted",
    lines: [
      "rotate start --yes --until key-trusted",
      "rotate abort --yes --wait",
      "rotate abort --yes",
      "rotate abort @pem",
      "rotate status",
    ],
  },
  {
    name: "a rotation whose plan is changed",
    lines: [
      "rotate amend --yes",
      "rotate start --yes --until key-trusted",
      "rotate amend --longest-life 3h --yes",
      "rotate amend --mint-endpoint @pem --yes",
      "rotate amend --canary @pem --yes",
      "rotate status",
    ],
  },
  {
    name: "every change to a gate's secret",
    lines: [
      "secret set-current @pem --yes",
      "secret set-current @version --yes",
      "secret store @pem --private-key key.pem --yes",
      "secret store fresh --private-key key.pem --yes",
      "secret restore @pem --yes",
      "secret restore --yes",
      "secret replicate @pem --yes",
      "secret replicate eu-central-1 --yes",
      "secret cancel-rotation @pem --yes",
      "secret cancel-rotation --yes",
      "secret release-labels @pem --yes",
      "secret release-labels --yes",
      "rotate history",
      "rotate history @pem",
      "logs where --gate demo",
      "logs where @pem",
      "unattended template --gate @pem -o elsewhere",
      "unattended template --gate demo -o @pem",
      "unattended template --gate demo -o deployed",
    ],
  },
  {
    name: "a deployment for unattended rotations",
    lines: [
      "unattended check",
      "unattended check --gate @pem",
      "unattended check --gate demo --name @pem",
      "unattended check --gate demo --start-at @pem",
    ],
    stage: { before: deployed },
  },
  {
    name: "key groups and their keys",
    lines: [
      "keys create-group @pem @id --yes",
      "keys create-group others @pem --yes",
      "keys create-group others @id --yes",
      "keys trust @pem --gate demo --yes",
      "keys trust @id --group others --yes",
      "keys untrust @id --gate demo --yes",
      "keys untrust @pem --gate demo --yes",
      "keys generate --out new.pem",
      "keys upload new.pub.pem --name fresh --yes",
      "keys trust fresh --gate demo --yes --no-proof",
      "keys untrust fresh --gate demo --yes --no-proof",
      "keys delete-group others --yes",
      "keys delete-group @pem --yes",
    ],
    asked: { "new.pem": ["private key"] },
  },
  {
    name: "the ID in a secret",
    lines: [
      "secret set-key-id --gate @pem --yes",
      "secret set-key-id --gate demo --dry-run",
      "secret set-key-id --gate demo --yes --no-proof",
    ],
    stage: putSecret((value) => value.replace(/"keyPairId":\s*"\w+"/, '"keyPairId":"KOTHER1234567"')),
  },
  {
    name: "a secret whose format cannot be written back",
    lines: [
      "secret rewrite --gate @pem --yes",
      "secret rewrite --gate demo --form @pem",
      "secret rewrite --gate demo --form sec1 --yes",
      "secret rewrite --gate demo --yes",
      "secret rewrite --gate demo --duplicates last --dry-run",
      "secret rewrite --gate demo --duplicates last --form pkcs8 --yes",
    ],
    stage: putSecret((value) =>
      value.replace(/(BEGIN .*?-----\\n.{9})/, "$1\\n").replace("{", '{"keyPairId":"KOTHER1234567",'),
    ),
  },
  {
    name: "a rotation of a leaked key",
    lines: ["rotate start --compromised --yes-cut-off-viewers --wait", "rotate status --evidence md"],
  },
  ...["CreatePublicKey", "UpdateKeyGroup", "PutSecretValue", "UpdateSecretVersionStage"].map((operation) => ({
    name: `a rotation that breaks at ${operation}`,
    lines: ["rotate start --yes --wait", "rotate status", "rotate resume --wait", "rotate status"],
    stage: fault({
      on: /Secret/.test(operation) ? "secretsmanager" : "cloudfront",
      ...{ operation, kind: "access-denied", times: 1 },
    }),
  })),
  {
    name: "settings",
    lines: [
      "config check",
      "config check --config key.pem",
      "config check --config key.json",
      "config check --config @pem",
      "config init --out draft.yaml",
      "config init --out keyturn.yaml",
      "config schema",
      "config schema mint",
      "config schema @pem",
      "iam --role rotator --gate demo",
      "iam --role minter --gate demo",
      "iam --role rotator --gate demo --kms-key @pem",
      "audit --checks",
      "explain blocked-by-waf",
      "explain @pem",
    ],
  },
  {
    name: "files that are not logs, and queries for Athena",
    lines: [
      "logs",
      "logs -",
      "logs denials - --gate demo",
      "logs request @cookie -",
      "logs @pem",
      "logs - --fields @pem",
      "logs denials --sql --engine athena",
      "logs --ddl",
    ],
  },
  {
    name: "pages",
    lines: [
      "runbook list",
      "runbook list @pem",
      "runbook show everyone-gets-403 --gate demo",
      "runbook show @pem",
      "runbook run resume-a-rotation --step status --gate demo --yes --transcript t.txt",
      "runbook run resume-a-rotation --step @pem --gate demo --yes",
      "help security",
      "help ERR_QUOTA",
      "help @pem",
      "help ERR_NOTHING",
      "completion bash",
      "completion @pem",
      "completion -- keyturn keys delete",
      "@pem",
    ],
  },
];
