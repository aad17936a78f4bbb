// What node:module's compile cache does, for Node 20, which has none: two fifths of a start. One file for each first word
// of a command line and build of the program: eight bytes with the index's length and checksum, the index in JSON (name,
// length and checksum of each part, and how many runs it was made of), then V8's code for each file of dist/.

const fs = require("node:fs");
const { join } = require("node:path");
const { Script } = require("node:vm");

const HEAD_BYTES = 8;
const OLD_MS = 30 * 24 * 3_600_000;
/** Other flags run other functions: what the first runs compiled is kept together. */
const LEARNING_RUNS = 3;

/** Reads files of `dist`. V8 compares no more of a source than its length, so `build` must name what they hold. */
exports.readerWithCache = (dist, cache, build, word) => {
  const folder = join(cache, `${build}-${process.version}-${process.arch}`);
  const path = join(folder, word);
  const kept = openKept(path);
  const fresh = new Map();
  process.once("exit", (exitCode) => {
    // What is no command is a usage error: its word, which may be anything, becomes no file's name.
    if (exitCode === 2 || fresh.size === 0) return;
    const parts = new Map(kept.names.map((name) => [name, { code: kept.read(name), runs: kept.runs(name) }]));
    // Now that the functions that ran are compiled too.
    for (const [file, script] of fresh) {
      parts.set(file, { code: script.createCachedData(), runs: kept.runs(file) + 1 });
    }
    keep(parts, path, cache);
  });
  return (file) => {
    const filename = join(dist, file);
    // esbuild writes ASCII, and of that Latin-1 is the shortest way into V8.
    const source = fs.readFileSync(filename, "latin1");
    const cachedData = kept.read(file);
    const script = new Script(source, { filename, cachedData });
    const isUsed = cachedData !== undefined && !script.cachedDataRejected;
    if (!isUsed || kept.runs(file) < LEARNING_RUNS) fresh.set(file, script);
    return script.runInThisContext();
  };
};

/** A part is read when it is asked for: `mint` of a gate needs five times the code that `mint` with a key file does. */
function openKept(path) {
  const places = new Map();
  let file;
  try {
    file = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0));
    const { uid, mode, size } = fs.fstatSync(file);
    // Whoever else could write it could make us run anything.
    const isOurs = process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o022) === 0);
    const head = readAt(file, 0, HEAD_BYTES);
    const index = isOurs ? readAt(file, HEAD_BYTES, Math.min(head.readUInt32LE(0), size)) : Buffer.alloc(0);
    let at = HEAD_BYTES + index.length;
    if (checksum(index) === head.readUInt32LE(4)) {
      for (const [name, length, sum, runs] of JSON.parse(index.toString())) {
        places.set(name, { at, length, sum, runs });
        at += length;
      }
    }
    if (at !== size) places.clear();
  } catch {
    // The first run of this build, or a file that is none of ours: V8 compiles anew.
    places.clear();
  }
  return {
    names: [...places.keys()],
    runs: (name) => places.get(name)?.runs ?? 0,
    /** Undefined where there is none, and where it is damaged. */
    read(name) {
      const place = places.get(name);
      if (place === undefined) return undefined;
      try {
        const bytes = readAt(file, place.at, place.length);
        return checksum(bytes) === place.sum ? bytes : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

function readAt(file, at, length) {
  const bytes = Buffer.allocUnsafe(length);
  return bytes.subarray(0, fs.readSync(file, bytes, 0, length, at));
}

function keep(parts, path, cache) {
  const whole = [...parts].filter(([, { code }]) => code !== undefined);
  const places = whole.map(([name, { code, runs }]) => [name, code.length, checksum(code), runs]);
  const index = Buffer.from(JSON.stringify(places));
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(index.length, 0);
  head.writeUInt32LE(checksum(index), 4);
  const bytes = Buffer.concat([head, index, ...whole.map(([, { code }]) => code)]);
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
 * V8 looks no closer, and dies of what is damaged. Damage comes in blocks of a disk, 512 bytes at the least: a word of
 * each 256 will do, and more would be felt, since nothing is compiled yet when this runs.
 */
function checksum({ buffer, byteOffset, length }) {
  // Node aligns what it allocates to eight bytes.
  const words = new Int32Array(buffer, byteOffset, length >> 2);
  let sum = length;
  for (let at = 0; at < words.length; at += 64) sum = (Math.imul(sum, 31) + words[at]) | 0;
  return sum >>> 0;
}

/** The code of builds that nobody has started for a month. */
function forgetOld(cache) {
  for (const name of fs.readdirSync(cache)) {
    const folder = join(cache, name);
    if (fs.statSync(folder).mtimeMs < Date.now() - OLD_MS) fs.rmSync(folder, { recursive: true });
  }
}
