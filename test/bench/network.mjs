// Commands that talk, against what people use instead: the key API against the AWS CLI, a probe against curl, a rotation
// against the waits that its guards demand, and the sandbox's edge against a bare server.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { interleave, ratio, wallTime } from "./interleaved.mjs";
import { bareServer, cpuSeconds, load } from "./load.mjs";
import { allowHttp, startSandbox } from "./sandbox.mjs";

const AWS = "/usr/bin/aws";

export const networkFigures = [
  { id: "keys-list", take: takeKeysList },
  { id: "rotation", take: takeRotation },
  { id: "edge", take: takeEdge },
];

async function takeKeysList({ short, keyturn }) {
  const bound = { what: "aws cloudfront list-public-keys / keyturn keys list", bound: "at least", target: 4 };
  if (!existsSync(AWS)) return [{ ...bound, notMeasured: `needs ${AWS}` }];
  const { env, stop } = await startSandbox(keyturn);
  // The CA is for the edge alone: NODE_EXTRA_CA_CERTS would only slow the start.
  const { NODE_EXTRA_CA_CERTS: _, ...withoutCa } = env;
  const list = [AWS, "cloudfront", "list-public-keys", "--endpoint-url", env.AWS_ENDPOINT_URL_CLOUDFRONT];
  try {
    const samples = await interleave(
      {
        aws: () => wallTime({ command: list, env: withoutCa }),
        keyturn: () => wallTime({ command: [process.execPath, keyturn, "keys", "list"], env: withoutCa }),
      },
      short ? 1 : 11,
    );
    return [{ ...bound, ...ratio(samples, "aws", "keyturn") }];
  } finally {
    await stop();
  }
}

/** A whole rotation may take the waits that its guards demand, and five seconds. */
async function takeRotation({ keyturn, short }) {
  const flags = [
    "--propagation",
    `${PROPAGATION}s`,
    "--cookie-ttl",
    short ? "2s" : "6s",
    "--signer-cache",
    "2s",
  ];
  const { env, stop } = await startSandbox(keyturn, ...flags);
  try {
    const command = [process.execPath, keyturn, "rotate", "start", "--wait", "--yes", "--json"];
    const started = process.hrtime.bigint();
    const { stderr, status } = spawnSync(command[0], command.slice(1), { env: { ...process.env, ...env } });
    const took = Number(process.hrtime.bigint() - started) / 1e9;
    if (status !== 0) throw new Error(`the rotation ended with ${status}: ${stderr}`);
    const waits = sumOfWaits(env);
    const what = "rotation in the sandbox / the waits it must keep + 5 s";
    return [
      {
        what,
        bound: "at most",
        target: 1,
        measured: took,
        reference: waits + 5,
        ratio: took / (waits + 5),
        spread: 0,
        rounds: 1,
      },
    ];
  } finally {
    await stop();
  }
}

/** Seconds until a change has reached the sandbox's last edge location. */
const PROPAGATION = 2;

/**
 * Twice the edge learns and is asked for the settle time and the skew of two clocks; between them the drain: the
 * signers' cache, the longest cookie, the skew.
 */
function sumOfWaits({ KEYTURN_CONFIG, KEYTURN_GATE }) {
  const { rotation, signer, cookie } = parse(readFileSync(KEYTURN_CONFIG, "utf8")).gates[KEYTURN_GATE];
  const seconds = (text) => Number(/^(\d+)s$/.exec(text)?.[1] ?? Number.NaN);
  const proof = PROPAGATION + seconds(rotation.settle) + seconds(rotation.skew);
  return 2 * proof + seconds(signer.cacheTtl) + seconds(cookie.maxTtl) + seconds(rotation.skew);
}

/**
 * Requests a second of one core, from the CPU time of the server's process: what the client costs does not count. The
 * first round warms every contender up, with cookies of its own: a server in use has compiled what it runs.
 */
async function takeEdge({ short, keyturn }) {
  const { env, pid, stop } = await startSandbox(keyturn, "--cookie-ttl", "1h");
  const bare = await bareServer();
  try {
    const site = await allowHttp(env);
    const [count, rounds] = short ? [200, 1] : [2500, 5];
    const distinct = mintedCookies(keyturn, env, `${site}/media/*`, count * (rounds + 1));
    const [any] = distinct;
    const perCpuSecond = async (process_, url, cookies) => {
      const before = cpuSeconds(process_);
      await load(url, cookies, count);
      return count / (cpuSeconds(process_) - before);
    };
    const page = `${site}/media/keyturn-canary`;
    const samples = await interleave(
      {
        bare: () => perCpuSecond(bare.pid, bare.url, [any]),
        distinct: () => perCpuSecond(pid, page, distinct.splice(0, count)),
      },
      rounds,
    );
    return [
      {
        what: "sandbox edge, distinct RSA cookies / bare node:http",
        bound: "at least",
        target: 0.2,
        ...ratio(samples, "distinct", "bare"),
      },
    ];
  } finally {
    await bare.stop();
    await stop();
  }
}

/** Cookie headers of one key and one lifetime, each signed by itself. */
function mintedCookies(keyturn, env, resource, amount) {
  const command = [keyturn, "mint", "--resource", resource, "--ttl", "50m", "--count", String(amount)];
  const { stdout, stderr, status } = spawnSync(process.execPath, command, {
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`mint ended with ${status}: ${stderr}`);
  const sets = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return sets.map((set) =>
    Object.entries(set)
      .map(([name, value]) => `${name}=${value}`)
      .join("; "),
  );
}
