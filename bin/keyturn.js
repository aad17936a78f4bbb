#!/usr/bin/env node
// Starts the built program: calls its chunks, which lie together in a few files of dist/, and lets V8 keep what it
// compiled for the next start. CommonJS: Node starts it faster than an ES module.

const fs = require("node:fs");
const { join } = require("node:path");

// Node 20 has none, and to ask node:module there would be felt.
const { enableCompileCache } = process.version.startsWith("v20.") ? {} : require("node:module");

const DIST = join(__dirname, "../dist");

start();

function start() {
  let main;
  try {
    const { build, places } = JSON.parse(fs.readFileSync(join(DIST, "package.json"), "utf8"));
    ({ main } = chunkLoader(places, fileReader(build))("main.js"));
  } catch (error) {
    const notBuilt = error.code === "ENOENT" && error.path?.startsWith(DIST);
    process.exitCode = 70;
    process.stderr.write(
      notBuilt
        ? "error: keyturn is not built yet [ERR_INTERNAL]\nhint: npm ci && npm run build\n"
        : `error: keyturn cannot start: ${error.message} [ERR_INTERNAL]\n`,
    );
    return;
  }
  // All is written when it resolves. To leave at once spares taking V8's heap apart: a tenth of a start.
  main(join(__dirname, "..")).then(() => process.exit());
}

/** Calls chunks by their name, each once; anything else they require is Node's. `places` are files that hold several. */
function chunkLoader(places, read) {
  const chunks = new Map();
  const modules = new Map();
  return function load(name) {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    if (!chunks.has(name)) {
      for (const [each, chunk] of Object.entries(read(places[name] ?? name))) chunks.set(each, chunk);
    }
    const folder = name.startsWith("chunks/") ? "chunks/" : "";
    const requireChunk = (id) => (id.startsWith("./") ? load(folder + id.slice(2)) : require(id));
    const module = { exports: {} };
    modules.set(name, module);
    chunks.get(name)(requireChunk, module, withGetters, marked, toNamespace);
    return module.exports;
  };
}

/** Reads a file of dist/ with the user's compile cache: Node's own (22.1 and later), or ours, which does as much. */
function fileReader(build) {
  const folder = cacheFolder(process.env);
  const { argv } = process;
  // A command's help runs little of what the command does.
  const word = argv.includes("--help") || argv.includes("-h") ? "help" : (argv[2] ?? "");
  if (folder !== undefined && enableCompileCache !== undefined) enableCompileCache(folder);
  else if (folder !== undefined && /^[-a-z]{0,20}$/.test(word)) {
    const { readerWithCache } = require("./compile-cache.js");
    return readerWithCache(DIST, folder, build, /^[a-z]/.test(word) ? word : "keyturn");
  }
  return (file) => require(join(DIST, file));
}

/**
 * Undefined where nothing can be kept, and where nothing should be: whoever can write there could make us run anything,
 * and `sudo` may leave root with another's home. Node's own switch turns it off.
 */
function cacheFolder({ XDG_CACHE_HOME, HOME, NODE_DISABLE_COMPILE_CACHE }) {
  const home = XDG_CACHE_HOME || HOME;
  if (!home || NODE_DISABLE_COMPILE_CACHE) return undefined;
  const folder = join(XDG_CACHE_HOME || join(HOME, ".cache"), "keyturn", "code");
  // Windows knows no user ids; there the profile's folder is the user's own.
  if (process.geteuid === undefined) return folder;
  const uid = process.geteuid();
  if (fs.statSync(home, { throwIfNoEntry: false })?.uid !== uid) return undefined;
  try {
    // Made here: Node would make it with whatever the umask leaves to others.
    const { mode, uid: owner } = fs.statSync(folder, { throwIfNoEntry: false }) ?? fs.statSync(made(folder));
    return owner === uid && (mode & 0o022) === 0 ? folder : undefined;
  } catch {
    return undefined;
  }
}

function made(folder) {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

// What esbuild would write at the head of every chunk (__export, __toCommonJS, __toESM), once for all.

function withGetters(target, all) {
  for (const name in all) Object.defineProperty(target, name, { get: all[name], enumerable: true });
}

function marked(module) {
  return Object.defineProperty(module, "__esModule", { value: true });
}

function toNamespace(module) {
  if (module.__esModule) return module;
  const namespace = Object.create(Object.getPrototypeOf(module), {
    default: { value: module, enumerable: true },
  });
  for (const name of Object.getOwnPropertyNames(module)) {
    if (name !== "default")
      Object.defineProperty(namespace, name, { get: () => module[name], enumerable: true });
  }
  return namespace;
}
