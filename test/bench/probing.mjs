// A probe's requests against curl's, to a server that takes 20 ms for each.
import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { interleave, ratio, wallTime } from "./interleaved.mjs";
import { signingKey } from "./startup.mjs";

export const probingFigures = [{ id: "probe", take: takeProbe }];

async function takeProbe({ folder, short, keyturn }) {
  const server = fork(fileURLToPath(new URL("delayed-server.mjs", import.meta.url)));
  try {
    const [{ port }] = await once(server, "message");
    const asked = async () => {
      server.send("count");
      const [{ count }] = await once(server, "message");
      return count;
    };
    const urls = Array.from({ length: short ? 2 : 50 }, (_, at) => `http://127.0.0.1:${port}/route-${at}`);
    const key = ["--private-key", signingKey(folder, keyturn), "--key-pair-id", "K2JCJMDEHXQW5F"];
    const probe = {
      command: [
        process.execPath,
        keyturn,
        "probe",
        ...urls,
        ...key,
        "--concurrency",
        "50",
        "--rate",
        "unlimited",
      ],
      // The server denies valid cookies too: a finding.
      endings: [1],
    };
    await asked();
    wallTime(probe);
    const count = await asked();
    const list = join(folder, "requests.txt");
    const one = (at) => `url = "${urls[at % urls.length]}"\noutput = "/dev/null"\n`;
    writeFileSync(list, Array.from({ length: count }, (_, at) => one(at)).join(""));
    const curl = { command: ["curl", "--silent", "--parallel", "--parallel-max", "50", "--config", list] };
    const samples = await interleave(
      { probe: () => wallTime(probe), curl: () => wallTime(curl) },
      short ? 1 : 7,
    );
    const what = `probe of ${count} requests, 50 at a time / curl --parallel`;
    return [{ what, bound: "at most", target: 1.3, ...ratio(samples, "probe", "curl") }];
  } finally {
    server.kill();
  }
}
