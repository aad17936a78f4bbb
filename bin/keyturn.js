#!/usr/bin/env node
// Starts the built program and nothing else. CommonJS, which Node starts faster than an ES module.

const { existsSync, mkdirSync, statSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");

const MAIN = join(__dirname, "../dist/main.js");

if (existsSync(MAIN)) {
  const folder = enableCompileCache && codeCache(process.env);
  if (folder) enableCompileCache(folder);
  const { main } = require(MAIN);
  // All output is written once it resolves. Exiting at once skips V8's heap teardown, a tenth of the start-up time.
  main(join(__dirname, "..")).then(() => process.exit());
} else {
  process.stderr.write("error: keyturn is not built yet [ERR_INTERNAL]\nhint: npm ci && npm run build\n");
  process.exitCode = 70;
}

/**
 * Where Node (22.1 and later) may cache compiled code: only in a folder that nobody else can write to. Node's default
 * is in /tmp; and under `sudo`, root may have another user's home.
 */
function codeCache({ XDG_CACHE_HOME, HOME, NODE_DISABLE_COMPILE_CACHE }) {
  const home = XDG_CACHE_HOME || HOME;
  if (!home || NODE_DISABLE_COMPILE_CACHE) return undefined;
  const folder = join(XDG_CACHE_HOME || join(HOME, ".cache"), "keyturn", "code");
  // Windows has no user IDs; its profile folder belongs to the user.
  const isOurs = (path) => process.geteuid === undefined || statSync(path).uid === process.geteuid();
  try {
    if (!isOurs(home)) return undefined;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isOurs(folder) && (statSync(folder).mode & 0o022) === 0 ? folder : undefined;
  } catch {
    return undefined;
  }
}
