/** DuckDB is an optional package: the command that installs it, depending on how keyturn was installed. */
import { realpathSync } from "node:fs";
import { isSea } from "node:sea";
import { InputError } from "../../errors.ts";

const PACKAGE = "@duckdb/node-api";

/** ERR_LOG_ENGINE for a failed import. `program`: the file that runs; undefined for the standalone program. */
export function missingDuckDb(cause: unknown, program: string | undefined = runningProgram()): InputError {
  const { code = "", message = "" } = cause as NodeJS.ErrnoException;
  const install = installCommand(program);
  // Its own native part has another name; import and require name a missing package in the same quotes.
  const isAbsent = /MODULE_NOT_FOUND$/.test(code) && message.includes(`'${PACKAGE}'`);
  if (program === undefined || isAbsent)
    return new InputError(
      "ERR_LOG_ENGINE",
      "reading access logs needs DuckDB, which is not installed",
      [install],
      cause,
    );
  return new InputError(
    "ERR_LOG_ENGINE",
    "DuckDB is installed, but its native part is missing or does not run here",
    install.startsWith("npm ") ? [`${install} --include=optional --force`] : ["keyturn help ERR_LOG_ENGINE"],
    cause,
  );
}

function installCommand(program: string | undefined): string {
  // Packages cannot be added to a temporary installation or an executable.
  if (program === undefined || /[/\\]_npx[/\\]/.test(program))
    return `npx -p keyturn -p ${PACKAGE} keyturn logs`;
  const isGlobal = /[/\\](lib|npm)[/\\]node_modules[/\\]keyturn[/\\]/.test(program);
  return `npm install ${isGlobal ? "-g " : ""}${PACKAGE}`;
}

function runningProgram(): string | undefined {
  return isSea() ? undefined : realpathSync(process.argv[1] ?? ".");
}
