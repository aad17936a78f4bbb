/** What `keyturn mint` prints: cookies on stdout or in a new file, everything else on stderr; masked in a CI first. */
import { UsageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import type { Minted, MintedSet } from "../mint/mint-sets.ts";
import { describeMinted, formatMinted, mintedSummary } from "../mint/minted-text.ts";
import { cookiePairs } from "../mint/write.ts";
import type { World } from "../seams/world.ts";
import { noteColumns, wrap } from "../text/layout.ts";
import { shellWord } from "../text/shell-word.ts";
import { outcomeOf, type Report } from "./report.ts";

type Needs = Pick<World, "clock" | "env" | "files" | "random" | "terminal">;

/** Throws ERR_FILE_EXISTS, or ERR_FILE_UNREADABLE if the file cannot be written. */
export async function mintReport(outcome: Minted, output: string | undefined, world: Needs): Promise<Report> {
  const { plan, minted, findings } = outcome;
  if (minted.length === 0) return refusalReport(findings);
  const content = formatMinted(plan, minted);
  maskInCi(minted, world);
  const columns = noteColumns(world.terminal);
  for (const one of minted)
    world.terminal.note(wrap(mintedSummary(one, world.clock.now(), plan.bad), columns, 0, 2));
  const file = output ?? (plan.format === "curl" ? temporaryJar(world) : undefined);
  const common = { outcome: outcomeOf(findings), findings, findingsOn: "stderr" } as const;
  if (file === undefined) {
    const sets = minted.map((one) => ({
      ...describeMinted(one),
      cookies: Object.fromEntries(cookiePairs(one.set)),
      signedUrl: plan.format === "url" ? content : undefined,
    }));
    return { ...common, result: { sets }, text: () => content };
  }
  if (plan.format === "curl" && file.includes("=")) {
    throw new UsageError(
      "ERR_USAGE",
      "as the argument of --cookie, curl reads a name with = as a cookie, not as a file",
      ["give --output FILE a name without ="],
    );
  }
  await world.files.writeNew(file, content.endsWith("\n") ? content : `${content}\n`);
  const isCurl = plan.format === "curl";
  if (isCurl)
    world.terminal.note(`until then the jar gives access; delete it after use: rm ${shellWord(file)}`);
  const command = isCurl ? curlCommand(file, plan.url as string) : undefined;
  return {
    ...common,
    result: { sets: minted.map(describeMinted), file, command },
    text: () => command ?? `${file} (0600, ${plan.format})`,
  };
}

/** The lint found something that can never work, so nothing was signed. */
export function refusalReport(findings: readonly Finding[]): Report {
  return { outcome: "finding", result: { sets: [] }, findings, findingsOn: "stderr", text: () => "" };
}

/** Set-Cookie lines that make a browser forget. */
export function logoutReport(setCookies: readonly string[]): Report {
  return {
    outcome: "done",
    result: { setCookies },
    findings: [notRevoked],
    findingsOn: "stderr",
    text: () => setCookies.map((value) => `Set-Cookie: ${value}`).join("\n"),
  };
}

const notRevoked: Finding = {
  id: "copies-stay-valid",
  severity: "note",
  message:
    "Clearing deletes the cookies from this browser, but does not revoke copies. A copy works until its policy ends, or until its key is removed from the key group.",
  basis: "observed",
  evidence: [],
  remedy: "keyturn runbook show logout-does-not-clear",
};

/** GitHub Actions redacts the VALUE of an `::add-mask::VALUE` line from then on; key pair IDs are not secret. */
export function maskInCi(
  minted: readonly Pick<MintedSet, "set">[],
  { env, terminal }: Pick<World, "env" | "terminal">,
) {
  if (env.GITHUB_ACTIONS !== "true") return;
  for (const { set } of minted) {
    for (const secret of [set.policy, set.signature]) {
      if (secret !== undefined && secret.reveal() !== "") terminal.insist(`::add-mask::${secret.reveal()}`);
    }
  }
}

function temporaryJar({ env, random }: Needs): string {
  const name = Buffer.from(random.bytes(8)).toString("hex");
  return `${(env.TMPDIR || "/tmp").replace(/\/$/, "")}/keyturn-${name}.jar`;
}

/** --globoff: curl must take brackets and braces literally. */
function curlCommand(jar: string, url: string): string {
  return `curl --globoff --cookie ${shellWord(jar)} ${shellWord(url)}`;
}
