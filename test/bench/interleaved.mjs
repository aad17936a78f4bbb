// Wall time of programs, measured side by side: every round runs each of them once, so that a noisy second hits all.
import { spawnSync } from "node:child_process";

/** NODE_EXTRA_CA_CERTS costs a Node 20 start some 40 ms: it would drown what is measured. */
const { NODE_EXTRA_CA_CERTS: _, ...ENVIRONMENT } = process.env;

/** Milliseconds of one run; throws when the program fails, since a fast failure would look good. */
export function wallTime({ command, env = {}, input, endings = [0] }) {
  const [file, ...args] = command;
  const started = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(file, args, {
    env: { ...ENVIRONMENT, ...env },
    input,
    stdio: ["pipe", "ignore", "pipe"],
    maxBuffer: 1 << 26,
  });
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  if (error) throw error;
  if (!endings.includes(status)) throw new Error(`${command.join(" ")} ended with ${status}: ${stderr}`);
  return milliseconds;
}

const MEASURE = `
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
`;

/** CPU seconds and peak memory in MB of one command, as the kernel counts them: what other programs do meanwhile does not count. */
export function cpuTime({ command, env = {}, endings = [0] }) {
  const { stdout, stderr } = spawnSync("python3", ["-c", MEASURE, ...command], {
    env: { ...ENVIRONMENT, ...env },
    encoding: "utf8",
  });
  const [code, cpu, memory] = stdout.trim().split(" ").map(Number);
  if (!endings.includes(code)) throw new Error(`${command.join(" ")} ended with ${code}: ${stderr}`);
  return { cpu, memory };
}

/** Runs `contenders` (name -> () => number, lower is better, or a promise of it) in interleaved rounds, after one round to warm up. */
export async function interleave(contenders, rounds) {
  const samples = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      const sample = await run();
      if (round >= 0) samples[name].push(sample);
    }
  }
  return samples;
}

function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Half the distance between the quartiles, as a share of the median: how much a figure may be trusted. */
function spread(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const quartile = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return (quartile(0.75) - quartile(0.25)) / 2 / median(samples);
}

/** The ratio of two contenders' medians: `measured` / `reference`. */
export function ratio(samples, measured, reference) {
  return {
    measured: median(samples[measured]),
    reference: median(samples[reference]),
    ratio: median(samples[measured]) / median(samples[reference]),
    spread: Math.max(spread(samples[measured]), spread(samples[reference])),
    rounds: samples[measured].length,
  };
}
