// How long a person waits for one command: wall time against Node's own start, and against the AWS CLI.
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { interleave, ratio, wallTime } from "./interleaved.mjs";

/** Debian's package; another `aws` may stand earlier on PATH. */
const AWS = "/usr/bin/aws";
const URL_TO_SIGN = "https://app.example.com/report.pdf";

export const startupFigures = [
  { id: "start-up", take: takeStartUp },
  { id: "mint-against-aws", take: takeMintAgainstAws },
];

export function signingKey(folder, keyturn, type = "rsa-2048") {
  const key = join(folder, `${type}.pem`);
  const generate = [keyturn, "keys", "generate", "--type", type, "--out", key];
  if (!existsSync(key)) spawnSync(process.execPath, generate, { stdio: "ignore" });
  return key;
}

function mintCommand(keyturn, key) {
  const flags = ["--private-key", key, "--key-pair-id", "K2JCJMDEHXQW5F", "--ttl", "1h", "--offline"];
  return [process.execPath, keyturn, "mint", URL_TO_SIGN, ...flags];
}

async function takeStartUp({ folder, short, keyturn }) {
  const mint = mintCommand(keyturn, signingKey(folder, keyturn));
  const copied = join(folder, "copied-curl.txt");
  writeFileSync(copied, curlAsCopied(mint));
  // As the first start after an installation: no compiled code is kept.
  const env = { NODE_DISABLE_COMPILE_CACHE: "1" };
  const time = (args, endings) => () => wallTime({ command: [process.execPath, ...args], env, endings });
  const samples = await interleave(
    {
      node: time(["-e", "0"]),
      help: time([keyturn, "--help"]),
      mint: time(mint.slice(1)),
      // Without a key to verify with, inspect ends with 1 or 0 as it judges: both are a whole run.
      inspect: time([keyturn, "inspect", copied], [0, 1]),
    },
    short ? 2 : 25,
  );
  const row = (what, name, target) => ({ what, bound: "at most", target, ...ratio(samples, name, "node") });
  return [
    row("keyturn --help / node -e 0", "help", 1.6),
    row("keyturn mint, key file / node -e 0", "mint", 2.0),
    row("keyturn inspect of a curl command / node -e 0", "inspect", 2.4),
  ];
}

/** A request as a browser's "copy as cURL" gives it. */
function curlAsCopied(mint) {
  const { stdout } = spawnSync(mint[0], mint.slice(1), { encoding: "utf8" });
  return `curl '${URL_TO_SIGN}' \\\n  -H 'accept: */*' \\\n  -b '${stdout.trim().replace(/^Cookie: /, "")}' \\\n  --compressed\n`;
}

async function takeMintAgainstAws({ folder, short, keyturn }) {
  const what = "aws cloudfront sign / keyturn mint";
  const bound = { what, bound: "at least", target: 12 };
  if (!existsSync(AWS)) return [{ ...bound, notMeasured: `needs ${AWS}` }];
  const key = signingKey(folder, keyturn);
  const sign = ["cloudfront", "sign", "--url", URL_TO_SIGN, "--key-pair-id", "K2JCJMDEHXQW5F"];
  const samples = await interleave(
    {
      aws: () =>
        wallTime({
          command: [AWS, ...sign, "--private-key", `file://${key}`, "--date-less-than", "2030-01-01"],
        }),
      mint: () => wallTime({ command: mintCommand(keyturn, key) }),
    },
    short ? 1 : 11,
  );
  return [{ ...bound, ...ratio(samples, "aws", "mint") }];
}
