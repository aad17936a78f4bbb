/** A test account's user name and password: from a file or stdin, never argv, and sealed until sent. */
import { InputError, UsageError } from "../errors.ts";
import { Sealed } from "../sealed.ts";
import type { World } from "../seams/world.ts";
import { shellWord } from "../text/shell-word.ts";

export interface Credentials {
  readonly username: string;
  readonly password: Sealed<string>;
}

/**
 * JSON with `username` and `password`, or one per line; warns about a file that others can read. Throws ERR_LOGIN_FILE,
 * which never quotes the content.
 */
export async function readCredentials(
  source: CredentialsSource,
  { files, programs, interrupt, terminal }: Pick<World, "files" | "programs" | "interrupt" | "terminal">,
): Promise<Credentials> {
  if ("command" in source) {
    const printed = await programs.output("sh", ["-c", source.command], interrupt);
    return parseCredentials(printed.reveal(), "the output of the credentials command");
  }
  const { path } = source;
  const bytes = path === "-" ? await files.stdin() : await files.read(path);
  if (path !== "-") await warnIfShared(path, { files, terminal });
  return parseCredentials(new TextDecoder().decode(bytes), path === "-" ? "stdin" : path);
}

/** A file (`-`: stdin), or the output of a command such as a password manager. */
export type CredentialsSource = { readonly path: string } | { readonly command: string };

export interface CredentialsFlags {
  readonly credentials?: string | undefined;
  readonly credentialsCommand?: string | undefined;
}

/** From a flag, otherwise from KEYTURN_CREDENTIALS_FILE; undefined without either. Throws ERR_USAGE for two flags. */
export function credentialsSource(
  { credentials, credentialsCommand }: CredentialsFlags,
  { KEYTURN_CREDENTIALS_FILE: path }: World["env"],
): CredentialsSource | undefined {
  if (credentials !== undefined && credentialsCommand !== undefined) {
    throw new UsageError("ERR_USAGE", "--credentials and --credentials-command cannot be combined", [
      "leave one of them out",
    ]);
  }
  if (credentialsCommand !== undefined) return { command: credentialsCommand };
  const file = credentials ?? (path || undefined);
  return file === undefined ? undefined : { path: file };
}

/** A key file that others can read is refused; a test account opens less, so this is a warning. */
async function warnIfShared(
  path: string,
  { files, terminal }: Pick<World, "files" | "terminal">,
): Promise<void> {
  const mode = await files.mode(path);
  if (mode === undefined || (mode & 0o077) === 0) return;
  const who = (mode & 0o007) === 0 ? "your group" : "every user of this machine";
  terminal.note(`warning: ${path} holds a password and can be read by ${who}: chmod 600 ${shellWord(path)}`);
}

export function parseCredentials(text: string, source: string): Credentials {
  const [username, password] = text.trimStart().startsWith("{") ? fromJson(text) : text.split(/\r?\n/);
  if (!username || !password) {
    throw new InputError("ERR_LOGIN_FILE", `${source} holds no user name and password`, [
      'write {"username":"...","password":"..."}, or one per line',
    ]);
  }
  return { username, password: new Sealed(password) };
}

function fromJson(text: string): readonly [string?, string?] {
  try {
    const value = JSON.parse(text) as { username?: unknown; password?: unknown };
    const { username, password } = value;
    return typeof username === "string" && typeof password === "string" ? [username, password] : [];
  } catch {
    // JSON.parse quotes the text that it rejects, which may hold the password.
    return [];
  }
}

/** The login body with both filled in, escaped inside JSON strings. */
export function loginBody(template: string, { username, password }: Credentials): Sealed<string> {
  const escaped = (value: string) => JSON.stringify(value).slice(1, -1);
  return new Sealed(
    template.replaceAll(/\{(username|password)\}/g, (_, name: string) =>
      escaped(name === "username" ? username : password.reveal()),
    ),
  );
}
