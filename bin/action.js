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
  const gate = env.INPUT_GATE ? ["--gate", env.INPUT_GATE] : [];
  const config = env.INPUT_CONFIG ? ["--config", env.INPUT_CONFIG] : [];
  const { exitCode, errors } = await keyturn(
    [...command, ...lines(env.INPUT_ARGS), ...gate, ...config],
    "inherit",
  );
  for (const error of errors) annotate("error", `keyturn ${command.join(" ")}`, error);
  if (command[0] === "rotate") await tellRotation([...gate, ...config], env.GITHUB_STEP_SUMMARY);
  if (env.GITHUB_OUTPUT) appendFileSync(env.GITHUB_OUTPUT, `exit-code=${exitCode}\n`);
  return exitCode;
}

/** Runs the program; what it says on stderr is passed on, its `error:` lines are kept. */
function keyturn(args, stdout) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [KEYTURN, ...args], { stdio: ["ignore", stdout, "pipe"] });
    let printed = "";
    let told = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      printed += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      told += text;
      process.stderr.write(text);
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const errors = [...told.matchAll(/^error: (.*)$/gm)].map(([, text]) => text);
      resolve({ exitCode: code ?? (signal === "SIGINT" ? 130 : 143), errors, printed });
    });
  });
}

/** The evidence of the gate's rotation, open or finished. Without one there is nothing to tell. */
async function tellRotation(flags, summary) {
  const { printed } = await keyturn(
    ["rotate", "status", "--evidence", "md", "--pending-ok", "--quiet", ...flags],
    "pipe",
  );
  if (summary && printed !== "") appendFileSync(summary, `${printed.trimEnd()}\n`);
}

function refuse(sentence) {
  annotate("error", "keyturn", sentence);
  return 2;
}

/** A workflow command; a line break inside would begin another one. */
function annotate(level, title, text) {
  const escaped = text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  process.stdout.write(`::${level} title=${title}::${escaped}\n`);
}

function words(text = "") {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** One argument a line, so that nothing has to be quoted. */
function lines(text = "") {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
