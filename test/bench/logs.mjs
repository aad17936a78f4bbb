// Access logs: two questions beside zcat and mawk counting the same, and memory that stays where it is.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { cpuTime, interleave, ratio, wallTime } from "./interleaved.mjs";

export const logsFigures = [{ id: "logs", take: takeLogs }];

const FIELDS =
  "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end";
const AWK = {
  denials: `$9==403||$9==401{c[$1 substr($2,1,2) $31]++} END{for(k in c)print k,c[k]}`,
  "old-key": `match($13,/CloudFront-Key-Pair-Id=[A-Za-z0-9_-]+/){k=substr($13,RSTART+23,RLENGTH-23); if($9==403)d[k]++; else a[k]++; if(!(k in f)||$1 $2<f[k])f[k]=$1 $2; if($1 $2>l[k])l[k]=$1 $2} END{for(k in a)print k,a[k],d[k],f[k],l[k]}`,
};

async function takeLogs({ folder, short, keyturn }) {
  try {
    execFileSync("mawk", ["-W", "version"], { stdio: "ignore" });
  } catch {
    return [{ what: "logs of a day / zcat | mawk", notMeasured: "needs mawk" }];
  }
  const [lines, more] = short ? [20_000, 40_000] : [2_000_000, 20_000_000];
  const few = writeLogs(join(folder, "few"), lines);
  const rows = [];
  for (const [question, program] of Object.entries(AWK)) {
    const samples = await interleave(
      {
        keyturn: () => wallTime({ command: [process.execPath, keyturn, "logs", question, few, "--offline"] }),
        mawk: () => wallTime({ command: ["bash", "-c", `zcat "$0"/*.gz | mawk -F'\\t' "$1"`, few, program] }),
      },
      short ? 1 : 5,
    );
    rows.push({
      what: `logs ${question} of ${lines} lines / zcat | mawk`,
      bound: "at most",
      target: 1,
      ...ratio(samples, "keyturn", "mawk"),
    });
  }
  const measured = (path) =>
    cpuTime({ command: [process.execPath, keyturn, "logs", "denials", path, "--offline"] });
  const small = measured(few);
  const large = measured(writeLogs(join(folder, "many"), more));
  rows.push(
    memoryRow(`logs denials of ${lines} lines: peak memory / 700 MB`, small.memory, 700),
    memoryRow(`logs denials of ${more} lines: peak memory / of ${lines}`, large.memory, small.memory, 1.15),
    {
      what: `logs denials of ${more} lines: CPU a line / of ${lines}`,
      bound: "at most",
      target: 1.1,
      ratio: large.cpu / small.cpu / (more / lines),
      spread: 0,
      rounds: 1,
    },
  );
  return rows;
}

function memoryRow(what, memory, reference, target = 1) {
  return {
    what,
    bound: "at most",
    target,
    measured: memory,
    reference,
    ratio: memory / reference,
    spread: 0,
    rounds: 1,
  };
}

/** With cookie logging, as a rotation needs it: about a kilobyte a line, most of it a credential. The same file again and again: reading is what is measured. */
function writeLogs(folder, count) {
  mkdirSync(folder, { recursive: true });
  const each = Math.min(100_000, count);
  const random = (bytes) => randomBytes(bytes).toString("base64url");
  const cookies = Array.from(
    { length: 2000 },
    (_, at) =>
      `CloudFront-Policy=${random(120)}__;%20CloudFront-Signature=${random(256)}__;%20CloudFront-Key-Pair-Id=${at % 7 ? "KNEW12345678" : "KOLD12345678"};%20sid=${random(16)}`,
  );
  const text = [`#Version: 1.0\n#Fields: ${FIELDS}\n`];
  for (let at = 0; at < each; at += 1) {
    const [denied, clock] = [at % 50 === 0, new Date(1_795_000_000_000 + at * 30).toISOString()];
    text.push(
      `${clock.slice(0, 10)}\t${clock.slice(11, 19)}\tFRA${at % 9}-P${at % 5}\t${500 + (at % 1000)}\t203.0.113.${at % 250}\tGET\td111111abcdef8.cloudfront.net\t/api/items/${at % 5000}\t${denied ? 403 : 200}\t-\tMozilla/5.0%20(X11;%20Linux%20x86_64)%20Chrome/140.0.0.0%20Safari/537.36\t-\t${cookies[at % 2000]}\t${denied ? "Error" : "Miss"}\t${random(40)}==\tapp.example.com\thttps\t300\t0.1\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\t${denied ? "Error" : "Miss"}\tHTTP/2.0\t-\t-\t40000\t0.1\t${denied ? "Error" : "Miss"}\t${denied ? "text/xml" : "application/json"}\t${denied ? 110 : 512}\t-\t-\n`,
    );
  }
  const first = join(folder, "0.gz");
  writeFileSync(first, gzipSync(text.join("")));
  for (let file = 1; file * each < count; file += 1) linkSync(first, join(folder, `${file}.gz`));
  return folder;
}
