// The edge in front of an application under wrk: 50 connections for 30 s, signed, without an error of its own.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { getSignedCookies } from "@aws-sdk/cloudfront-signer";
import { bareServer } from "./load.mjs";

export const frontFigures = [{ id: "front", take: takeFront }];

const ROW = {
  what: "errors of the edge before an application, 50 connections for 30 s",
  bound: "at most",
  target: 0,
};

async function takeFront({ short, keyturn }) {
  if (spawnSync("wrk", ["-v"]).error) return [{ ...ROW, notMeasured: "needs wrk" }];
  const backend = await bareServer(200);
  const state = mkdtempSync(join(tmpdir(), "keyturn-front-"));
  const flags = ["--origin", backend.url, "--state", state, "--key-type", "ecdsa-p256", "--json"];
  const edge = spawn(process.execPath, [keyturn, "sandbox", ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(createInterface(edge.stdout), "line");
    const { urls, keyFile, keyPairId } = JSON.parse(line).result;
    const { port, host } = new URL(urls.siteHttp);
    // Slowness of a loaded machine is no error.
    const args = ["-t2", "-c50", short ? "-d1s" : "-d30s", "--timeout", "30s", "-H", `Host: ${host}`];
    const cookie = `Cookie: ${cookieOf(readFileSync(keyFile, "utf8"), keyPairId)}`;
    const { stdout, status } = spawnSync("wrk", [...args, "-H", cookie, `http://127.0.0.1:${port}/`], {
      encoding: "utf8",
    });
    if (status !== 0 || !/Requests\/sec/.test(stdout)) throw new Error(`wrk ended with ${status}`);
    return [{ ...ROW, ratio: errorsIn(stdout), spread: 0 }];
  } finally {
    edge.kill("SIGINT");
    await once(edge, "exit");
    await backend.stop();
    rmSync(state, { recursive: true, force: true });
  }
}

/** wrk names errors only where there were some. */
function errorsIn(text) {
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text) ?? [];
  return sockets.slice(1).reduce((sum, count) => sum + Number(count), refused);
}

function cookieOf(privateKey, keyPairId) {
  const ends = Math.floor(Date.now() / 1000) + 3600;
  const policy = `{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":${ends}}}}]}`;
  const cookies = getSignedCookies({ keyPairId, privateKey, policy });
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
}
