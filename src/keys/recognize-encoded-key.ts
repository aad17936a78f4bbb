/** Recognizes keys that were encoded or altered in transit, and texts that only point to a key. */
import type { KeyInputKind, WantedHalf } from "./key-input-kind.ts";

const look = (is: string, ...hints: string[]): KeyInputKind => ({ is, hints });
type Look = readonly [
  looks: RegExp,
  describe: (out: string, text: string, wanted: WantedHalf) => KeyInputKind | undefined,
];

const GZIP = 0x1f8b;
/** With dashes that a word processor or a chat changed, or a no-break space in it. */
const CHANGED_LABEL =
  /(?:^|\n)[^\w\n]{1,20}(?:BEGIN|END)[^\w\n]{1,9}(?:[A-Z]{1,10}[^\w\n]{1,9}){1,3}[^\w\n]{0,20}(?:\r?\n|$)/;
const RELABEL =
  "s/^[^A-Z]+(BEGIN|END)[^A-Z]+(([A-Z]+ )*)([A-Z]+)[^A-Z]+KEY[^A-Z]*$/-----\\1 \\2\\4 KEY-----/";

const LOOKS: readonly Look[] = [
  [/^$/, () => look("empty", "ls -l KEYFILE")],
  [
    /^(?:\.{0,2}|~|[A-Za-z]:)[/\\][^\s]{1,400}\.(?:pem|key|der|p8|pk8)$|^file:\/\/\S{1,400}$/,
    () => look("the path of a file, not its content", "give that file instead: cat KEYFILE"),
  ],
  [
    /^(?:\$\{?\w+\}?|%\w+%|\{\{.{1,300}\}\}|<[\w .-]+>|\$\(.{1,300}\)|!Ref \w+)$/s,
    () => look("an unfilled template or variable, not a key", "fill it in before the file is written"),
  ],
  [
    /^(?:undefined|null|none|nil)$/i,
    (_, text) => look(`the word ${text}: a variable was not set when the file was written`, "cat KEYFILE"),
  ],
  [/^\$ANSIBLE_VAULT;/, (out) => look("an Ansible vault", `ansible-vault decrypt --output ${out} KEYFILE`)],
  [
    /ENC\[AES256_GCM,|^sops:$|"sops"\s*:\s*\{/m,
    () => look("a file that SOPS encrypted", "sops --decrypt KEYFILE"),
  ],
  [
    /-----BEGIN AGE ENCRYPTED FILE-----|^age-encryption\.org\/v1/,
    (out) => look("a file that age encrypted", `age --decrypt --identity IDENTITY KEYFILE > ${out}`),
  ],
  [
    /^\s*(?:\[\w+\]\s+)?aws_(?:access_key_id|secret_access_key)\s*=/,
    () => look("a file of AWS credentials, not a signing key", "keyturn keys list"),
  ],
  [
    /^<(?:!doctype|html)\b/i,
    () => look("a web page, perhaps a login page in place of the file", "head -c 200 KEYFILE"),
  ],
  [
    /^-+(?:BEGIN%20|BEGIN\+)|%2D-BEGIN|^(?:%2D){5}BEGIN/i,
    (out) =>
      look(
        "a percent-encoded PEM",
        `node -p 'decodeURIComponent(fs.readFileSync(process.argv[1],"utf8"))' KEYFILE > ${out}`,
      ),
  ],
  [
    CHANGED_LABEL,
    (out, text) =>
      /-----BEGIN [A-Z0-9 ]+-----/.test(text)
        ? undefined
        : look(
            "a PEM whose BEGIN and END lines were changed: they need five hyphens and plain spaces",
            `sed -E '${RELABEL}' KEYFILE > ${out}`,
          ),
  ],
  [
    /-----begin [a-z ]+-----/,
    () => look("a PEM whose labels are in lower case", "write BEGIN, END and the label in capitals"),
  ],
  [
    /^\[\s*"-----BEGIN [^"]*-----"\s*,/,
    (out) => look("a JSON list of a PEM's lines", `jq -r '.[]' KEYFILE > ${out}`),
  ],
  [
    /^[0-9a-fA-F:\s]{100,}$/,
    (out, _, wanted) =>
      look(
        "a hex dump",
        `node -e 'process.stdout.write(Buffer.from(fs.readFileSync(process.argv[1],"utf8").replace(/[^0-9a-f]/gi,""),"hex"))' KEYFILE | openssl pkey ${wanted === "public" ? "-pubin " : ""}-inform DER -out ${out}`,
      ),
  ],
  [/^[A-Za-z0-9+/_\s-]{60,}={0,2}$/, (out, text) => inBase64(out, text)],
];

function inBase64(out: string, text: string): KeyInputKind | undefined {
  const bytes = Buffer.from(text.replace(/\s/g, ""), "base64");
  if (bytes.length > 2 && bytes.readUInt16BE(0) === GZIP)
    return look("base64 of gzip-compressed data", `base64 -d KEYFILE | gunzip > ${out}`);
  const inner = Buffer.from(bytes.toString("latin1").replace(/\s/g, ""), "base64").toString("latin1", 0, 11);
  return inner === "-----BEGIN "
    ? look("a PEM that was base64-encoded twice", `base64 -d KEYFILE | base64 -d > ${out}`)
    : undefined;
}

/** Undefined if nothing is recognized. `text`: the bytes as UTF-8, trimmed. */
export function recognizeEncodedKey(
  bytes: Buffer,
  text: string,
  wanted: WantedHalf,
): KeyInputKind | undefined {
  const out = wanted === "private" ? "key.pem" : "key.pub.pem";
  if (bytes.length > 2 && bytes.readUInt16BE(0) === GZIP)
    return look("gzip-compressed data", `gunzip < KEYFILE > ${out}`);
  for (const [looks, describe] of LOOKS) {
    const found = looks.test(text) ? describe(out, text, wanted) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
