/** `keyturn inspect` with input that was made to break it ends quickly, with a verdict or a reason. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cannedFields,
  cloudfrontBase64,
  customText,
  type Fields,
  inCookies,
  KEY_ID,
  NOW,
  rsa,
  signedFields,
  signText,
  URL,
} from "../edge/signed.ts";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";

const MEGABYTE = 1 << 20;
const PUBLIC_KEY = rsa.publicKey.export({ type: "spki", format: "pem" }) as string;
const header = (fields: Fields) =>
  `Cookie: ${inCookies(fields)
    .cookies.map((pair) => pair.join("="))
    .join("; ")}`;
const signed = (policy: string): Fields => signedFields(policy);

async function run(input: string | Uint8Array, ...flags: string[]) {
  const world = memoryWorld({ now: NOW, files: { input, "key.pem": PUBLIC_KEY } });
  const ran = await runCommand(["inspect", "input", "--public-key", `key.pem=${KEY_ID}`, ...flags], world);
  expect([0, 1, 3], ran.stderr).toContain(ran.exitCode);
  expect(ran.exitCode === 3 ? ran.stderr : ran.stdout).not.toBe("");
  return ran;
}

describe("a verdict or a reason comes quickly for a megabyte", () => {
  const many = (piece: string, length = MEGABYTE) => piece.repeat(Math.ceil(length / piece.length));
  const stars = many("*a");
  it.each<readonly [string, string, readonly string[]]>([
    ["of cookies", header({ ...signed(customText()), Policy: many("eyJ_") }), ["--url", URL]],
    ["of signature", header({ ...signed(customText()), Signature: many("abcd") }), ["--url", URL]],
    ["of key pair ID", header({ ...signed(customText()), "Key-Pair-Id": many("K") }), ["--url", URL]],
    ["of digits in Expires", header({ ...cannedFields(URL, 1), Expires: many("9") }), ["--url", URL]],
    [
      "of the same cookie",
      `Cookie: ${many("CloudFront-Policy=eyJ_; CloudFront-Policy=eyJ-; ")}`,
      ["--url", URL],
    ],
    ["of URL", `${URL}&x=${many("y")}&Expires=${NOW + 60}&Signature=AAAA&Key-Pair-Id=${KEY_ID}`, []],
    ["of parameters", `${URL}${many("&Expires=1&Policy=2")}`, []],
    [
      "of wildcards",
      header(signed(customText({ resource: `https://${stars}` }))),
      ["--url", `https://${many("a", 8000)}/`],
    ],
    [
      "of wildcards, with a URL that does not match",
      header(signed(customText({ resource: `https://h/${stars}b` }))),
      ["--url", `https://h/${many("a", 8000)}`],
    ],
    ["of nesting", header({ ...signed("{}"), Policy: cloudfrontBase64(many("[", 24_000)) }), ["--url", URL]],
    ["of an unsigned policy", many('{"Statement":[', 40_000), ["--url", URL]],
    [
      "of JSON",
      `{"cookies":[${many('{"name":"CloudFront-Policy","value":"x","path":"/*","domain":".h"},')}{}]}`,
      ["--url", URL],
    ],
    ["of a cookie jar", many("h\tTRUE\t/\tTRUE\t0\tCloudFront-Policy\tx\n"), ["--url", "https://h/"]],
    [
      "of Set-Cookie",
      many("Set-Cookie: CloudFront-Policy=x; Path=/; Domain=h.example; SameSite=None\n"),
      ["--url", "https://h.example/"],
    ],
    [
      "of a HAR",
      `{"log":{"entries":[${many('{"request":{"url":"https://h/?Expires=1","headers":[]}},')}{}]}}`,
      [],
    ],
    ["of a HAR in a single string", `{"log":{"entries":[{"request":{"url":"${many('\\"')}`, []],
    ["of null characters", many("\0"), []],
    ["of bytes that are not UTF-8", many("\xff\xfe"), []],
  ])("%s", async (_, input, flags) => {
    await run(input, ...flags);
  });
});

it("any bytes get a verdict or a reason", async () => {
  const good = signed(customText());
  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.constantFrom(
      ...header(good).split(/(?=[;=])/),
      '"',
      "%7E",
      "\n",
      "curl ",
      "-b ",
      URL,
      "?Policy=",
      "&Signature=",
      "{",
      "}",
      '"log":',
      "Set-Cookie: ",
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 15 }),
      fc.constantFrom([], ["--url", URL], ["--json"]),
      async (pieces, flags) => {
        await run(Buffer.from(pieces.join("")), ...flags);
      },
    ),
    { numRuns: 80 },
  );
});

it("any policy, correctly signed, gets a verdict", async () => {
  const json = fc.oneof(
    fc.json(),
    fc
      .record({ Resource: fc.anything(), Condition: fc.anything() })
      .map((statement) => JSON.stringify({ Statement: [statement] }) ?? "{}"),
    fc.string().map((resource) => customText({ resource })),
    fc.string().map((ip) => customText({ ip })),
    fc.double().map((dateLessThan) => customText({ dateLessThan })),
  );
  await fc.assert(
    fc.asyncProperty(json, async (policy) => {
      const { exitCode } = await run(
        header({ ...signed(policy), Signature: signText(policy) }),
        "--url",
        URL,
      );
      expect([0, 1]).toContain(exitCode);
    }),
    { numRuns: 80 },
  );
});
