/** Signatures over other bytes than the edge verifies: the first cause says which spelling was signed, with proof. */
import type { KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/finding.ts";
import {
  cannedText,
  cloudfrontBase64,
  customText,
  ecdsa,
  type Fields,
  inQuery,
  KEY_ID,
  NOW,
  rsa,
  signText,
} from "../edge/signed.ts";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";

const END = NOW + 60;
const pem = (key: KeyObject) => key.export({ type: "spki", format: "pem" }) as string;
const PAIRS = { rsa, ecdsa } as const;
type Kind = keyof typeof PAIRS;

async function findings(url: string, kind: Kind = "rsa"): Promise<readonly Finding[]> {
  const files = { "key.pub.pem": pem(PAIRS[kind].publicKey) };
  const world = memoryWorld({ now: NOW, files, stdin: url });
  const ran = await runCommand(["inspect", "-", "--public-key", `key.pub.pem=${KEY_ID}`, "--json"], world);
  return JSON.parse(ran.stdout).findings;
}
/** A signed URL with a canned policy, requested as `asked`, whose signature covers `text`. */
const signed = (asked: string, text: string, kind: Kind = "rsa", hash?: "SHA256"): string =>
  inQuery(
    {
      Expires: String(END),
      Signature: signText(text, hash ?? "SHA1", PAIRS[kind].privateKey),
      "Key-Pair-Id": KEY_ID,
      ...(hash && { "Hash-Algorithm": hash }),
    },
    { url: asked },
  ).url;
const base = "https://cdn.example.com";

const text = (url: string) => cannedText(url, END);
const json = (url: string) => JSON.parse(text(url));
const Condition = { DateLessThan: { "AWS:EpochTime": END } };
const page = `${base}/v/a.mp4?q=1&r=<b>`;

const CANNED_TEXTS: readonly (readonly [title: string, text: string, says: RegExp])[] = [
  ["PHP's json_encode", text(page).replaceAll("/", "\\/"), /written \\\//],
  [
    "Go's json.Marshal",
    text(page).replace(/&/g, "\\u0026").replace(/</g, "\\u003c").replace(/>/g, "\\u003e"),
    /\\u003c/,
  ],
  [
    "System.Text.Json",
    text(page).replace(/&/g, "\\u0026").replace(/</g, "\\u003C").replace(/>/g, "\\u003E"),
    /\\u003C/,
  ],
  [
    "Gson",
    text(page)
      .replace(/&/g, "\\u0026")
      .replace(/</g, "\\u003c")
      .replace(/>/g, "\\u003e")
      .replace(/q=1/, "q\\u003d1")
      .replace("r=", "r\\u003d"),
    /&, =/,
  ],
  ["Python's json.dumps", text(page).replace(/":/g, '": ').replace(/,"/g, ', "'), /space after : and ,/],
  [
    "Python's json.dumps, sorted",
    `{"Statement": [{"Condition": ${JSON.stringify(Condition).replace(/":/g, '": ')}, "Resource": "${page}"}]}`,
    /a different order, with a space/,
  ],
  ["members sorted", JSON.stringify({ Statement: [{ Condition, Resource: page }] }), /a different order/],
  ["a space after the colon alone", text(page).replace(/":/g, '": '), /space after each colon/],
  ["a space after the comma alone", text(page).replace(/,"/g, ', "'), /space after each comma/],
  ["two spaces of indent", JSON.stringify(json(page), null, 2), /several lines/],
  ["four spaces of indent and CRLF", JSON.stringify(json(page), null, 4).replaceAll("\n", "\r\n"), /CRLF/],
  ["tabs", JSON.stringify(json(page), null, "\t"), /several lines/],
  ["echo", `${text(page)}\n`, /trailing line break/],
  ["echo on Windows", `${text(page)}\r\n`, /trailing CRLF/],
  ["jq", `${JSON.stringify(json(page), null, 2)}\n`, /several lines, with a trailing line break/],
  ["a byte order mark", `\uFEFF${text(page)}`, /byte order mark/],
  ["quoted epoch", text(page).replace(String(END), `"${END}"`), /quotes/],
  ["Statement as an object", JSON.stringify({ Statement: { Resource: page, Condition } }), /object/],
  [
    "a Version",
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Resource: page, Condition }] }),
    /Version/,
  ],
  ["single quotes", text(page).replaceAll('"', "'"), /single quotes/],
  ["base64 before signing", Buffer.from(text(page)).toString("base64"), /base64/],
  ["spaces around colons", text(page).replace(/":/g, '" : '), /around :/],
  ["an escape of echo at its end", `${text(page)}\\n`, /two characters/],
  ["slashes and a final newline", `${text(page).replaceAll("/", "\\/")}\n`, /written \\\/.*line break/],
  [
    "slashes and spaces",
    text(page).replaceAll("/", "\\/").replace(/":/g, '": ').replace(/,"/g, ', "'),
    /written \\\/.*space/,
  ],
];

describe.each(["rsa", "ecdsa"] as const)(
  "inspect recognizes a canned policy that was formatted differently when signed (%s)",
  (kind) => {
    it.each(CANNED_TEXTS)("as %s", async (_, signedText, says) => {
      const [denial, first] = await findings(signed(page, signedText, kind), kind);
      expect(denial?.id).toBe("signature-mismatch");
      expect(first).toMatchObject({ id: "policy-bytes-differ", basis: "observed" });
      expect(first?.message).toMatch(says);
      expect(first?.message).toContain("canned");
    });
  },
);

describe("inspect recognizes a custom policy that was formatted differently when signed", () => {
  const sent = customText({ resource: `${base}/v/*?a=1&b=2`, ip: "198.51.100.0/24" });
  it.each([
    ["with / written as \\/", sent.replaceAll("/", "\\/"), /written \\\//],
    ["with & written as \\u0026", sent.replaceAll("&", "\\u0026"), /\\u0026/],
    ["indented", JSON.stringify(JSON.parse(sent), null, 2), /several lines/],
    ["with a final line break", `${sent}\n`, /trailing line break/],
    [
      "with its conditions in another order",
      sent.replace(/("DateLessThan".*?\}),("IpAddress".*?\})/, "$2,$1"),
      /a different order/,
    ],
    ["after encoding it", cloudfrontBase64(sent), /base64-encoded/],
    ["as Python formats it", sent.replace(/":/g, '": ').replace(/,"/g, ', "'), /space after/],
  ])("%s", async (_, signedText, says) => {
    const fields: Fields = {
      Policy: cloudfrontBase64(sent),
      Signature: signText(signedText),
      "Key-Pair-Id": KEY_ID,
    };
    const [, first] = await findings(inQuery(fields, { url: `${base}/v/x?a=1&b=2` }).url);
    expect(first).toMatchObject({ id: "policy-bytes-differ", basis: "observed" });
    expect(first?.message).toMatch(says);
  });
  it("whose Resource was changed on the way", async () => {
    const fields: Fields = {
      Policy: cloudfrontBase64(sent),
      Signature: signText(sent.replace("https", "http")),
      "Key-Pair-Id": KEY_ID,
    };
    const [, first] = await findings(inQuery(fields, { url: `${base}/v/x?a=1&b=2` }).url);
    expect(first).toMatchObject({ id: "signed-other-url", basis: "observed" });
  });
});

/** The signed URL, and the requested one. */
const RESPELLED: readonly (readonly [title: string, signedUrl: string, asked: string])[] = [
  ["%20 signed, + asked in the query", "/a.mp4?n=x%20y", "/a.mp4?n=x+y"],
  ["+ signed, %20 asked in the query", "/a.mp4?n=x+y", "/a.mp4?n=x%20y"],
  ["a space signed, %20 asked in the path", "/a b.mp4", "/a%20b.mp4"],
  ["%20 signed, a space asked in the path", "/a%20b.mp4", "/a b.mp4"],
  ["a space signed, + asked", "/a.mp4?n=x y", "/a.mp4?n=x+y"],
  ["+ signed, a space asked", "/a.mp4?n=x+y", "/a.mp4?n=x y"],
  ["encoded once, asked encoded twice", "/a%20b.mp4", "/a%2520b.mp4"],
  ["encoded twice, asked encoded once", "/a%2520b.mp4", "/a%20b.mp4"],
  ["encoded path, raw query; asked all encoded", "/a%20b.mp4?n=x y", "/a%20b.mp4?n=x%20y"],
  ["raw path, encoded query; asked all encoded", "/a b.mp4?n=x%20y", "/a%20b.mp4?n=x%20y"],
  ["raw path and + query; asked both in %20", "/a b.mp4?n=x+y", "/a%20b.mp4?n=x%20y"],
  ["lower-case hex signed", "/caf%c3%a9.mp4", "/caf%C3%A9.mp4"],
  ["upper-case hex signed", "/caf%C3%A9.mp4", "/caf%c3%a9.mp4"],
  ["raw non-ASCII signed", "/café.mp4", "/caf%C3%A9.mp4"],
  ["a decomposed name signed (macOS)", "/cafe%CC%81.mp4", "/caf%C3%A9.mp4"],
  ["one parameter added after signing", "/a.mp4?v=1", "/a.mp4?v=1&utm_source=mail"],
  ["one parameter added in front", "/a.mp4?v=1", "/a.mp4?t=9&v=1"],
  ["the only parameter added after signing", "/a.mp4", "/a.mp4?dl=1"],
  ["parameters in another order", "/a.mp4?a=1&b=2&c=3", "/a.mp4?c=3&a=1&b=2"],
  ["six parameters sorted on the way", "/a.mp4?f=6&a=1&e=5&b=2&d=4&c=3", "/a.mp4?a=1&f=6&e=5&b=2&d=4&c=3"],
  ["a trailing ? signed", "/a.mp4?", "/a.mp4"],
  ["a trailing & asked", "/a.mp4?v=1", "/a.mp4?v=1&"],
  ["// signed", "//v/a.mp4", "/v/a.mp4"],
  ["// asked", "/v/a.mp4", "/v//a.mp4"],
  ["a stage prefix inserted", "/v/a.mp4", "/prod/v/a.mp4"],
  ["a segment inserted in the middle", "/v/a.mp4", "/v/hd/a.mp4"],
  ["two segments inserted in front", "/v/a.mp4", "/x/y/v/a.mp4"],
  ["a slash at the end asked", "/v/a", "/v/a/"],
  ["a slash at the end signed", "/v/a/", "/v/a"],
  ["an apostrophe encoded on the way", "/it's.mp4", "/it%27s.mp4"],
  ["a comma encoded on the way", "/a,b.mp4", "/a%2Cb.mp4"],
  ["parentheses encoded when signed", "/a%281%29.mp4", "/a(1).mp4"],
  ["a tilde encoded when signed", "/%7Eme/a.mp4", "/~me/a.mp4"],
  ["brackets in the query", "/a?f[]=1", "/a?f%5B%5D=1"],
  ["a colon in the query", "/a?t=10:30", "/a?t=10%3A30"],
  ["an empty parameter loses its =", "/a?x=&y=1", "/a?x&y=1"],
  ["&amp; signed", "/a?x=1&amp;y=2", "/a?x=1&y=2"],
  ["dot segments signed away", "/b.html", "/a/../b.html"],
  ["the path in lower case when signed", "/v/a.mp4", "/V/A.mp4"],
  ["index.html signed", "/v/index.html", "/v/"],
  ["a path alone", ":/v/a.mp4", "/v/a.mp4"],
  ["an encoded CR of a file signed", "/v/a.mp4%0D", "/v/a.mp4"],
  ["an encoded line break signed", "/v/a.mp4%0A", "/v/a.mp4"],
  ["an escaped CRLF signed", "/v/a.mp4\\r\\n", "/v/a.mp4"],
  ["an encoded space at the end signed", "/v/a.mp4%20", "/v/a.mp4"],
  ["the extension in upper case signed", "/v/a.MP4", "/v/a.mp4"],
  ["a decomposed name signed raw", "/cafe\u0301.mp4", "/caf%C3%A9.mp4"],
  ["a backslash signed encoded", "/v%5Ca.mp4", "/v/a.mp4"],
  ["a star signed raw, asked encoded", "/v/*a.mp4", "/v/%2Aa.mp4"],
  ["/./ signed", "/./v/a.mp4", "/v/a.mp4"],
];

describe.each(["rsa", "ecdsa"] as const)(
  "inspect recognizes a canned policy's URL that was spelled differently when signed (%s)",
  (kind) => {
    it.each(RESPELLED)("%s", async (_, path, asked) => {
      const signedUrl = path.startsWith(":") ? path.slice(1) : base + path;
      const [denial, first] = await findings(signed(base + asked, text(signedUrl), kind), kind);
      expect(denial?.id).toBe("signature-mismatch");
      expect(first).toMatchObject({ id: "signed-other-url", basis: "observed" });
      expect(first?.evidence).toContain(`signed    ${signedUrl}`);
    });
    it.each([
      ["the default port signed", `${base}:443/a`, `${base}/a`],
      ["the default port asked", `${base}/a`, `${base}:443/a`],
      ["the host in lower case when signed", `${base}/a`, "https://CDN.Example.com/a"],
      ["http signed", "http://cdn.example.com/a?b=1", `${base}/a?b=1`],
      ["no scheme signed", "cdn.example.com/a", `${base}/a`],
      ["a fragment signed", `${base}/a.mp4#t=10`, `${base}/a.mp4`],
    ])("%s", async (_, signedUrl, asked) => {
      const pasted = signed(asked, text(signedUrl), kind);
      const [, first] = await findings(signedUrl.includes("#") ? `${pasted}#t=10` : pasted, kind);
      expect(first).toMatchObject({ id: "signed-other-url", basis: "observed" });
    });
    it.each([
      ["in the query", "/a?q=*&r=x+y", "/a?q=*&r=x%20y"],
      ["in the path", "/a*b/c%20d.mp4", "/a*b/c d.mp4"],
      ["in a name, with a parameter added", "/a*.mp4", "/a*.mp4?dl=1"],
      ["as an escape on one side", "/a*.mp4", "/a%2A.mp4"],
      ["twice", "/*/*.mp4?v=1", "/*/*.mp4"],
    ])("and does not take a star in both URLs for a wildcard: %s", async (_, path, asked) => {
      const [, first] = await findings(signed(base + asked, text(base + path), kind), kind);
      expect(first?.id).toMatch(
        asked.includes("%2A") ? /^(signed-other-url|canned-wildcard)$/ : /^signed-other-url$/,
      );
    });
  },
);

describe("inspect recognizes a signature over", () => {
  it.each([
    ["the bare URL", `${base}/v/a.mp4`, /the bare URL, without a policy/],
    ["the bare URL with its Expires", `${base}/v/a.mp4?Expires=${END}`, /with its Expires/],
  ])("%s", async (_, signedText, says) => {
    const [, first] = await findings(signed(`${base}/v/a.mp4`, signedText));
    expect(first).toMatchObject({ id: "policy-bytes-differ", basis: "observed" });
    expect(first?.message).toMatch(says);
  });
  it("the canned policy of the URL, though a custom one was sent", async () => {
    const sent = customText({ resource: `${base}/v/*`, dateLessThan: END });
    const Signature = signText(text(`${base}/v/a.mp4`));
    const fields: Fields = { Policy: cloudfrontBase64(sent), Signature, "Key-Pair-Id": KEY_ID };
    const [, first] = await findings(inQuery(fields, { url: `${base}/v/a.mp4` }).url);
    expect(first).toMatchObject({ id: "policy-bytes-differ", basis: "observed" });
    expect(first?.message).toContain("canned policy of the requested URL");
  });
  it("a playlist's URL, though a segment is requested", async () => {
    const [, first] = await findings(signed(`${base}/v/seg-0001.ts`, text(`${base}/v/master.m3u8`)));
    expect(first?.message).toContain("playlist");
    expect(first?.remedy).toBe("keyturn mint --resource 'https://cdn.example.com/v/*'");
  });
  it.each([
    ["\\/", (each: string) => each.replaceAll("/", "\\/")],
    ["\\u0026", (each: string) => each.replaceAll("&", "\\u0026")],
  ])("the policy without its %s", async (_, escaped) => {
    const plain = customText({ resource: `${base}/v/*?a=1&b=2`, dateLessThan: END });
    const Signature = signText(plain);
    const fields: Fields = { Policy: cloudfrontBase64(escaped(plain)), Signature, "Key-Pair-Id": KEY_ID };
    const [, first] = await findings(inQuery(fields, { url: `${base}/v/a?a=1&b=2` }).url);
    expect(first?.message).toContain("without its escapes");
  });
});

describe("a signature that no trial explains", () => {
  it("still proves that the key is right if the RSA key can decrypt it", async () => {
    const [, first] = await findings(signed(`${base}/a`, text(`${base}/quite/another?thing=1`)));
    expect(first).toMatchObject({ id: "signed-other-url", basis: "observed" });
    expect(first?.message).toContain("the key is right");
  });
  it("proves that another key signed if the RSA key cannot decrypt it", async () => {
    const other = signed(`${base}/a b`, text(`${base}/a b`), "ecdsa");
    const [, first] = await findings(other);
    expect(first).toMatchObject({ id: "other-private-key", basis: "observed" });
  });
  it("has only inferred causes for an ECDSA key, with the likelier one first", async () => {
    const odd = await findings(signed(`${base}/a%20b?x=1&y=2`, text(`${base}/other`), "ecdsa"), "ecdsa");
    expect(odd.slice(1, 3).map(({ id, basis }) => [id, basis])).toEqual([
      ["signed-other-url", "inferred"],
      ["other-private-key", "inferred"],
    ]);
    const plain = await findings(signed(`${base}/a`, text(`${base}/other`), "ecdsa"), "ecdsa");
    expect(plain[1]).toMatchObject({ id: "other-private-key", basis: "inferred" });
  });
  it("may have both another spelling and a wrong hash", async () => {
    const asked = `${base}/a%20b`;
    const url = inQuery(
      { Expires: String(END), Signature: signText(text(`${base}/a b`), "SHA256"), "Key-Pair-Id": KEY_ID },
      { url: asked },
    ).url;
    expect((await findings(url)).slice(1, 3).map(({ id }) => id)).toEqual(["signed-other-url", "wrong-hash"]);
  });
  it("may cover another expiry, computed a second time", async () => {
    const late = cannedText(`${base}/a`, END + 3600);
    const [, first] = await findings(signed(`${base}/a`, late));
    expect(first).toMatchObject({ id: "signed-other-end", basis: "observed" });
  });
});
