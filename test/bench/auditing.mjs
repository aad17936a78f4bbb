// An audit of many cache behaviors: CPU must grow with them and no faster, memory must stay small.
import { cpuTime } from "./interleaved.mjs";
import { addDistributions, startSandbox } from "./sandbox.mjs";

export const auditingFigures = [{ id: "audit", take: takeAudit }];

const BEHAVIORS = 25;
async function takeAudit({ short, keyturn }) {
  const [few, many] = short ? [2, 4] : [20, 200];
  const { env, stop } = await startSandbox(keyturn);
  // The CA is for the edge alone: NODE_EXTRA_CA_CERTS would only slow the start.
  const { NODE_EXTRA_CA_CERTS: _, ...withoutCa } = env;
  const measured = (...args) =>
    cpuTime({ command: [process.execPath, keyturn, ...args], env: withoutCa, endings: [0, 1] });
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
