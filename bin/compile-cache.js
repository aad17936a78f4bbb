// What node:module's compile cache does, for Node 20, which has none: two fifths of a start. One file for each first word
// of a command line and build of the program: eight bytes with the index's length and a checksum, the index in JSON,
// then V8's code for each file of dist/.

const fs = require("node:fs");
const { join } = require("node:path");
const { Script } = require("node:vm");

const HEAD_BYTES = 8;
const OLD_MS = 30 * 24 * 3_600_000;

/** Reads files of `dist`. V8 compares no more of a source than its length, so `build` must name what they hold. */
exports.readerWithCache = (dist, cache, build, word) => {
  const folder = join(cache, `${build}-${process.version}-${process.arch}`);
  const path = join(folder, word);
  const kept = readKept(path);
  const fresh = new Map();
  process.once("exit", (exitCode) => {
    // What is no command is a usage error: its word, which may be anything, becomes no file's name.
    if (exitCode === 2 || fresh.size === 0) return;
    // Now that the functions that ran are compiled too.
    for (const [file, script] of fresh) kept.set(file, script.createCachedData());
    keep(kept, path, cache);
  });
  return (file) => {
    const filename = join(dist, file);
    // esbuild writes ASCII, and of that Latin-1 is the shortest way into V8.
    const source = `(module) => {${fs.readFileSync(filename, "latin1")}}`;
    const script = new Script(source, { filename, cachedData: kept.get(file) });
    if (!kept.has(file) || script.cachedDataRejected) fresh.set(file, script);
    const module = { exports: {} };
    script.runInThisContext()(module);
    return module.exports;
  };
};

function readKept(path) {
  const kept = new Map();
  let file;
  try {
    file = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0));
    const { uid, mode } = fs.fstatSync(file);
    // Whoever else could write it could make us run anything.
    if (process.geteuid !== undefined && (uid !== process.geteuid() || (mode & 0o022) !== 0)) return kept;
    const bytes = fs.readFileSync(file);
    const code = HEAD_BYTES + bytes.readUInt32LE(0);
    const index = JSON.parse(bytes.toString("latin1", HEAD_BYTES, code));
    const whole = index.reduce((sum, [, length]) => sum + length, code);
    if (bytes.length !== whole || bytes.readUInt32LE(4) !== checksum(bytes)) return kept;
    let at = code;
    for (const [name, length] of index) {
      kept.set(name, bytes.subarray(at, at + length));
      at += length;
    }
  } catch {
    // The first run of this build, or a file that is none of ours: V8 compiles anew.
  } finally {
    if (file !== undefined) fs.closeSync(file);
  }
  return kept;
}

function keep(kept, path, cache) {
  const index = Buffer.from(JSON.stringify([...kept].map(([name, code]) => [name, code.length])));
  const bytes = Buffer.concat([Buffer.alloc(HEAD_BYTES), index, ...kept.values()]);
  bytes.writeUInt32LE(index.length, 0);
  bytes.writeUInt32LE(checksum(bytes), 4);
  try {
    if (fs.mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 }) !== undefined) forgetOld(cache);
    const draft = `${path}.${process.pid}`;
    fs.writeFileSync(draft, bytes, { mode: 0o600, flag: "wx", flush: true });
    fs.renameSync(draft, path);
  } catch {
    // A full disk or a read-only home costs a few milliseconds, nothing else.
  }
}

/**
 * V8 looks no closer, and dies of what is damaged. Damage comes in blocks of a disk: a word of each 128 bytes will do, and
 * more would be felt, since nothing is compiled yet when this runs.
 */
function checksum({ buffer, byteOffset, length }) {
  // Node aligns what it allocates to eight bytes.
  const words = new Int32Array(buffer, byteOffset, length >> 2);
  let sum = length;
  for (let at = HEAD_BYTES >> 2; at < words.length; at += 32) sum = (Math.imul(sum, 31) + words[at]) | 0;
  return sum >>> 0;
}

/** The code of builds that nobody has started for a month. */
function forgetOld(cache) {
  for (const name of fs.readdirSync(cache)) {
    const folder = join(cache, name);
    if (fs.statSync(folder).mtimeMs < Date.now() - OLD_MS) fs.rmSync(folder, { recursive: true });
  }
}
