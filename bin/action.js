// The GitHub Action's entry: runs one keyturn command with the action's inputs. keyturn itself annotates findings; this
// adds what only a job needs: an annotation for an error, the outputs, and a rotation's evidence on the step's page.
const { spawn } = require("node:child_process");
const { appendFileSync } = require("node:fs");
const { join } = require("node:path");

const KEYTURN = join(__dirname, "keyturn.js");

main(process.env).then((exitCode) => {
  process.exitCode = exitCode;
});

async function main(env) {
  const command = words(env.INPUT_COMMAND);
  if (command.length === 0) return refuse("the input `command` is missing: probe, audit, rotate resume, ...");
  const more = lines(env.INPUT_ARGS);
  const joined = more.find((line) => /^-\S*\s/.test(line));
  if (joined !== undefined)
    return refuse(`the input \`args\` takes one argument per line: split "${joined}" at its spaces`);
  const gate = env.INPUT_GATE ? ["--gate", env.INPUT_GATE] : [];
  const config = env.INPUT_CONFIG ? ["--config", env.INPUT_CONFIG] : [];
  // First, since everything after `--` belongs to another program.
  const { exitCode, errors } = await keyturn([...command, ...gate, ...config, ...more], "inherit");
  const title = `keyturn ${command.join(" ")}`;
  for (const error of errors) annotate("error", title, error);
  const summary = env.GITHUB_STEP_SUMMARY;
  if (errors.length > 0) append(summary, failure(title, exitCode, errors));
  else if (TURNS.test(command.join(" "))) append(summary, await evidence([...gate, ...config]));
  append(env.GITHUB_OUTPUT, `exit-code=${exitCode}\n`);
  return exitCode;
}

const TURNS = /^rotate (start|resume|abort|status)\b/;

/**
 * Runs keyturn, passes its stderr through and keeps its errors with their hints. Cancelling a job signals only this
 * process, which forwards the signal so that keyturn can clean up.
 */
function keyturn(args, stdout) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [KEYTURN, ...args], { stdio: ["ignore", stdout, "pipe"] });
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
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const errors = [...errorText.matchAll(/^error: (.*(?:\nhint: .*)*)$/gm)].map(([, text]) => text);
      resolve({ exitCode: code ?? (signal === "SIGINT" ? 130 : 143), errors, printed });
    });
  });
}

/** The evidence of the gate's rotation, open or finished. */
async function evidence(flags) {
  const { printed } = await keyturn(
    ["rotate", "status", "--evidence", "md", "--pending-ok", "--quiet", ...flags],
    "pipe",
  );
  return printed === "" ? "" : `${printed.trimEnd()}\n`;
}

/** Indented for the step's page, so that none of it renders as Markdown. */
function failure(title, exitCode, errors) {
  const text = errors.join("\n").replaceAll(/^/gm, "    ");
  return `## ${title}: exit code ${exitCode}\n\n${text}\n`;
}

function append(file, text) {
  if (file && text !== "") appendFileSync(file, text);
}

function refuse(sentence) {
  annotate("error", "keyturn", sentence);
  append(process.env.GITHUB_OUTPUT, "exit-code=2\n");
  return 2;
}

/** A workflow command; a line break inside would start another one. */
function annotate(level, title, text) {
  const escaped = (each) => each.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const property = escaped(title).replaceAll(":", "%3A").replaceAll(",", "%2C");
  process.stdout.write(`::${level} title=${property}::${escaped(text)}\n`);
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
