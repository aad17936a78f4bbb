// Bulk minting and key generation against openssl on the same core, and against the AWS signer as it is documented.
import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { getSignedCookies } from "@aws-sdk/cloudfront-signer";
import { interleave, ratio, wallTime } from "./interleaved.mjs";
import { signingKey } from "./startup.mjs";

export const signingFigures = [
  { id: "mint-count", take: takeMintCount },
  { id: "mint-against-signer", take: takeMintAgainstSigner },
  { id: "keys-generate", take: takeGenerate },
];

const ONE_CORE = ["taskset", "-c", "0"];

/** Signatures a second of `openssl speed`, which counts its own CPU time. */
function opensslSpeed(seconds, prefix, ...flags) {
  const [file, ...args] = [
    ...prefix,
    "openssl",
    "speed",
    "-mr",
    "-seconds",
    String(seconds),
    ...flags,
    "rsa2048",
  ];
  const { stdout } = spawnSync(file, args, { encoding: "utf8" });
  const line = stdout.split("\n").find((each) => each.startsWith("+F2:"));
  if (line === undefined) throw new Error(`openssl speed said nothing of rsa2048: ${stdout}`);
  return Number(line.split(":")[3]);
}

function mintRate({ keyturn, key, count, prefix, flags = [] }) {
  const mint = ["mint", "https://app.example.com/*", "--private-key", key, "--key-pair-id", "K2JCJMDEHXQW5F"];
  const command = [
    ...prefix,
    process.execPath,
    keyturn,
    ...mint,
    "--ttl",
    "1h",
    "--offline",
    "--count",
    String(count),
    ...flags,
  ];
  return (count / wallTime({ command })) * 1000;
}

async function takeMintCount({ folder, short, keyturn }) {
  const key = signingKey(folder, keyturn);
  const count = short ? 200 : 20_000;
  const seconds = short ? 1 : 3;
  const one = await interleave(
    {
      mint: () => mintRate({ keyturn, key, count, prefix: ONE_CORE }),
      openssl: () => opensslSpeed(seconds, ONE_CORE),
    },
    short ? 1 : 5,
  );
  const rows = [
    {
      what: "mint --count 20000, one core / openssl speed rsa2048",
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
  const cores = String(availableParallelism());
  const gate = () => opensslSpeed(seconds, [], "-multi", cores) / opensslSpeed(seconds, ONE_CORE);
  const before = gate();
  const both = await interleave(
    {
      mint: () => mintRate({ keyturn, key, count, prefix: [] }),
      openssl: () => opensslSpeed(seconds, [], "-multi", cores),
    },
    short ? 1 : 3,
  );
  const after = gate();
  const scaling = `openssl -multi ${cores} ran at ${before.toFixed(2)} and ${after.toFixed(2)} times one core`;
  const scales = Math.min(before, after) >= 0.9 * Number(cores);
  return [...rows, scales ? { ...all, ...ratio(both, "mint", "openssl") } : { ...all, notMeasured: scaling }];
}

async function takeMintAgainstSigner({ folder, short, keyturn }) {
  const rows = [];
  for (const [type, target] of [
    ["rsa-2048", 2.5],
    ["ecdsa-p256", 8],
  ]) {
    const { privateKey } =
      type === "rsa-2048"
        ? generateKeyPairSync("rsa", { modulusLength: 2048 })
        : generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
    const file = `${folder}/${type}.pem`;
    writeFileSync(file, pem, { mode: 0o600 });
    const count = short ? 100 : 20_000;
    const samples = await interleave(
      {
        mint: () => mintRate({ keyturn, key: file, count, prefix: ONE_CORE }),
        signer: () => signerRate(pem, short ? 50 : 2000),
      },
      short ? 1 : 5,
    );
    const what = `mint --count, ${type}, one core / @aws-sdk/cloudfront-signer with the PEM`;
    rows.push({ what, bound: "at least", target, ...ratio(samples, "mint", "signer") });
  }
  return rows;
}

/** Sets a second, called once per set with the PEM, as the package's README shows it. */
function signerRate(privateKey, count) {
  const policy = JSON.stringify({
    Statement: [
      {
        Resource: "https://app.example.com/*",
        Condition: { DateLessThan: { "AWS:EpochTime": 1_893_456_000 } },
      },
    ],
  });
  const started = process.hrtime.bigint();
  for (let at = 0; at < count; at += 1) {
    getSignedCookies({ keyPairId: "K2JCJMDEHXQW5F", privateKey, policy, algorithm: "SHA256" });
  }
  return count / (Number(process.hrtime.bigint() - started) / 1e9);
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
