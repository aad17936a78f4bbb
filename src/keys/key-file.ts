/** Adds the key's source to errors about it, and the command to run next. */
import { InputError, isError } from "../errors.ts";
import { shellWord } from "../text/shell-word.ts";

/**
 * `path` as typed; `-` is stdin, `$NAME` a variable, and neither can be opened by name. Any other error of `read`
 * passes unchanged.
 */
export function readKeyAt<Key>(path: string, read: () => Key): Key {
  try {
    return read();
  } catch (thrown) {
    if (!isError(thrown, "ERR_KEY_UNREADABLE", "ERR_PASSPHRASE")) throw thrown;
    const own = thrown.hints.map((hint) => hint.replaceAll("KEYFILE", () => shellWord(path)));
    const isNamed = thrown.message.startsWith("this is ");
    const look =
      NO_FILE.test(path) || isNamed ? [] : [LOOK[thrown.code as keyof typeof LOOK](shellWord(path))];
    const where = path === "-" ? "stdin" : path;
    throw new InputError(thrown.code, `${where}: ${thrown.message}`, [...own, ...look], thrown);
  }
}

const NO_FILE = /^(-|\$\w+)$/;

const LOOK = {
  ERR_KEY_UNREADABLE: (path: string) => `head -n 1 ${path}`,
  ERR_PASSPHRASE: (path: string) => `openssl pkey -in ${path} -noout`,
} as const;
