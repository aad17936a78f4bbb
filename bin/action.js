// The GitHub action's entry: runs one keyturn command with the action's inputs. keyturn itself annotates findings; this
// adds what only a job needs: an annotation for an error, the outputs, and a rotation's page on the step's summary.
const { spawn } = require("node:child_process");
const { appendFileSync, existsSync, mkdtempSync, readFileSync, statSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join, resolve } = require("node:path");

const ROOT = join(__dirname, "..");
/** Commands that draw a report themselves: one HTML file. */
const REPORTS = new Set(["probe", "audit", "triage"]);
const TURNS = /^rotate (start|resume|abort|amend|status)$/;
/** Endings after which the rotation's state can be read and is worth reading. */
const READABLE = new Set([0, 1, 5, 6, 7, 8]);

main(process.env).then((exitCode) => {
  process.exitCode = exitCode;
});

async function main(env) {
  const asked = inputsOf(env);
  const problem = problemOf(asked);
  if (problem !== undefined) return refuse(problem, env);
  const title = `keyturn ${asked.command.join(" ")}`;
  const report = ownReport(asked, env);
  // First, since everything after `--` belongs to another program.
  const args = [...asked.command, ...asked.flags, ...report.flags, ...asked.more];
  const { exitCode, errors } = await keyturn(args, asked.folder, "inherit");
  for (const error of errors) annotate("error", title, error);
  if (errors.length > 0) append(env.GITHUB_STEP_SUMMARY, failure(title, exitCode, errors));
  const isTurn = TURNS.test(wordsOnly(asked.command)) && !asked.more.includes("--dry-run");
  const rotation = isTurn && READABLE.has(exitCode) ? await rotationOf(asked, env) : {};
  append(env.GITHUB_STEP_SUMMARY, rotation.page ?? "");
  const file = rotation.report ?? report.path;
  const isWritten = file !== undefined && existsSync(resolve(asked.folder, file));
  if (isWritten && file.endsWith(".html")) append(env.GITHUB_STEP_SUMMARY, link(file, env));
  output(env, {
    "exit-code": exitCode,
    state: rotation.state,
    "resume-after": rotation.resumeAfter,
    rotation: rotation.rotation,
    report: isWritten ? resolve(asked.folder, file) : undefined,
  });
  return exitCode;
}

/** The runner names an input's variable after it, in capitals. */
function inputsOf(env) {
  const gate = env.INPUT_GATE ? ["--gate", env.INPUT_GATE] : [];
  const config = env.INPUT_CONFIG ? ["--config", env.INPUT_CONFIG] : [];
  return {
    command: words(env.INPUT_COMMAND),
    more: lines(env.INPUT_ARGS),
    flags: [...gate, ...config],
    folder: resolve(env.GITHUB_WORKSPACE || process.cwd(), env["INPUT_WORKING-DIRECTORY"] || "."),
  };
}

function problemOf({ command, more, folder }) {
  if (!existsSync(join(ROOT, "dist/main.js")))
    return "this commit of keyturn is not built: name the tag v1 after `uses:`, or the commit that it points to";
  if (command.length === 0) return "the input `command` is missing: probe, audit, rotate resume, ...";
  const joined = more.find((line) => /^-\S*\s/.test(line));
  if (joined !== undefined)
    return `the input \`args\` takes one argument per line: split "${joined}" at its spaces`;
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    return `the input \`working-directory\` names no folder: ${folder}; does a checkout come first?`;
  return undefined;
}

/** A report file for a job to keep, unless the arguments name one already. */
function ownReport({ command, more }, env) {
  const end = more.includes("--") ? more.indexOf("--") : more.length;
  const given = [...command, ...more.slice(0, end)].join("\n");
  // Only the matrix of a probe has a report.
  if (!REPORTS.has(command[0]) || /^--(?:flow|watch)\b/m.test(given)) return { flags: [] };
  const named = /^--report(?:=|\n)(?:md|html)=(.+)$/m.exec(given);
  if (named) return { flags: [], path: named[1] };
  const path = newFile(env, `keyturn-${command[0]}.html`);
  return { flags: ["--report", `html=${path}`], path };
}

/** In a new folder of the job's temporary one: keyturn overwrites nothing. */
function newFile(env, name) {
  return join(mkdtempSync(join(env.RUNNER_TEMP || tmpdir(), "keyturn-")), name);
}

/** The gate's rotation, open or finished, and its page. Empty if it cannot be read: its command has said why. */
async function rotationOf({ flags, folder }, env) {
  const page = newFile(env, "keyturn-rotation.md");
  const report = newFile(env, "keyturn-rotation.html");
  const files = ["--report", `md=${page}`, "--report", `html=${report}`];
  const args = ["rotate", "status", "--json", "--pending-ok", "--quiet", ...files, ...flags];
  const { exitCode, printed } = await keyturn(args, folder, "pipe");
  if (exitCode !== 0) return {};
  const { result } = JSON.parse(printed);
  const told = { state: result.state, rotation: result.rotation, resumeAfter: result.until };
  return existsSync(page) ? { ...told, report, page: readFileSync(page, "utf8") } : told;
}

/**
 * Runs keyturn, passes its stderr through and keeps its errors with their hints. Cancelling a job signals only this
 * process, which forwards the signal so that keyturn can clean up.
 */
function keyturn(args, cwd, stdout) {
  return new Promise((done, failed) => {
    const program = join(ROOT, "bin/keyturn.js");
    const child = spawn(process.execPath, [program, ...args], { cwd, stdio: ["ignore", stdout, "pipe"] });
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
    let printed = "";
    let errorText = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      printed += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      errorText += text;
      process.stderr.write(text);
    });
    child.once("error", failed);
    child.once("close", (code, signal) => {
      const errors = [...errorText.matchAll(/^error: (.*(?:\nhint: .*)*)$/gm)].map(([, text]) => text);
      done({ exitCode: code ?? (signal === "SIGINT" ? 130 : 143), errors, printed });
    });
  });
}

/** Indented for the step's page, so that none of it renders as Markdown. */
function failure(title, exitCode, errors) {
  const text = errors.join("\n").replaceAll(/^/gm, "    ");
  return `## ${title}: exit code ${exitCode}\n\n${text}\n\n`;
}

/** Uploaded files are listed there; the action cannot know the address of one that is uploaded after it. */
function link(file, env) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  if (!server || !repository || !run) return "";
  const name = file.split(/[\\/]/).at(-1);
  return `\n[${name}](${server}/${repository}/actions/runs/${run}#artifacts), if the job uploads it\n`;
}

function output(env, values) {
  for (const [name, value] of Object.entries(values)) append(env.GITHUB_OUTPUT, `${name}=${value ?? ""}\n`);
}

function append(file, text) {
  if (file && text !== "") appendFileSync(file, text);
}

function refuse(sentence, env) {
  annotate("error", "keyturn", sentence);
  output(env, { "exit-code": 2 });
  return 2;
}

/** A workflow command; a line break inside would start another one. */
function annotate(level, title, text) {
  const escaped = (each) => each.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const property = escaped(title).replaceAll(":", "%3A").replaceAll(",", "%2C");
  process.stdout.write(`::${level} title=${property}::${escaped(text)}\n`);
}

/** `rotate resume --wait` is `rotate resume`. */
function wordsOnly(command) {
  return command.slice(0, 2).join(" ");
}

function words(text = "") {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** One argument per line, so nothing needs quoting. */
function lines(text = "") {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
