// Bulk minting and key generation against openssl on the same core, and against the AWS signer as it is documented.
import { spawnSync } from "node:child_process";
import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { getSignedCookies } from "@aws-sdk/cloudfront-signer";
import { cpuTime, interleave, ratio, wallTime } from "./interleaved.mjs";
import { signingKey } from "./startup.mjs";

export const signingFigures = [
  { id: "mint-count", take: takeMintCount },
  { id: "mint-against-signer", take: takeMintAgainstSigner },
  { id: "keys-generate", take: takeGenerate },
];

const ONE_CORE = ["taskset", "-c", "0"];

/** Signatures a second of RSA 2048: of CPU time, unless told `-elapsed`. */
function opensslSpeed(seconds, prefix, ...flags) {
  const speed = ["openssl", "speed", "-mr", "-seconds", String(seconds), ...flags, "rsa2048"];
  const [file, ...args] = [...prefix, ...speed];
  const { stdout } = spawnSync(file, args, { encoding: "utf8" });
  const line = stdout.split("\n").find((each) => each.startsWith("+F2:"));
  if (line === undefined) throw new Error(`openssl speed said nothing of rsa2048: ${stdout}`);
  return Number(line.split(":")[3]);
}

function mintCommand({ keyturn, key, count, prefix = [] }) {
  const mint = ["mint", "https://app.example.com/*", "--private-key", key, "--key-pair-id", "K2JCJMDEHXQW5F"];
  const flags = ["--ttl", "1h", "--offline", "--count", String(count)];
  return { command: [...prefix, process.execPath, keyturn, ...mint, ...flags] };
}

/** Sets for each second of CPU time, the start and all threads of the process included. */
const setsOfOneCore = (mint) => mint.count / cpuTime(mintCommand({ ...mint, prefix: ONE_CORE })).cpu;
const setsOfAllCores = (mint) => (mint.count / wallTime(mintCommand(mint))) * 1000;

async function takeMintCount({ folder, short, keyturn }) {
  const mint = { key: signingKey(folder, keyturn), count: short ? 200 : 20_000, keyturn };
  const seconds = short ? 1 : 3;
  const one = await interleave(
    { mint: () => setsOfOneCore(mint), openssl: () => opensslSpeed(seconds, ONE_CORE) },
    short ? 1 : 3,
  );
  const rows = [
    {
      what: "mint --count 20000, one core / openssl speed rsa2048, CPU time",
      bound: "at least",
      target: 0.85,
      ...ratio(one, "mint", "openssl"),
    },
  ];
  const all = {
    what: "mint --count 20000, all cores / openssl speed -multi",
    bound: "at least",
    target: 0.8,
  };
  const cores = availableParallelism();
  const multi = () => opensslSpeed(seconds, [], "-elapsed", "-multi", String(cores));
  const gate = () => multi() / opensslSpeed(seconds, ONE_CORE, "-elapsed");
  const scales = (read) => read >= 0.9 * cores;
  const before = gate();
  if (!scales(before)) return [...rows, { ...all, notMeasured: scaling(cores, before) }];
  const both = await interleave({ mint: () => setsOfAllCores(mint), openssl: multi }, short ? 1 : 3);
  const after = gate();
  const row = scales(after) ? ratio(both, "mint", "openssl") : { notMeasured: scaling(cores, before, after) };
  return [...rows, { ...all, ...row }];
}

const scaling = (cores, ...read) =>
  `openssl -multi ${cores} ran at ${read.map((times) => times.toFixed(2)).join(" and ")} times one core`;

async function takeMintAgainstSigner({ folder, short, keyturn }) {
  const rows = [];
  for (const [type, target, rounds] of [
    ["rsa-2048", 2.5, 3],
    ["ecdsa-p256", 8, 9],
  ]) {
    const key = signingKey(folder, keyturn, type);
    const pem = readFileSync(key, "utf8");
    const mint = { key, count: short ? 100 : 20_000, keyturn };
    const samples = await interleave(
      {
        mint: () => setsOfOneCore(mint),
        signer: () => signerRate(pem, short ? 50 : 1000),
        bare: () => bareRate(pem, short ? 50 : 1000),
      },
      short ? 1 : rounds,
    );
    const most = ratio(samples, "bare", "signer").ratio.toFixed(2);
    const what = `mint --count, ${type}, one core / @aws-sdk/cloudfront-signer with the PEM (bare signatures: ${most})`;
    rows.push({ what, bound: "at least", target, ...ratio(samples, "mint", "signer") });
  }
  return rows;
}

const POLICY = JSON.stringify({
  Statement: [
    {
      Resource: "https://app.example.com/*",
      Condition: { DateLessThan: { "AWS:EpochTime": 1_893_456_000 } },
    },
  ],
});

/** Sets for each second of CPU time, called once per set with the PEM, as the package's README shows it. */
const signerRate = (privateKey, count) =>
  perCpuSecond(count, () =>
    getSignedCookies({ keyPairId: "K2JCJMDEHXQW5F", privateKey, policy: POLICY, algorithm: "SHA256" }),
  );

/** Signatures alone, with a key that was read once: nothing can mint faster. */
function bareRate(pem, count) {
  const key = createPrivateKey(pem);
  return perCpuSecond(count, () => sign("SHA256", Buffer.from(POLICY), key));
}

function perCpuSecond(count, work) {
  const before = process.cpuUsage();
  for (let at = 0; at < count; at += 1) work();
  const { user, system } = process.cpuUsage(before);
  return count / ((user + system) / 1e6);
}

/** Generation alone: the start of either program is taken off, and primes are luck, so the mean counts. */
async function takeGenerate({ folder, short, keyturn }) {
  const count = short ? 3 : 100;
  let serial = 0;
  const keyturnOnce = () => {
    serial += 1;
    return wallTime({
      command: [process.execPath, keyturn, "keys", "generate", "--out", `${folder}/generated-${serial}.pem`],
    });
  };
  const samples = await interleave(
    {
      keyturn: keyturnOnce,
      keyturnStart: () => wallTime({ command: [process.execPath, keyturn, "keys", "generate", "--help"] }),
      openssl: () => wallTime({ command: ["openssl", "genrsa", "-out", "/dev/null", "2048"] }),
      opensslStart: () => wallTime({ command: ["openssl", "version"] }),
    },
    count,
  );
  const mean = (name) => samples[name].reduce((sum, each) => sum + each, 0) / samples[name].length;
  const measured = mean("keyturn") - mean("keyturnStart");
  const reference = mean("openssl") - mean("opensslStart");
  const what = "keys generate RSA-2048 / openssl genrsa, starts taken off, mean";
  return [
    {
      what,
      bound: "at most",
      target: 1.15,
      measured,
      reference,
      ratio: measured / reference,
      spread: 0,
      rounds: count,
    },
  ];
}
