/** The commands that a run printed for people to type, and a shell that runs them against the sandbox. */
import { DEMO } from "../../../src/sandbox/demo-gate.ts";
import { type MemoryWorld, type Ran, runCommand } from "../../fakes/memory-world.ts";
import type { SiteWorld } from "../site-world.ts";

/** A command on a line of its own: a hint, or after an arrow. Sentences wrap, commands never do. */
const LINE = /^(?:hint:|->|→)\s+((?:keyturn|aws) \S.*)$/;

/** The printed commands in order, each once, from text or --json. */
export function printedCommands({ stdout, stderr }: Pick<Ran, "stdout" | "stderr">): readonly string[] {
  const lines = `${stdout}\n${stderr}`.split("\n").flatMap((line) => LINE.exec(line.trim())?.[1] ?? []);
  return [...new Set([...lines, ...inJson(stdout)])];
}

interface Envelope {
  readonly result?: { readonly typeNext?: readonly string[] };
  readonly findings: readonly { readonly remedy?: string }[];
  readonly error?: { readonly hints: readonly string[] };
}

function inJson(stdout: string): readonly string[] {
  if (!stdout.startsWith('{\n  "schemaVersion"')) return [];
  const { result, findings, error }: Envelope = JSON.parse(stdout);
  const all = [
    ...(result?.typeNext ?? []),
    ...findings.map(({ remedy = "" }) => remedy),
    ...(error?.hints ?? []),
  ];
  return all.filter((line) => /^(keyturn|aws) \S/.test(line));
}

/** A command that changes nothing: it shows the cause, and may be printed any number of times. */
export function isRead(line: string): boolean {
  if (line.includes("--dry-run")) return true;
  return /^(keyturn (rotate (status|plan|history)|keys list|audit|doctor|triage|help|iam|runbook show|explain|probe|config check)\b|aws \S+ (get|list|describe)-)/.test(
    line,
  );
}

/** Splits as a POSIX shell does; single quotes are the only quotes that keyturn prints. */
function shellSplit(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|\\'|[^\s'\\])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|\\(')/g, "$1$2"),
  );
}

/** Runs a printed command as it is; if it needs a confirmation, adds the flag that the refusal names. */
export async function typed(line: string, world: SiteWorld, rotator: MemoryWorld): Promise<Ran> {
  const [program, ...argv] = shellSplit(line);
  if (program === "aws") return runAws(argv, world);
  // The others read distributions, which only the HTTP API has.
  const operator = argv[0] === "rotate" ? rotator : world.operator();
  const ran = await runCommand(argv, operator);
  const [, flag] = /^hint: add (--yes\S*) to confirm$/m.exec(ran.stderr) ?? [];
  return flag === undefined ? ran : runCommand([...argv, flag], operator);
}

function runAws([service, operation, ...rest]: readonly string[], { site }: SiteWorld): Ran {
  const options = new Map<string, string>();
  for (let at = 0; at < rest.length; at += 2)
    options.set((rest[at] as string).slice(2), rest[at + 1] as string);
  const of = (name: string) => options.get(name) ?? "";
  const { secrets } = site.account;
  const told = (stdout = ""): Ran => ({ stdout, stderr: "", exitCode: 0 });
  switch (`${service} ${operation}`) {
    case "secretsmanager get-secret-value":
      return told(secrets.text(of("secret-id")));
    case "secretsmanager describe-secret":
      return told(JSON.stringify(secrets.stages(of("secret-id") || DEMO.secret)));
    // Somebody logs in again.
    case "sso login":
    case "secretsmanager list-secrets":
    case "sts get-caller-identity":
      return told();
    default:
      throw new Error(`a printed line that this test cannot type: aws ${service} ${operation}`);
  }
}
