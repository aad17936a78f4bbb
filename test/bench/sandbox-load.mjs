// The sandbox under fifty viewers for half a minute, with a rotation in the middle: no error of its own, and memory that
// stays where it was. `keyturn rehearse` is the load: its viewers talk HTTPS to a sandbox in the same process.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

export const sandboxLoadFigures = [{ id: "sandbox-load", take: takeSandboxLoad }];

/** Resident bytes of a process (Linux). */
function residentBytes(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

async function takeSandboxLoad({ short, keyturn }) {
  const brief = ["--cookie-ttl", "2s", "--signer-cache", "1s", "--propagation", "1s", "--settle", "1s"];
  const command = [keyturn, "rehearse", "--json", "--viewers", "50", ...(short ? brief : [])];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const samples = [];
  const sampling = setInterval(() => samples.push(residentBytes(child.pid)), 250);
  child.stdout.once("data", () => clearInterval(sampling));
  const [code] = await once(child, "close");
  clearInterval(sampling);
  if (code !== 0) throw new Error(`the rehearsal ended with ${code}: ${output}`);
  const third = Math.floor(samples.length / 3);
  const most = (of) => Math.max(...of);
  const early = most(samples.slice(third, 2 * third));
  const late = most(samples.slice(2 * third));
  const { requests } = JSON.parse(output).result.counts;
  return [
    {
      what: `sandbox memory under 50 viewers (${requests} requests), last third / the one before`,
      bound: "at most",
      target: 1.25,
      measured: late,
      reference: early,
      ratio: late / early,
      spread: 0,
      rounds: 1,
    },
  ];
}
