/** Plants a private key and knows every value that is minted with it, then looks for both wherever they must not be. */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { mintCookies } from "../../src/cookies/mint.ts";
import { COOKIE_FORMATS, cookiePairs } from "../../src/cookies/write.ts";
import type { Programs } from "../../src/seams.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";

const now = 1_800_000_000;
const ID = "K2JCJMDEHXQW5F";
// RSA signs the same text to the same signature, so what mint will print is known beforehand.
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const locked = privateKey.export({
  type: "pkcs8",
  format: "pem",
  cipher: "aes-256-cbc",
  passphrase: "tide-and-time",
}) as string;
const URL_ = "https://h.example/a";
const grants = [{ url: URL_ }, { resource: "https://h.example/*" }];
const minted = grants.flatMap((grant) =>
  cookiePairs(mintCookies({ ...grant, expires: now + 3600, hash: "SHA256", keyPairId: ID }, privateKey)).map(
    ([, value]) => value,
  ),
);
const values = minted.filter((value) => value.length > 20);
const keyLines = [pem, locked].flatMap((text) =>
  text.split("\n").filter((line) => /^[A-Za-z0-9+/=]{60,}$/.test(line)),
);
const secrets = [...values, ...keyLines, "tide-and-time"];

/** Where it was found, and what: not the secret itself, in case the test fails. */
function found(places: Readonly<Record<string, string>>, what = secrets): string[] {
  return Object.entries(places).flatMap(([place, text]) =>
    what
      .filter((secret) => text.includes(secret))
      .map((secret) => `${place}: ${secret.slice(0, 3)}... (${secret.length})`),
  );
}

async function run(line: string) {
  const argv: string[] = [];
  const programs: Programs = {
    run: async (program, args) => {
      argv.push(program, ...args);
      return 0;
    },
    output: async () => {
      throw new Error("not asked for");
    },
  };
  const env = { SIGNING_KEY: pem.replaceAll("\n", "\\n"), HALF_A_KEY: pem.slice(0, 900) };
  const world = memoryWorld({ now, env, programs, stdin: pem });
  for (const [name, content] of Object.entries({
    "key.pem": pem,
    "locked.pem": locked,
    pass: "tide-and-time\n",
    wrong: "x\n",
  })) {
    world.files.put(name, content, 0o600);
  }
  const given = world.files.names();
  const ran = await runCommand(words(line), world);
  const written = world.files.names().filter((name) => !given.includes(name));
  return { ...ran, argv, written, world };
}

const KEYS = [
  "--private-key key.pem",
  "--private-key -",
  "--private-key-env SIGNING_KEY",
  "--private-key locked.pem --passphrase-file pass",
].map((source) => `${source} --key-pair-id ${ID}`);

const lines = [
  ...KEYS.flatMap((key) => [
    `keyturn mint ${URL_} ${key} --verbose`,
    `keyturn mint --resource https://h.example/* ${key} --json`,
    `keyturn mint --resource https://h.example/* ${key} --output out`,
    `keyturn curl ${URL_} ${key}`,
    `keyturn mint ${URL_} ${key} --logout`,
  ]),
  ...COOKIE_FORMATS.map((format) => `keyturn mint ${URL_} ${KEYS[0]} --format ${format} --output out --json`),
  `keyturn mint ${URL_} ${KEYS[0]} --count 3`,
  `keyturn mint ${URL_} ${KEYS[0]} --bad tampered-signature`,
  // Endings that are not happy, told in full.
  `keyturn mint ${URL_} --private-key locked.pem --key-pair-id ${ID} --verbose`,
  `keyturn mint ${URL_} --private-key locked.pem --passphrase-file wrong --key-pair-id ${ID} --verbose`,
  `keyturn mint ${URL_} --private-key-env HALF_A_KEY --key-pair-id ${ID} --verbose`,
  `keyturn mint ${URL_}"x ${KEYS[0]} --verbose --json`,
  `keyturn mint ${URL_} ${KEYS[0]} --output key.pem --verbose`,
  `keyturn mint ${URL_}?Policy=x ${KEYS[0]}`,
  "keyturn keys match key.pem --offline",
  "keyturn keys generate --out key.pem --verbose",
];

describe("planted secrets", () => {
  it("are what the commands really print: the test would see them", async () => {
    const { stdout } = await run(lines[0] as string);
    expect(found({ stdout }, values)).not.toEqual([]);
    expect(secrets.length).toBeGreaterThan(30);
  });

  it.each(lines)("are nowhere but where they were asked for: %s", async (line) => {
    const { stdout, stderr, argv, written, world } = await run(line);
    const asked = written.filter((name) => name === "out" || name.endsWith(".jar"));
    const prints = line.startsWith("keyturn mint") && !line.includes("--output");
    expect(found({ stdout }, prints ? [...keyLines, "tide-and-time"] : secrets)).toEqual([]);
    expect(found({ stderr, argv: argv.join(" "), journal: JSON.stringify(world.journal.entries) })).toEqual(
      [],
    );
    expect(written).toEqual(asked);
    for (const name of asked)
      expect(found({ [name]: world.files.text(name) }, [...keyLines, "tide-and-time"])).toEqual([]);
    for (const name of asked) expect(await world.files.mode(name)).toBe(0o600);
  });
});
