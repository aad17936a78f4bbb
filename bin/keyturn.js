#!/usr/bin/env node
// Starts the built program; nothing else. CommonJS: Node starts it faster than an ES module.

const { join } = require("node:path");

// Node 22.1 and later keep compiled code on disk: the second start is faster.
require("node:module").enableCompileCache?.();

start();

function start() {
  let main;
  try {
    ({ main } = require("../dist/main.js"));
  } catch (error) {
    const notBuilt = error.code === "MODULE_NOT_FOUND" && /dist[\\/]main\.js/.test(error.message);
    process.exitCode = 70;
    process.stderr.write(
      notBuilt
        ? "error: keyturn is not built yet [ERR_INTERNAL]\nhint: npm run build\n"
        : `error: keyturn cannot start: ${error.message} [ERR_INTERNAL]\n`,
    );
    return;
  }
  main(join(__dirname, ".."));
}
