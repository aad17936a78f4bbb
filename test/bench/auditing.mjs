// An audit of many cache behaviors: CPU must grow with them and no faster, memory must stay small.
import { spawnSync } from "node:child_process";
import { addDistributions, startSandbox } from "./sandbox.mjs";

export const auditingFigures = [{ id: "audit", take: takeAudit }];

const BEHAVIORS = 25;
/** CPU seconds and peak memory in MB of one command, as the kernel counts them. */
const MEASURE = `
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
`;

async function takeAudit({ short, keyturn }) {
  const [few, many] = short ? [2, 4] : [20, 200];
  const { env, stop } = await startSandbox(keyturn);
  const { NODE_EXTRA_CA_CERTS: _, ...environment } = { ...process.env, ...env };
  const measured = (...args) => {
    const command = ["python3", "-c", MEASURE, process.execPath, keyturn, ...args];
    const { stdout, stderr } = spawnSync(command[0], command.slice(1), {
      env: environment,
      encoding: "utf8",
    });
    const [code, cpu, memory] = stdout.trim().split(" ").map(Number);
    if (code !== 0 && code !== 1) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
    return { cpu, memory };
  };
  try {
    const start = measured("audit", "--help");
    await addDistributions(env, few, BEHAVIORS);
    const small = measured("audit", "--all", "--fail-on", "never");
    await addDistributions(env, many - few, BEHAVIORS);
    const large = measured("audit", "--all", "--fail-on", "never");
    const growth = (large.cpu - start.cpu) / (small.cpu - start.cpu) / (many / few);
    const size = `${many * BEHAVIORS} behaviors`;
    return [
      {
        what: `audit of ${size}: CPU for each / of ${few * BEHAVIORS}`,
        bound: "at most",
        target: 1.1,
        ratio: growth,
        spread: 0,
        rounds: 1,
      },
      {
        what: `audit of ${size}: peak memory / 200 MB`,
        bound: "at most",
        target: 1,
        measured: large.memory,
        reference: 200,
        ratio: large.memory / 200,
        spread: 0,
        rounds: 1,
      },
    ];
  } finally {
    await stop();
  }
}
