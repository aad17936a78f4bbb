/** Runs `inspect` on what people paste, with one trusted key, and returns its output. */
import type { KeyObject } from "node:crypto";
import type { Finding } from "../../src/finding.ts";
import { cloudfrontBase64, inCookies, KEY_ID, NOW, rsa, signedFields } from "../edge/signed.ts";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";

export const PAGE = "https://cdn.example.com/v/a.mp4";
const pem = (key: KeyObject) => key.export({ type: "spki", format: "pem" }) as string;

/** A custom policy for the whole host, and its parts by name. */
export const policyFor = (resource: string, ip?: string): string =>
  `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${NOW + 3600}}${
    ip === undefined ? "" : `,"IpAddress":{"AWS:SourceIp":"${ip}"}`
  }}}]}`;
export const fields = signedFields(policyFor("https://cdn.example.com/*"));
export const pairs = inCookies(fields).cookies;
export const cookies = pairs.map((pair) => pair.join("=")).join("; ");
export const query = Object.entries(fields)
  .map((pair) => pair.join("="))
  .join("&");
export const encoded = cloudfrontBase64;

export interface InspectRun {
  readonly verdict?: string;
  readonly source?: string;
  readonly findings: readonly Finding[];
  readonly exitCode: number;
  /** The verdict on each request, if there are several. */
  readonly verdicts?: readonly string[];
}
export async function runInspect(
  input: string,
  flags: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): Promise<InspectRun> {
  const world = memoryWorld({
    now: NOW,
    files: { "key.pub.pem": pem(rsa.publicKey), ...files },
    stdin: input,
  });
  const argv = ["inspect", "-", "--public-key", `key.pub.pem=${KEY_ID}`, ...flags, "--json"];
  const { stdout, stderr, exitCode } = await runCommand(argv, world);
  if (stdout === "") throw new Error(stderr);
  const { result, findings } = JSON.parse(stdout);
  const verdicts = result.requests?.map(({ verdict }: { verdict: string }) => verdict);
  return { verdict: result.verdict as string, source: result.source, findings, exitCode, verdicts };
}
/** The first finding that is not a denial: the cause that a person reads first. */
export const firstCause = ({ findings }: InspectRun): Finding | undefined =>
  findings.find(
    ({ severity, id }, at) =>
      at > 0 || severity !== "error" || id.startsWith("host-") || id.startsWith("s3-"),
  );
