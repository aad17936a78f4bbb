// A probe's requests against curl's, to a server that takes 20 ms for each.
import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { interleave, ratio, wallTime } from "./interleaved.mjs";
import { signingKey } from "./startup.mjs";

export const probingFigures = [{ id: "probe", take: takeProbe }];

/** Every case for each URL, by GET and HEAD: 27 URLs make 999 requests. */
const URLS = 27;

async function takeProbe({ folder, short, keyturn }) {
  const server = fork(fileURLToPath(new URL("delayed-server.mjs", import.meta.url)));
  try {
    const [{ port }] = await once(server, "message");
    const asked = async () => {
      server.send("count");
      const [{ count }] = await once(server, "message");
      return count;
    };
    const urls = Array.from({ length: short ? 2 : URLS }, (_, at) => `http://127.0.0.1:${port}/route-${at}`);
    const gently = ["--concurrency", "50", "--rate", "unlimited"];
    const probe = (type) => {
      const key = ["--private-key", signingKey(folder, keyturn, type), "--key-pair-id", "K2JCJMDEHXQW5F"];
      // The server denies valid cookies too: a finding.
      return { command: [process.execPath, keyturn, "probe", ...urls, ...key, ...gently], endings: [1] };
    };
    const [rsa, ecdsa] = [probe("rsa-2048"), probe("ecdsa-p256")];
    await asked();
    wallTime(rsa);
    const count = await asked();
    const list = join(folder, "requests.txt");
    const one = (at) => `url = "${urls[at % urls.length]}"\noutput = "/dev/null"\n`;
    writeFileSync(list, Array.from({ length: count }, (_, at) => one(at)).join(""));
    const curl = { command: ["curl", "--silent", "--parallel", "--parallel-max", "50", "--config", list] };
    const samples = await interleave(
      { curl: () => wallTime(curl), rsa: () => wallTime(rsa), ecdsa: () => wallTime(ecdsa) },
      short ? 1 : 9,
    );
    // With RSA, a key pair is made and 160 policies are signed besides: more CPU time than all of curl.
    const row = (name, key) => ({
      what: `probe of ${count} requests, 50 at a time, ${key} key / curl --parallel`,
      bound: "at most",
      target: 2.5,
      ...ratio(samples, name, "curl"),
    });
    return [row("ecdsa", "P-256"), row("rsa", "RSA 2048")];
  } finally {
    server.kill();
  }
}
