/** A sandbox site and an operator whose secrets are all known: planted beforehand, or recorded when created. */
import { unzipSync } from "fflate";
import type { CloudClientOptions } from "../../src/adapters/aws/client-settings.ts";
import { awsCloud } from "../../src/adapters/aws/cloud.ts";
import { awsEngineCloud } from "../../src/adapters/aws/engine-cloud.ts";
import { awsLogCloud } from "../../src/adapters/aws/log-cloud.ts";
import { readPrivateKey } from "../../src/keys/pem.ts";
import { mintCookies } from "../../src/mint/mint.ts";
import { cookiePairs } from "../../src/mint/write.ts";
import { runProgram } from "../../src/program.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { DEMO_USERS } from "../../src/sandbox/origin/sessions.ts";
import { apiHandler } from "../../src/sandbox/sandbox.ts";
import { createSite, type Site, type SiteOptions } from "../../src/sandbox/site.ts";
import { inProcessViewer } from "../../src/sandbox/viewer/in-process.ts";
import type { WireHandler } from "../../src/sandbox/wire.ts";
import { Sealed } from "../../src/sealed.ts";
import type { CloudOptions } from "../../src/seams/cloud.ts";
import type { Programs } from "../../src/seams/programs.ts";
import type { Viewer, ViewerResponse } from "../../src/seams/viewer.ts";
import { httpDate } from "../fakes/http-date.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { type MemoryWorld, memoryWorld, type Ran, runCommand } from "../fakes/memory-world.ts";
import { sdkOverWire } from "../fakes/sdk-over-wire.ts";
import { seededRandom } from "../fakes/seeded-random.ts";
import { fewKeyPairs } from "../sandbox/demo-site.ts";
import { Planted } from "./planted.ts";
import { spoiledAnswer, spoiledCall } from "./spoiled.ts";

const PASSPHRASE = "tide-and-time-wait-for-no-key";
const AWS_SECRET = "wJalrXUtnFEMIcanaryEXAMPLEKEY0123456789";
const AWS_TOKEN = "canary-session-token-of-the-operator-0123456789";
const BEARER = "canary-bearer-token-of-a-viewer-0123456789";
const FILE = "/media/film.txt";

export interface StageOptions {
  readonly site?: Partial<SiteOptions>;
  /** Changes to the site before any command. */
  readonly before?: (site: Site) => void | Promise<void>;
  /** Differences from the sandbox's own keyturn.yaml. */
  readonly yaml?: (yaml: string, pem: string) => string;
  /** The edge and the application answer with everything that they received, as a debug page does. */
  readonly echo?: boolean;
  /** AWS's names, comments and messages, and the edge's headers and bodies, contain terminal control sequences. */
  readonly spoiled?: boolean;
  readonly answers?: readonly string[];
  /** Runs as a step of GitHub Actions, where findings are annotated and summarized. */
  readonly isInActions?: boolean;
}

export interface CanaryStage {
  readonly planted: Planted;
  /** `@cookie`, `@pem` and the like stand for planted values, which may contain spaces. */
  run(line: string): Promise<Ran>;
  /** Everything that a command leaves except stdout and stderr, by name. */
  traces(): Readonly<Record<string, string>>;
  readonly world: MemoryWorld;
}

export async function canaryStage(options: StageOptions = {}): Promise<CanaryStage> {
  const planted = new Planted();
  const clock = new ManualClock();
  const few = fewKeyPairs();
  const keyPairs: typeof few = {
    async generate(type) {
      const pair = await few.generate(type);
      planted.key(pair.privateKey);
      return pair;
    },
  };
  const site = await createSite({ clock, random: seededRandom(7), keyPairs, ...options.site });
  const secret = JSON.parse(site.account.secrets.text(DEMO.secret) ?? "{}") as Record<string, string>;
  const { privateKey = "", keyPairId = "" } = secret;
  for (const { password } of DEMO_USERS) planted.value(password, "password");
  for (const each of [PASSPHRASE, "not-the-password-of-guest"]) planted.value(each, "password");
  for (const each of [AWS_SECRET, AWS_TOKEN]) planted.value(each, "AWS key");
  planted.value(BEARER, "session");
  await options.before?.(site);

  const told: string[] = [];
  const handler = learning(apiHandler(site), planted, told);
  const seen: WireHandler = options.spoiled ? async (call) => spoiledCall(await handler(call)) : handler;
  const honest = recordingViewer(inProcessViewer(site, handler), planted, options.echo === true);
  const viewer: Viewer = options.spoiled
    ? { send: async (...asked) => spoiledAnswer(await honest.send(...asked)) }
    : honest;
  const programs: Programs = {
    run: async (program, args, extra) => {
      told.push([program, ...args].join("\n"));
      learnCookies(extra.reveal().replaceAll("\t", "="), planted);
      return 0;
    },
    output: async (program, args) => {
      told.push([program, ...args].join("\n"));
      return new Sealed("guest\nguest-in-the-sandbox\n");
    },
  };
  const env = {
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: AWS_SECRET,
    AWS_SESSION_TOKEN: AWS_TOKEN,
    AWS_REGION: site.account.region,
    SIGNING_KEY: privateKey.replaceAll("\n", "\\n"),
    HALF_A_KEY: privateKey.slice(0, 900),
    ...(options.isInActions && { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: "summary.md" }),
  };
  const base = memoryWorld({
    ...{ clock, env, viewer, programs, stdin: privateKey },
    ...(options.answers && { answers: options.answers }),
  });
  const cached: string[] = [];
  const overWire = (options: CloudOptions): [CloudOptions, CloudClientOptions] => [
    { region: site.account.region, ...options, endpointUrl: "http://sandbox.invalid" },
    { ...base, env, requestHandler: sdkOverWire(seen) as never, undated: () => httpDate(clock.now()) },
  ];
  const world: MemoryWorld = {
    ...base,
    keyPairs,
    cache: {
      read: async () => undefined,
      write: async (name, text) => {
        cached.push(`${name}: ${text}`);
      },
    },
    keyturn: (argv, terminal) => runProgram(argv, { ...world, terminal }),
    cloud: (options) => awsCloud(...overWire(options)),
    logCloud: (options) => awsLogCloud(...overWire(options)),
    engineCloud: (options) => awsEngineCloud(...overWire(options)),
  };

  const key = readPrivateKey(privateKey).privateKey;
  const expires = Math.floor(clock.now()) + 600;
  const set = mintCookies({ resource: `${site.addresses.site}/*`, expires, hash: "SHA256", keyPairId }, key);
  const pairs = cookiePairs(set);
  const cookie = pairs.map(([name, value]) => `${name}=${value}`).join("; ");
  learnCookies(cookie, planted);
  const film = `${site.addresses.site}${FILE}`;
  const signed = `${film}?${pairs.map(([name, value]) => `${name.replace("CloudFront-", "")}=${value}`).join("&")}`;
  const request = `curl '${film}' -H 'cookie: ${cookie}; sid=${BEARER}' -H 'authorization: Bearer ${BEARER}'`;
  const locked = key.export({
    ...({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc" } as const),
    passphrase: PASSPHRASE,
  }) as string;
  for (const [name, content] of Object.entries({
    "keyturn.yaml": options.yaml?.(site.gateYaml, privateKey) ?? site.gateYaml,
    "key.pem": privateKey,
    "locked.pem": locked,
    "half.pem": privateKey.slice(0, 900),
    "no-lines.pem": privateKey.replaceAll("\n", " "),
    "key.json": JSON.stringify(secret),
    pass: `${PASSPHRASE}\n`,
    wrong: "not-the-password-of-guest\n",
    "guest.txt": "guest\nguest-in-the-sandbox\n",
    "stranger.txt": "guest\nnot-the-password-of-guest\n",
    "one-line.txt": "guest:guest-in-the-sandbox",
    "request.txt": request,
    "cookie.txt": `Cookie: ${cookie}; sid=${BEARER}`,
    "signed.txt": signed,
    "torn.txt": request.slice(0, -60),
    "torn.json": `{"cookies":[{"name":"CloudFront-Signature","value":"${pairs.at(-1)?.[1]}`,
    "answer.txt": `HTTP/1.1 403 Forbidden\nserver: CloudFront\n\n<Error><Code>MissingKey</Code></Error><p>${cookie}</p>`,
    "capture.har": JSON.stringify({ log: { entries: [harEntry(film, `${cookie}; sid=${BEARER}`)] } }),
  })) {
    base.files.put(name, content, 0o600);
  }
  const meant: Readonly<Record<string, string>> = {
    ...{ "@pem": privateKey, "@request": request, "@signed": signed, "@cookie": `Cookie: ${cookie}` },
    ...{ "@film": film, "@site": site.addresses.site, "@id": keyPairId, "@dist": site.ids.distributionId },
    "@version":
      Object.entries(site.account.secrets.stages(DEMO.secret)).find(([, stages]) =>
        stages.includes("AWSCURRENT"),
      )?.[0] ?? "",
  };
  const given = new Set(base.files.names());
  return {
    planted,
    world,
    run: async (line) => {
      const argv = line.split(" ").map((word) => word.replace(/@[a-z]+/, (name) => meant[name] ?? name));
      const ran = await runCommand(argv, world);
      // Cookies that mint made are known only from what it prints.
      if (argv.includes("mint")) learnCookies(ran.stdout, planted);
      return ran;
    },
    traces: () => ({
      ...Object.fromEntries(
        base.files.names().flatMap((name) => (given.has(name) ? [] : textsIn(name, base.files.bytes(name)))),
      ),
      journal: JSON.stringify(base.journal.entries),
      cache: cached.join("\n"),
      "an argument, the record or another call to AWS": told.join("\n"),
    }),
  };
}

/** A ZIP archive's files, and any other file itself. */
function textsIn(name: string, content: Uint8Array): [name: string, text: string][] {
  const files = name.endsWith(".zip") ? Object.entries(unzipSync(content)) : [];
  if (files.length > 0) return files.flatMap(([inside, bytes]) => textsIn(`${name}/${inside}`, bytes));
  return [[name, Buffer.from(content).toString("utf8")]];
}

/** Plants the secrets in calls to AWS, and records the requests that must not contain any. */
function learning(handler: WireHandler, planted: Planted, told: string[]): WireHandler {
  return async (request) => {
    const body = Buffer.from(request.body).toString("utf8");
    const isSecretValue = body.includes('"SecretString"') && !body.includes(".keyturn");
    if (!isSecretValue && !body.includes("OriginCustomHeader")) told.push(`${request.target}\n${body}`);
    learnSecret(body, planted);
    const answer = await handler(request);
    const text = Buffer.from(answer.body).toString("utf8");
    learnSecret(text, planted);
    for (const [, value] of text.matchAll(/<HeaderValue>([^<]+)</g)) planted.value(value, "origin header");
    return answer;
  };
}

function learnSecret(body: string, planted: Planted): void {
  if (!body.includes("SecretString")) return;
  const { SecretString } = JSON.parse(body) as { SecretString?: string };
  planted.keysIn((SecretString ?? "").replaceAll("\\n", "\n"));
}

/** Plants the secrets that viewers send and receive. With `echo`, responses repeat the whole request. */
export function recordingViewer(inner: Viewer, planted: Planted, echo: boolean): Viewer {
  return {
    async send(request, signal) {
      for (const [name, value] of request.headers) {
        if (name.toLowerCase() === "cookie") learnCookies(value, planted);
        if (name.toLowerCase() === "authorization") planted.value(value.replace(/^Bearer /, ""), "session");
      }
      learnCookies(request.url, planted);
      const answer = await inner.send(request, signal);
      for (const [name, value] of answer.headers) if (name === "set-cookie") learnCookies(value, planted);
      const { token } = /"token":"(?<token>[^"]+)"/.exec(Buffer.from(answer.body).toString())?.groups ?? {};
      planted.value(token, "session");
      return echo ? echoed(answer, request) : answer;
    },
  };
}

function echoed(answer: ViewerResponse, request: { readonly headers: unknown; readonly body?: unknown }) {
  if (answer.status < 400 && !String(request.body).includes("password")) return answer;
  const dump = JSON.stringify({ headers: request.headers, body: String(request.body) });
  const headers = [...answer.headers, ["x-debug", dump] as const, ["x-cache", `Error from ${dump}`] as const];
  return {
    ...answer,
    status: Math.max(answer.status, 400),
    headers,
    body: Buffer.from(`<Code>${dump}</Code>`),
  };
}

function learnCookies(text: string, planted: Planted): void {
  for (const [, name, value = ""] of text.matchAll(/\b(Policy|Signature)["']?[=:]\s*["']?([^;&\s"',]+)/g)) {
    if (name === "Signature") planted.signature(value);
    else planted.value(value, "cookie");
  }
}

const harEntry = (url: string, cookie: string) => ({
  request: { method: "GET", url, headers: [{ name: "cookie", value: cookie }], cookies: [] },
  response: { status: 403, headers: [], content: {} },
  startedDateTime: "2027-01-15T08:00:00.000Z",
});
