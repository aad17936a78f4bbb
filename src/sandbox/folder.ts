/** The files that a running sandbox provides for other programs: CA, keyturn.yaml and export lines, in one folder. */
import { type FileHandle, mkdir, mkdtemp, open, rename, rm, stat, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { rootCertificates } from "node:tls";
import { InputError } from "../errors.ts";
import { unwritableFile } from "../file-errors.ts";
import { shellWord } from "../text/shell-word.ts";
import type { ServerCertificate } from "./certificate.ts";
import { DEMO } from "./demo-gate.ts";
import { DEMO_USERS } from "./origin/sessions.ts";
import type { Sandbox } from "./sandbox.ts";

export interface SandboxFolder {
  readonly path: string;
  readonly caFile: string;
  readonly configFile: string;
  /** For `. FILE` in a shell. */
  readonly envFile: string;
  /** Everything for a shell, the AWS SDK and CLI, curl and keyturn. */
  readonly env: Readonly<Record<string, string>>;
  /** Removes those files, and the folder too if it is temporary. */
  remove(): Promise<void>;
}

/** Without the rights of an analyst, so that a login flow also sees a refusal. */
const TEST_ACCOUNT = DEMO_USERS.filter(({ role }) => role === "visitor")
  .map(({ name, password }) => `${name}\n${password}\n`)
  .join("");

/** In the folder `kept` (the state's), otherwise in a new temporary one. Throws ERR_FILE_UNREADABLE. */
export async function writeSandboxFolder(sandbox: Sandbox, kept: string | undefined): Promise<SandboxFolder> {
  const path = kept === undefined ? await temporaryFolder() : resolve(kept);
  const files = {
    ca: join(path, "ca.pem"),
    bundle: join(path, "ca-bundle.pem"),
    config: join(path, "keyturn.yaml"),
    account: join(path, "test-account.txt"),
    env: join(path, "env.sh"),
  };
  const env = {
    ...sandbox.awsEnv,
    NODE_EXTRA_CA_CERTS: files.ca,
    // curl uses this file instead of its own, so it contains the usual CAs too.
    CURL_CA_BUNDLE: files.bundle,
    KEYTURN_CA_FILE: files.ca,
    KEYTURN_CONFIG: files.config,
    KEYTURN_GATE: DEMO.gate,
    KEYTURN_CREDENTIALS_FILE: files.account,
    GATE_URL: sandbox.urls.site,
  };
  await writeFiles(path, kept, [
    [files.ca, sandbox.certificate.caPem],
    [files.bundle, caBundle(sandbox.certificate)],
    [files.config, sandbox.gateYaml],
    [files.account, TEST_ACCOUNT],
    [files.env, `${exportLines(env).join("\n")}\n`],
  ]);
  return {
    path,
    caFile: files.ca,
    configFile: files.config,
    envFile: files.env,
    env,
    remove: () => removeFolder(path, Object.values(files), kept),
  };
}

/** The usual CAs and the sandbox's, for programs that read one file instead of their own. */
export const caBundle = ({ caPem }: Pick<ServerCertificate, "caPem">): string =>
  [...rootCertificates, caPem].join("\n");

/** Creates the folder; removes it again if it is temporary and a file cannot be written. Throws ERR_FILE_UNREADABLE. */
export async function writeFiles(
  path: string,
  kept: string | undefined,
  files: readonly (readonly [path: string, text: string])[],
): Promise<void> {
  try {
    await makeFolder(path);
    for (const [file, text] of files) await writeWhole(file, text);
  } catch (cause) {
    if (kept === undefined) await rm(path, { recursive: true, force: true });
    throw unwritableFile(path, cause);
  }
}

/** Removes a temporary folder with everything in it; from a folder that is kept, only the files that were written. */
export async function removeFolder(
  path: string,
  files: readonly string[],
  kept: string | undefined,
): Promise<void> {
  if (kept === undefined) await rm(path, { recursive: true, force: true });
  else await Promise.all(files.map((file) => rm(file, { force: true })));
}

export async function temporaryFolder(): Promise<string> {
  const pattern = join(tmpdir(), "keyturn-sandbox-");
  return mkdtemp(pattern).catch((cause) => {
    throw unwritableFile(pattern, cause);
  });
}

/**
 * As `mkdir -p`. Node's own `recursive` never returns if the system denies an existing parent, as Linux does under
 * /proc. Throws ERR_FILE_UNREADABLE for that, else as mkdir.
 */
export async function makeFolder(path: string): Promise<void> {
  const cause = await failureOf(path);
  if (cause === undefined || (await isFolder(path))) return;
  const parent = dirname(path);
  if (cause.code !== "ENOENT" || parent === path) throw cause;
  if (await isFolder(parent)) {
    const message = `${path} cannot be written: no folder can be created in ${parent}`;
    throw new InputError("ERR_FILE_UNREADABLE", message, [`ls -ld ${shellWord(parent)}`], cause);
  }
  await makeFolder(parent);
  await makeFolder(path);
}

const failureOf = (path: string): Promise<NodeJS.ErrnoException | undefined> =>
  mkdir(path, { mode: 0o700 }).then(
    () => undefined,
    (cause) => cause,
  );

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** A new file next to `path`, to replace it: readable only by its owner, and never a leftover one. */
async function openDraft(path: string): Promise<{ readonly draft: string; readonly file: FileHandle }> {
  const draft = `${path}.new`;
  await unlink(draft).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
  });
  // "wx" follows no symlink, even if one has reappeared.
  return { draft, file: await open(draft, "wx", 0o600) };
}

/** Variables that make the AWS SDK and CLI ignore the credentials or endpoints exported here. */
export const IN_THE_WAY = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_SESSION_TOKEN",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
];

/** For a shell: `unset` lines, then `export NAME='value'`. */
export function exportLines(env: Readonly<Record<string, string>>): string[] {
  const quoted = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}`);
  return [`unset ${IN_THE_WAY.join(" ")}`, ...exports];
}

/** Replaces a file in one step: no reader, and no machine after a power loss, ever sees half of it. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const { draft, file } = await openDraft(path);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
