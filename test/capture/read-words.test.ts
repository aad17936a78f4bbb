/** The words of a command line, compared with bash, and with what browsers write for cmd.exe. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bashWords } from "../../src/capture/read-bash-words.ts";
import { cmdWords } from "../../src/capture/read-cmd-words.ts";
import { needs } from "../fakes/needs.ts";

describe("bash words", () => {
  it.each([
    ["curl 'a b' c", ["curl", "a b", "c"]],
    [`curl "a \\"b\\" \\$c \\\\d \\e"`, ["curl", 'a "b" $c \\d \\e']],
    ["curl a'b'\"c\"d", ["curl", "abcd"]],
    ["curl a\\ b", ["curl", "a b"]],
    ["curl \\\n  -H 'x: y' \\\r\n  'https://h/'", ["curl", "-H", "x: y", "https://h/"]],
    ["curl $'it\\'s' $'\\u0041\\x42\\103\\n\\t\\\\'", ["curl", "it's", "ABC\n\t\\"]],
    ["curl $'\\u00e9\\U0001F36A'", ["curl", "é🍪"]],
    ["curl ''", ["curl", ""]],
    ["curl a#b # a comment", ["curl", "a#b"]],
    ["curl a | jq .", ["curl", "a"]],
    ["curl a; rm -rf /", ["curl", "a"]],
    ["curl a && echo", ["curl", "a"]],
    ["curl a\nsecond line", ["curl", "a"]],
  ])("are read from %j", (text, words) => expect(bashWords(text).words).toEqual(words));

  it.each(["curl 'a", 'curl "a', "curl $'a", "curl a \\"])("are reported as cut off in %j", (text) => {
    expect(bashWords(text)).toMatchObject({ words: ["curl", "a"], isCutOff: true });
  });
  it.each(["curl $URL", 'curl "$(keyturn mint)"', "curl `mint`", "curl ${" + "URL}"])(
    "are reported as needing a shell in %j",
    (text) => {
      expect(bashWords(text).hasExpansion).toBe(true);
    },
  );
  it.each([
    ["curl a; curl b", " curl b"],
    ["curl a | jq .\n", " jq ."],
    ["curl a # curl b\ncurl c", "curl c"],
    ["curl a # curl b", ""],
    ["curl 'a;b'", ""],
  ])("of %j leave the rest %j", (text, rest) => expect(bashWords(text).rest.trimEnd()).toBe(rest));
  it("have no expansion in single quotes", () => expect(bashWords("curl '$A `b`'").hasExpansion).toBe(false));
});

needs("bash")("bashWords, compared with bash,", () => {
  it("reads what bash writes with %q", () => {
    const words = fc.sample(
      fc.string({ unit: "binary", minLength: 1 }).map((text) => text.replaceAll("\0", "")),
      400,
    );
    const written = execFileSync(
      "bash",
      ["-c", 'while IFS= read -r -d "" word; do printf "%q\\0" "$word"; done'],
      {
        input: words.map((word) => `${word}\0`).join(""),
        encoding: "utf8",
        env: { ...process.env, LC_ALL: "C.UTF-8" },
      },
    ).split("\0");
    words.forEach((word, index) => {
      const wellFormed = Buffer.from(word).toString("utf8");
      expect(bashWords(`curl ${written[index]}`).words).toEqual(
        wellFormed === "" ? ["curl", ""] : ["curl", wellFormed],
      );
    });
  });

  it("splits common input as bash does", () => {
    const piece = fc.constantFrom(
      "a",
      "b c",
      " ",
      "'",
      '"',
      "\\",
      "$'",
      "\\n",
      "\\x41",
      "=",
      "\\\n",
      "~",
      "%7E",
      "é",
    );
    const lines = fc.sample(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
      400,
    );
    const script = lines.map(
      (line) => `eval ${quoted(`args ${line}`)} 2>/dev/null || printf 'ERROR\\0'; printf '\\36\\0'`,
    );
    const printed = execFileSync(
      "bash",
      ["-c", `args() { for each; do printf '%s\\0' "$each"; done; }\n${script.join("\n")}`],
      {
        encoding: "utf8",
        env: { ...process.env, LC_ALL: "C.UTF-8", HOME: "~" },
      },
    );
    const answers = printed.split("\x1e\0").map((answer) => answer.split("\0").slice(0, -1));
    lines.forEach((line, index) => {
      const { words, isCutOff } = bashWords(`args ${line}`);
      if (isCutOff || answers[index]?.at(-1) === "ERROR") return;
      expect(words.slice(1), JSON.stringify(line)).toEqual(answers[index]);
    });
  });
});

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

describe("cmd.exe words", () => {
  it.each([
    ['curl "a b" c', ["curl", "a b", "c"]],
    ['curl ^"https://h/?a=1^&b=2^" ^\r\n  -H ^"x: y^"', ["curl", "https://h/?a=1&b=2", "-H", "x: y"]],
    ['curl ^"a^\\^"b^"', ["curl", 'a"b']],
    ['curl "a\\"b"', ["curl", 'a"b']],
    ['curl "a""b"', ["curl", 'a"b']],
    ['curl "a\\\\"', ["curl", "a\\"]],
    ["curl a\\b", ["curl", "a\\b"]],
    ['curl ^"100^%^"', ["curl", "100%"]],
    ["curl a & del b", ["curl", "a"]],
    ['curl ^"one^\n\ntwo^"', ["curl", "one\ntwo"]],
  ])("are read from %j", (text, words) => expect(cmdWords(text).words).toEqual(words));
});
