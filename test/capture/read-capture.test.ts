/** Every format that people paste is detected and read: raw cookies, the URL as sent, and unreadable parts reported. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CapturedRequest } from "../../src/capture/capture.ts";
import { readCapture } from "../../src/capture/read-capture.ts";
import { InputError, isError } from "../../src/errors.ts";
import * as write from "../../src/mint/write.ts";
import { encodeBase64 } from "../../src/policy/base64.ts";
import type { CookieSet } from "../../src/policy/cookie-set.ts";
import { Sealed } from "../../src/sealed.ts";

const NOW = 1_800_000_000;
const COOKIE = "CloudFront-Policy=eyJ_; CloudFront-Signature=a~b-_; CloudFront-Key-Pair-Id=K2JCJMDEHXQW5F";
const PAIRS = [
  ["CloudFront-Policy", "eyJ_"],
  ["CloudFront-Signature", "a~b-_"],
  ["CloudFront-Key-Pair-Id", "K2JCJMDEHXQW5F"],
];
const CHOOSE = 'in the browser choose "Copy as cURL"';
const only = (text: string): CapturedRequest => {
  const [first, ...more] = readCapture(text, NOW);
  expect(more).toEqual([]);
  return first as CapturedRequest;
};
const pairs = ({ cookies }: CapturedRequest) => cookies.map(({ name, value }) => [name, value]);

describe("a Cookie header", () => {
  it.each([`Cookie: ${COOKIE}`, `cookie:${COOKIE}\n`, COOKIE, `  ${COOKIE};  `, `\uFEFFCookie: ${COOKIE}`])(
    "is read, with or without its name: %j",
    (text) => {
      const request = only(text);
      expect(request.form).toBe("cookie-header");
      expect(pairs(request)).toEqual(PAIRS);
    },
  );
  it("keeps values raw, including = and quotes, and their order", () => {
    expect(pairs(only('Cookie: b="1"; a=x=y; a=%7E; junk; =nameless'))).toEqual([
      ["b", '"1"'],
      ["a", "x=y"],
      ["a", "%7E"],
    ]);
  });
});

describe("Set-Cookie lines", () => {
  const line =
    "CloudFront-Policy=eyJ_; Domain=.Example.com; Path=/api; Max-Age=60; Secure; HttpOnly; SameSite=none; Partitioned";
  const stored = {
    domain: "example.com",
    hostOnly: false,
    path: "/api",
    secure: true,
    sameSite: "None",
    expires: NOW + 60,
    partitioned: true,
  };
  it.each([`Set-Cookie: ${line}`, `HTTP/2 200\r\nset-cookie: ${line}\r\nserver: x\r\n\r\nbody`, line])(
    "are read with their attributes: %j",
    (text) => {
      const [cookie] = only(text).cookies;
      expect(cookie).toEqual({ name: "CloudFront-Policy", value: "eyJ_", stored });
    },
  );
  it.each([
    ["a=b; Expires=Wed, 21 Oct 2037 07:28:00 GMT", { expires: 2_139_722_880 }],
    ["a=b; Max-Age=0; Expires=Wed, 21 Oct 2037 07:28:00 GMT", { expires: NOW }],
    ["a=b; Path=relative", {}],
    ["a=b; SameSite=Bogus; Secure", { secure: true }],
  ])("are read with what is valid: %s", (text, expected) => {
    expect(only(`Set-Cookie: ${text}`).cookies[0]?.stored).toEqual({
      hostOnly: true,
      secure: false,
      ...expected,
    });
  });
});

describe("a fetch call", () => {
  const chromeForNode = `fetch("https://cdn.example.com/api/items?page=2&q=%7B\\u0022", {
  "headers": {
    "accept": "*/*",
    "sec-ch-ua": "\\"Chromium\\";v=\\"140\\", {\\"Not;A=Brand\\";v=\\"99\\"",
    "cookie": "${COOKIE}",
    "Referer": "https://app.example.com/"
  },
  "body": null,
  "method": "HEAD"
});`;
  it("is read completely as Chromium copies it for Node.js, with JSON escapes", () => {
    const request = only(chromeForNode);
    expect(request).toMatchObject({
      form: "http-request",
      source: "fetch call",
      method: "HEAD",
      url: 'https://cdn.example.com/api/items?page=2&q=%7B"',
      remarks: [],
    });
    expect(pairs(request)).toEqual(PAIRS);
    expect(request.headers).toEqual([
      ["accept", "*/*"],
      ["sec-ch-ua", '"Chromium";v="140", {"Not;A=Brand";v="99"'],
      ["Referer", "https://app.example.com/"],
    ]);
  });
  it("is read as Firefox copies it if the URL is signed or no cookies are sent", () => {
    const firefox = (url: string, credentials: string) => `await fetch("${url}", {
    "credentials": "${credentials}",
    "headers": { "Accept": "*/*" },
    "referrer": "https://app.example.com/page",
    "method": "GET",
    "mode": "cors"
});`;
    const signed = "https://cdn.example.com/a?Expires=1800003600&Signature=a~b&Key-Pair-Id=K2JCJMDEHXQW5F";
    expect(only(firefox(`${signed}#top`, "include"))).toMatchObject({
      url: signed,
      method: "GET",
      cookies: [],
    });
    expect(only(firefox("https://cdn.example.com/a", "omit"))).toMatchObject({
      cookies: [],
      headers: [
        ["Accept", "*/*"],
        ["Referer", "https://app.example.com/page"],
      ],
    });
  });
  it("is read 1,500 times from one paste", () => {
    expect(readCapture(`${chromeForNode};\n`.repeat(1500), NOW)).toHaveLength(1500);
  });
  it("is read from a copy of all requests, where those without cookies are counted", () => {
    const bare = 'fetch("https://cdn.example.com/b", {\n  "headers": {},\n  "method": "GET"\n})';
    const requests = readCapture(`${chromeForNode} ;\n${bare}; ;\n${chromeForNode}`, NOW);
    expect(requests.map(({ source }) => source)).toEqual([
      "fetch call, request 1 of 2",
      "fetch call, request 2 of 2",
    ]);
    expect(requests.map(pairs)).toEqual([PAIRS, PAIRS]);
    expect(requests[0]?.remarks).toEqual(["fetch calls skipped because they do not show their cookies: 1"]);
  });
  it("may have any JSON as its options, and is refused quickly if nested too deep", () => {
    const header = fc.string().filter((name) => !/^(?:cookie|__proto__)$/i.test(name));
    fc.assert(
      fc.property(fc.dictionary(header, fc.string()), fc.string(), (headers, body) => {
        const options = JSON.stringify({ headers: { ...headers, cookie: COOKIE }, body });
        expect(pairs(only(`fetch("https://h.example/a", ${options});`))).toEqual(PAIRS);
      }),
    );
    const deep = `fetch("https://h/", ${"{".repeat(200_000)}`;
    expect(() => readCapture(deep, NOW)).toThrow(InputError);
    expect(() => readCapture(`fetch("${"\\".repeat(200_001)}`, NOW)).toThrow(InputError);
  });
});

describe("a curl command", () => {
  const chrome = `curl 'https://cdn.example.com/api/items?page=2' \\
  -H 'accept: */*' \\
  -H 'accept-language: en' \\
  -b '${COOKIE}' \\
  -H $'x-quoted: it\\'s' \\
  --compressed`;
  const firefox = `curl 'https://cdn.example.com/api/items?page=2' --compressed -H 'User-Agent: M' -H 'Cookie: ${COOKIE}' -H 'Priority: u=0'`;
  const windows = `curl ^"https://cdn.example.com/api/items?page=2^" ^\r\n  -H ^"accept: */*^" ^\r\n  -b ^"${COOKIE}^" ^\r\n  --compressed`;
  const windowsOld = `curl "https://cdn.example.com/api/items?page=2" ^\n  -H "cookie: ${COOKIE}" ^\n  --compressed --insecure`;
  it.each([
    ["Chrome on Linux or macOS", chrome],
    ["Firefox", firefox],
    ["Chrome on Windows", windows],
    ["an older Chrome on Windows", windowsOld],
    ["a terminal, with its prompt", `$ curl -sS -b '${COOKIE}' https://cdn.example.com/api/items?page=2`],
  ])("is read as %s copies it", (_, text) => {
    const request = only(text);
    expect(request).toMatchObject({
      form: "curl",
      method: "GET",
      url: "https://cdn.example.com/api/items?page=2",
      remarks: [],
    });
    expect(pairs(request)).toEqual(PAIRS);
  });
  it.each([
    ["curl -XPUT https://h/a", "PUT", "https://h/a"],
    ["curl -I https://h/a", "HEAD", "https://h/a"],
    ["curl -sSLd x=1 https://h/a", "POST", "https://h/a"],
    ["curl --json '{}' --url https://h/a", "POST", "https://h/a"],
    ["curl -G -d x=1 --data y=2 https://h/a?b=1", "GET", "https://h/a?b=1&x=1&y=2"],
    ["curl -T file https://h/a", "PUT", "https://h/a"],
    ["curl h/a", "GET", "http://h/a"],
    ["curl https://h", "GET", "https://h/"],
    ["curl https://h?q=1", "GET", "https://h/?q=1"],
    ["curl https://h/a#b", "GET", "https://h/a"],
    ["curl https://h/a/../b/./c", "GET", "https://h/b/c"],
    ["curl https://h/a/..", "GET", "https://h/"],
    ["curl --path-as-is https://h/a/../b", "GET", "https://h/a/../b"],
    ["curl https://h/a?x=/../y", "GET", "https://h/a?x=/../y"],
    [
      "curl -o out -m 5 --cacert ca.pem --resolve h:443:127.0.0.1 -w '%{http_code}' https://h/a",
      "GET",
      "https://h/a",
    ],
    ["curl -- https://h/a", "GET", "https://h/a"],
    ["curl --request=PUT --data=a=b --url=https://h/a?b=c", "PUT", "https://h/a?b=c"],
  ])("is read as curl would send it: %s", (text, method, url) =>
    expect(only(text)).toMatchObject({ method, url }),
  );
  it("with two URLs is read as two requests", () => {
    expect(readCapture(`curl -b '${COOKIE}' https://h/a https://h/b`, NOW).map(({ url }) => url)).toEqual([
      "https://h/a",
      "https://h/b",
    ]);
  });
  it.each([
    ["Linux or macOS", `${chrome} ;\ncurl 'https://h/a' \\\n  -H 'accept: */*' ;\n${firefox}`],
    ["Windows", `${windows} &\r\ncurl ^"https://h/a^" ^\r\n  -H ^"accept: */*^" &\r\n${windows}`],
    ["a terminal", `${firefox}\n\n$ curl https://h/a\n$ ${firefox}\n$ echo done`],
  ])("copied with all others on %s is read as several requests", (_, text) => {
    const requests = readCapture(text, NOW);
    expect(requests.map(({ url }) => url)).toEqual([
      "https://cdn.example.com/api/items?page=2",
      "https://h/a",
      "https://cdn.example.com/api/items?page=2",
    ]);
    expect(requests.map(pairs)).toEqual([PAIRS, [], PAIRS]);
    expect(requests.map(({ source }) => source.slice(-6))).toEqual(["1 of 3", "2 of 3", "3 of 3"]);
  });
  it("gives the jar that -b names, and reports what only a shell or a file could provide", () => {
    const request = only('curl -b jar.txt -K more.cfg -H @headers.txt "https://h/$PAGE"');
    expect(request.jarFiles).toEqual(["jar.txt"]);
    expect(request.remarks.join("\n")).toMatch(/-K/);
    expect(request.remarks.join("\n")).toMatch(/-H @FILE/);
    expect(request.remarks.join("\n")).toMatch(/shell/);
  });
});

describe("an HTTP request", () => {
  it.each([
    [
      "DevTools' raw headers",
      `GET /api/items HTTP/1.1\nHost: cdn.example.com\nCookie: ${COOKIE}\nAccept: */*`,
    ],
    [
      "HTTP/2 pseudo-headers",
      `:authority: cdn.example.com\n:method: GET\n:path: /api/items\n:scheme: https\ncookie: ${COOKIE}`,
    ],
    [
      "names and values on alternating lines",
      `:authority:\ncdn.example.com\n:method:\nGET\n:path:\n/api/items\n:scheme:\nhttps\ncookie:\n${COOKIE}`,
    ],
    [
      "names and values on alternating lines, without colons",
      `:authority\ncdn.example.com\n:method\nGET\n:path\n/api/items\n:scheme\nhttps\naccept-encoding\ngzip\ncookie\n${COOKIE}\nreferer\nhttps://h/`,
    ],
    [
      "curl -v",
      `* Connected to cdn.example.com\n> GET /api/items HTTP/2\n> Host: cdn.example.com\n> Cookie: ${COOKIE}\n>\n< HTTP/2 403\n< server: CloudFront\n<\n<Error/>`,
    ],
  ])("is read from %s", (_, text) => {
    const request = only(text);
    expect(request).toMatchObject({
      form: "http-request",
      method: "GET",
      url: "https://cdn.example.com/api/items",
    });
    expect(pairs(request)).toEqual(PAIRS);
  });
  it("is the last one in the output of curl -vL", () => {
    const text = [
      "> CONNECT h:443 HTTP/1.1\n> Host: h:443\n> \n< HTTP/1.1 200 Connection established\n< ",
      "> GET /a HTTP/1.1\n> Host: h\n> Cookie: CloudFront-Policy=old\n> \n< HTTP/1.1 301 Moved\n< Location: /b\n< ",
      "* Ignoring the response-body",
      "> GET /b HTTP/1.1\n> Host: h\n> Cookie: CloudFront-Policy=new\n> \n< HTTP/1.1 403 Forbidden\n< server: CloudFront\n< ",
      "<Error/>\n\nHTTP/1.1 200 OK",
    ].join("\n");
    const request = only(text);
    expect(request).toMatchObject({ method: "GET", url: "https://h/b" });
    expect(pairs(request)).toEqual([["CloudFront-Policy", "new"]]);
    expect(request.response).toMatchObject({ status: 403, body: "<Error/>\n\nHTTP/1.1 200 OK" });
    expect(request.remarks.join()).toMatch(/3 requests.*the last/);
  });
  it("includes its response", () => {
    const { response } = only(
      `> GET /a HTTP/2\n> Host: h\n>\n< HTTP/2 403 \n< server: CloudFront\n< \n{ [110 bytes data]\n<Error/>`,
    );
    expect(response).toEqual({ status: 403, headers: [["server", "CloudFront"]], body: "<Error/>" });
  });
});

describe("a cookie jar", () => {
  const jar = [
    "# Netscape HTTP Cookie File",
    "",
    "#HttpOnly_.example.com\tTRUE\t/api\tTRUE\t1900000000\tCloudFront-Policy\teyJ_",
    "cdn.example.com\tFALSE\t/\tFALSE\t0\tother\t1",
    "a line that is none",
  ].join("\n");
  it("is read with its scopes, and reports an unreadable line", () => {
    const request = only(jar);
    expect(request.form).toBe("cookie-jar");
    expect(request.cookies).toEqual([
      {
        name: "CloudFront-Policy",
        value: "eyJ_",
        stored: {
          domain: "example.com",
          hostOnly: false,
          path: "/api",
          secure: true,
          expires: 1_900_000_000,
        },
      },
      {
        name: "other",
        value: "1",
        stored: { domain: "cdn.example.com", hostOnly: true, path: "/", secure: false },
      },
    ]);
    expect(request.remarks[0]).toMatch(/line 5/);
  });
  it("survives a chat that turned its tabs into spaces", () => {
    expect(only(jar.replaceAll("\t", "    ")).cookies).toHaveLength(2);
  });
});

describe("JSON", () => {
  const list = PAIRS.map(([name, value]) => ({
    name,
    value,
    domain: ".example.com",
    path: "/",
    secure: true,
    sameSite: "no_restriction",
    expirationDate: 1_900_000_000,
  }));
  it.each([
    ["a map, as aws cloudfront sign-cookies prints it", Object.fromEntries(PAIRS), "cookie-json"],
    ["Playwright's storage state", { cookies: list, origins: [] }, "storage-state"],
    ["Chrome's DevTools protocol", { cookies: list }, "cookie-json"],
    ["a cookie editor's list", list, "cookie-json"],
    ["what Firefox copies", { "Request Cookies": Object.fromEntries(PAIRS) }, "cookie-json"],
    [
      "what Firefox copies of a response",
      { "Response Cookies": Object.fromEntries(PAIRS.map(([name, value]) => [name, { value, path: "/" }])) },
      "cookie-json",
    ],
    [
      "mint's envelope",
      { schemaVersion: 1, result: { sets: [{ cookies: Object.fromEntries(PAIRS) }] } },
      "cookie-json",
    ],
  ])("is read from %s", (_, document, form) => {
    const request = only(JSON.stringify(document));
    expect(request.form).toBe(form);
    expect(pairs(request)).toEqual(PAIRS);
  });
  it("keeps the attributes that a browser stored", () => {
    expect(only(JSON.stringify(list)).cookies[0]?.stored).toEqual({
      domain: "example.com",
      hostOnly: false,
      path: "/",
      secure: true,
      sameSite: "None",
      expires: 1_900_000_000,
    });
  });
  it("treats an empty partition key as none", () => {
    const [cookie] = only(JSON.stringify([{ ...list[0], partitionKey: null }])).cookies;
    expect(cookie?.stored).toMatchObject({ domain: "example.com" });
    expect(cookie?.stored?.partitioned).toBeUndefined();
  });
  it("may have one document per line", () => {
    const line = JSON.stringify(Object.fromEntries(PAIRS));
    expect(readCapture(`${line}\n${line}\n`, NOW)).toHaveLength(2);
  });
});

describe("a policy or a URL", () => {
  const policy = '{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":1}}}]}';
  it.each([
    ["compact", policy],
    ["in CloudFront's base64", encodeBase64(Buffer.from(policy))],
    ["on several lines", `  ${JSON.stringify(JSON.parse(policy), null, 2)}\n`],
  ])("without a signature is read as a policy, %s", (_, text) =>
    expect(only(text)).toMatchObject({ form: "policy", cookies: [{ name: "CloudFront-Policy" }] }),
  );
  it("is read as a signed URL without its fragment", () => {
    expect(only("https://h/a?Expires=1&Signature=a~&Key-Pair-Id=K#top")).toMatchObject({
      form: "signed-url",
      url: "https://h/a?Expires=1&Signature=a~&Key-Pair-Id=K",
    });
  });
});

describe("a cookie set written by mint", () => {
  const base64 = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => encodeBase64(bytes));
  const set: fc.Arbitrary<CookieSet> = fc
    .record({
      policy: base64,
      signature: base64,
      keyPairId: fc.stringMatching(/^K[A-Z0-9]{13}$/),
      expires: fc.integer({ min: 1, max: 4_000_000_000 }),
      isCanned: fc.boolean(),
      isSha256: fc.boolean(),
    })
    .map(({ policy, signature, keyPairId, expires, isCanned, isSha256 }) => ({
      kind: isCanned ? "canned" : "custom",
      ...(isCanned ? { expires } : { policy: new Sealed(policy) }),
      signature: new Sealed(signature),
      keyPairId,
      ...(isSha256 && { hashAlgorithm: "SHA256" as const }),
    }));
  const attributes = fc.record({
    host: fc.constant("cdn.example.com"),
    path: fc.constantFrom("/", "/api", "/a b"),
    secure: fc.boolean(),
    httpOnly: fc.boolean(),
    sameSite: fc.constantFrom("Strict" as const, "Lax" as const, "None" as const),
    partitioned: fc.boolean(),
  });
  const placed = fc.oneof(
    fc.record({ set, attributes }),
    fc.record({ set, attributes: attributes.map((each) => ({ ...each, domain: "example.com" })) }),
  );
  const forms: Readonly<Record<string, (placed: write.ScopedCookieSet) => string>> = {
    header: ({ set }) => write.writeCookieHeader(set),
    "set-cookie": write.writeSetCookie,
    json: ({ set }) => write.writeCookieJson(set),
    env: ({ set }) => write.writeEnv(set),
    jar: (each) => write.writeJar([each]),
    playwright: (each) => write.writePlaywright([each]),
    curl: ({ set }) => `curl -H '${write.writeCookieHeader(set)}' https://cdn.example.com/`,
  };
  it.each(Object.entries(forms))("is read back from %s", (form, written) => {
    fc.assert(
      fc.property(placed, (each) => {
        const request = only(written(each));
        expect(pairs(request)).toEqual(write.cookiePairs(each.set));
        if (!["set-cookie", "jar", "playwright"].includes(form)) return;
        const { domain, path, secure } = each.attributes as write.ScopedCookieSet["attributes"];
        for (const { stored } of request.cookies) {
          expect(stored).toMatchObject({ hostOnly: domain === undefined, path, secure });
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("unsupported input", () => {
  it.each([
    ["", /empty/],
    ["  \n", /empty/],
    ["{", /cut off/],
    ['{"a":', /cut off/],
    ["{nonsense}", /JSON/],
    ["[]", /no cookies/],
    ['{"a":{}}', /no cookies/],
    ['{"message":"Forbidden"}', /no cookies.*--response/],
    ['{"level":"info"}\n{"level":"warn"}', /no cookies/],
    ["curl -H 'a: b'", /no URL/],
    ["hello", /format of the input is unknown/],
    ["-----BEGIN PUBLIC KEY-----\nMIIB", /PEM.*--public-key/],
    ['<?xml version="1.0"?><Error/>', /--response/],
    [
      '$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\nInvoke-WebRequest -Uri "https://h/"',
      /PowerShell/,
    ],
    ['fetch("https://h/", {"headers": {}});', /cURL/],
    ['await fetch("https://h/", {"headers": {}});', /cURL/],
    ['fetch("https://h/", {"credentials": "include"})', /cURL/],
    ['fetch("https://h/")', /cURL/],
    ["fetch(`https://h/`, {});", /complete URL in double quotes/],
    ['fetch("/api", {});', /complete URL/],
    ["fetch(url, {});", /complete URL/],
    [`fetch("https://h/", {headers: {cookie: "${COOKIE}"}});`, /not the JSON/],
    [`fetch("https://h/", {"headers": {"cookie": "${COOKIE}`, /cut off/],
    [`fetch("https://h/", {"headers": {"cookie": "${COOKIE}"}}`, /cut off/],
    [`fetch("https://h/", "${COOKIE}");`, /not the JSON/],
    [`wget --header 'Cookie: ${COOKIE}' https://h/a`, /command for wget; copy it as cURL/],
    [`$ wget -q 'https://h/a'`, /wget/],
    [`http GET https://h/a 'Cookie:${COOKIE}'`, /command for HTTPie; copy it as cURL/],
    [`https h/a Cookie:${COOKIE.split(";")[0]}`, /HTTPie/],
    ["h.example/a?Expires=1&Signature=x&Key-Pair-Id=K", /without a scheme/],
  ])("%j is refused with its reason", (text, reason) => {
    let thrown: unknown;
    try {
      readCapture(text, NOW);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InputError);
    expect(isError(thrown, "ERR_CAPTURE_UNREADABLE")).toBe(true);
    expect((thrown as InputError).message).toMatch(reason);
    expect((thrown as InputError).message).not.toContain("K2JCJMDEHXQW5F");
  });
  it.each([
    "Invoke-WebRequest -UseBasicParsing -Uri https://h/",
    'Invoke-RestMethod -Uri "https://h/"',
    "wget https://h/",
    "http https://h/",
    'fetch("https://h/", {"credentials": "include"});',
    "fetch(url)",
  ])("%j is refused with a hint of what to copy in the browser instead", (text) => {
    expect(() => readCapture(text, NOW)).toThrow(
      expect.objectContaining({ hints: expect.arrayContaining([expect.stringContaining(CHOOSE)]) }),
    );
  });
  it("is never printed", () => {
    const secret = "CloudFront-Signature=c2VjcmV0";
    for (const text of [`{"${secret}`, `[${secret}]`, `curl '-b${secret}'`, `x\n${secret}\ny`]) {
      try {
        readCapture(text, NOW);
      } catch (error) {
        expect(`${(error as Error).message} ${(error as InputError).hints.join(" ")}`).not.toContain(
          "c2VjcmV0",
        );
      }
    }
  });
});

describe("hostile input", () => {
  const MEGABYTE = 1 << 20;
  const pieces = [
    "curl ",
    "'",
    '"',
    "\\",
    "$'",
    "^",
    '^"',
    "{",
    "[",
    '{"a":',
    ";",
    "=",
    "a=b; ",
    "\n",
    "\t",
    "&",
    "%7E",
    " -H ",
    "https://",
    "Set-Cookie: a=b;",
    "Cookie: ",
    "> ",
    "< ",
    ":a:",
    "A",
    "\\u",
    "#HttpOnly_",
    " ",
    "`",
    "$(",
  ];
  it.each(pieces)("is read or refused quickly, for a megabyte of %j", (piece) => {
    const text = piece.repeat(Math.ceil(MEGABYTE / piece.length));
    for (const input of [
      text,
      `curl ${text}`,
      `Cookie: ${text}`,
      `{"cookies":[${text}`,
      `GET / HTTP/1.1\n${text}`,
    ]) {
      try {
        readCapture(input, NOW);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }
  });
  it("is parsed or refused, for any text", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc
        .array(fc.constantFrom(...pieces, COOKIE, "CloudFront-Policy", "HTTP/1.1"), { maxLength: 12 })
        .map((each) => each.join("")),
      fc.json().map((json) => json),
    );
    fc.assert(
      fc.property(text, (input) => {
        try {
          expect(readCapture(input, NOW).length).toBeGreaterThan(0);
        } catch (error) {
          expect(isError(error, "ERR_CAPTURE_UNREADABLE")).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
