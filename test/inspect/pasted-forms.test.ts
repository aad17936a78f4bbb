/** Formats that people paste besides curl and HAR: each is read as a request that the edge allows. */
import { describe, expect, it } from "vitest";
import { cannedText, NOW, signText } from "../edge/signed.ts";
import { cookies, firstCause, PAGE, pairs, query, runInspect } from "./run-inspect.ts";

const SIGNED = `${PAGE}?${query}`;
const JSON_OF = JSON.stringify;
const URL_FLAG = ["--url", PAGE];
type Row = readonly [title: string, input: string, flags?: readonly string[]];

const lines = (line: (name: string, value: string) => string) =>
  pairs.map(([name, value]) => line(name, value)).join("\n");

const TABLES: readonly Row[] = [
  [
    "Chrome's, with its header row",
    `Name\tValue\tDomain\tPath\tExpires / Max-Age\tSize\tHttpOnly\tSecure\tSameSite\tPartition Key Site\tCross Site\tPriority\n${lines((name, value) => `${name}\t${value}\t.example.com\t/\tSession\t300\t✓\t✓\tLax\t\t\tMedium`)}`,
    URL_FLAG,
  ],
  [
    "Chrome's, without its header row",
    lines(
      (name, value) =>
        `${name}\t${value}\t.example.com\t/\t2027-03-01T00:00:00.000Z\t300\t✓\t✓\tLax\t\t\tMedium`,
    ),
    URL_FLAG,
  ],
  [
    "Safari's",
    `Name\tValue\tDomain\tPath\tExpires\tSize\tSecure\tHttpOnly\tSameSite\n${lines((name, value) => `${name}\t${value}\tcdn.example.com\t/\tSession\t300 B\t✓\t✓\tLax`)}`,
    URL_FLAG,
  ],
  [
    "two columns of the network panel",
    `Name\tValue\n${lines((name, value) => `${name}\t${value}`)}`,
    URL_FLAG,
  ],
  ["two columns without a header row", lines((name, value) => `${name}\t${value}`), URL_FLAG],
  [
    "a Markdown table",
    `| Name | Value |\n|---|---|\n${lines((name, value) => `| ${name} | \`${value}\` |`)}`,
    URL_FLAG,
  ],
  ["Firefox's lines", lines((name, value) => `${name}:"${value}"`), URL_FLAG],
  ["names and values, one per line", lines((name, value) => `${name}=${value}`), URL_FLAG],
];
const PLAYERS: readonly Row[] = [
  [
    "ffmpeg -headers in $'...'",
    `ffmpeg -y -hide_banner -headers $'Cookie: ${cookies}\\r\\n' -i '${PAGE}' -c copy out.mp4`,
  ],
  [
    "ffmpeg -headers with real line breaks",
    `ffmpeg -user_agent "a b" -headers "Cookie: ${cookies}\r\nX-A: b\r\n" -i "${PAGE}" out.mp4`,
  ],
  [
    "ffmpeg -cookies",
    `ffmpeg -cookies $'${lines((name, value) => `${name}=${value}; path=/; domain=cdn.example.com;`).replaceAll("\n", "\\n")}' -i '${PAGE}' out.mp4`,
  ],
  ["ffplay", `ffplay -headers 'Cookie: ${cookies}' '${PAGE}'`],
  ["ffprobe on Windows", `ffprobe.exe -v error -headers "Cookie: ${cookies}" "${PAGE}"`],
  ["ffmpeg with a signed URL", `$ ffmpeg -i "${SIGNED}" -c copy a.mp4`],
  [
    "yt-dlp --add-header",
    `yt-dlp --add-header "Cookie:${cookies}" --add-header 'Referer: https://a/' -o out.mp4 '${PAGE}'`,
  ],
  ["yt-dlp on several lines", `yt-dlp \\\n  --add-headers='Cookie: ${cookies}' \\\n  '${PAGE}'`],
  ["youtube-dl", `youtube-dl --add-header 'Cookie: ${cookies}' ${PAGE}`],
  ["mpv --http-header-fields=", `mpv --http-header-fields='Cookie: ${cookies}','User-Agent: a' '${PAGE}'`],
  ["mpv --http-header-fields", `mpv --http-header-fields "Cookie: ${cookies}" ${PAGE}`],
  ["mpv --http-header-fields-append", `mpv --http-header-fields-append="Cookie: ${cookies}" ${PAGE}`],
  ["mpv --stream-lavf-o", `mpv --stream-lavf-o-append=headers="Cookie: ${cookies}" ${PAGE}`],
  ["vlc with a signed URL", `vlc --http-user-agent=a '${SIGNED}' :network-caching=1000`],
  [
    "streamlink",
    `streamlink ${pairs.map((pair) => `--http-cookie '${pair.join("=")}'`).join(" ")} '${PAGE}' best`,
  ],
  ["aria2c", `aria2c --header='Cookie: ${cookies}' -x 4 '${PAGE}'`],
  ["Kodi's headers after a bar", `${PAGE}|Cookie=${encodeURIComponent(cookies)}&User-Agent=a`],
];
const CODE: readonly Row[] = [
  [
    "ExoPlayer in Kotlin",
    `DefaultHttpDataSource.Factory().setDefaultRequestProperties(mapOf("Cookie" to "${cookies}"))\nMediaItem.fromUri("${PAGE}")`,
  ],
  [
    "ExoPlayer in Java",
    `headers.put("Cookie", "${cookies}");\nfactory.setDefaultRequestProperties(headers);\nUri.parse("${PAGE}");`,
  ],
  ["Map.of", `.setDefaultRequestProperties(Map.of("Cookie", "${cookies}", "X", "y"))`, URL_FLAG],
  ["a printed Java map", `{User-Agent=ExoPlayer, Cookie=${cookies}, Accept=*/*}`, URL_FLAG],
  [
    "AVPlayer in Swift",
    `AVURLAsset(url: URL(string: "${PAGE}")!, options: ["AVURLAssetHTTPHeaderFieldsKey": ["Cookie": "${cookies}"]])`,
  ],
  ["a printed Swift dictionary", `["AVURLAssetHTTPHeaderFieldsKey": ["Cookie": "${cookies}"]]`, URL_FLAG],
  ["Objective-C", `@{@"AVURLAssetHTTPHeaderFieldsKey": @{@"Cookie": @"${cookies}"}}`, URL_FLAG],
  [
    "a printed NSHTTPCookie",
    lines(
      (name, value) =>
        `<NSHTTPCookie\n\tversion:1\n\tname:${name}\n\tvalue:${value}\n\tdomain:cdn.example.com\n\tpath:/>`,
    ),
    URL_FLAG,
  ],
  ["React Native", `<Video source={{ uri: '${PAGE}', headers: { Cookie: '${cookies}' } }} />`],
  [
    "Flutter",
    `VideoPlayerController.networkUrl(Uri.parse('${PAGE}'), httpHeaders: {'Cookie': '${cookies}'});`,
  ],
  ["a map of headers in JSON", JSON_OF({ Cookie: cookies }), URL_FLAG],
];
const host = (value: string) => [{ key: "Host", value }];
const cfRequest = (more: object) => ({
  clientIp: "8.8.8.8",
  method: "GET",
  uri: "/v/a.mp4",
  querystring: "",
  ...more,
});
const EVENTS: readonly Row[] = [
  [
    "Lambda@Edge",
    JSON_OF({
      Records: [
        {
          cf: {
            config: { eventType: "viewer-request" },
            request: cfRequest({
              headers: { host: host("cdn.example.com"), cookie: [{ key: "Cookie", value: cookies }] },
            }),
          },
        },
      ],
    }),
  ],
  [
    "Lambda@Edge, a header for each cookie",
    JSON_OF({
      Records: [
        {
          cf: {
            config: {},
            request: cfRequest({
              headers: {
                host: host("cdn.example.com"),
                cookie: pairs.map((pair) => ({ value: pair.join("=") })),
              },
            }),
          },
        },
      ],
    }),
  ],
  [
    "Lambda@Edge, a signed URL",
    JSON_OF({
      Records: [
        {
          cf: {
            config: {},
            request: cfRequest({ querystring: query, headers: { host: host("cdn.example.com") } }),
          },
        },
      ],
    }),
  ],
  [
    "a CloudFront Function's",
    JSON_OF({
      version: "1.0",
      context: {},
      viewer: { ip: "8.8.8.8" },
      request: {
        method: "GET",
        uri: "/v/a.mp4",
        querystring: {},
        headers: { host: { value: "cdn.example.com" } },
        cookies: Object.fromEntries(pairs.map(([name, value]) => [name, { value }])),
      },
    }),
  ],
  [
    "a CloudFront Function's, a signed URL",
    JSON_OF({
      version: "1.0",
      context: {},
      viewer: { ip: "8.8.8.8" },
      request: {
        method: "GET",
        uri: "/v/a.mp4",
        querystring: Object.fromEntries(
          query.split("&").map((each) => [each.split("=")[0], { value: each.slice(each.indexOf("=") + 1) }]),
        ),
        headers: { host: { value: "cdn.example.com" } },
        cookies: {},
      },
    }),
  ],
  [
    "API Gateway v2 with cookies: []",
    JSON_OF({
      version: "2.0",
      rawPath: "/v/a.mp4",
      rawQueryString: "",
      cookies: pairs.map((pair) => pair.join("=")),
      headers: { host: "cdn.example.com" },
      requestContext: { http: { method: "GET", sourceIp: "8.8.8.8" } },
    }),
  ],
  [
    "API Gateway v2's response",
    JSON_OF({ statusCode: 204, cookies: pairs.map((pair) => `${pair.join("=")}; Path=/; Secure; HttpOnly`) }),
    URL_FLAG,
  ],
  ["cookies: [] alone", JSON_OF({ cookies: pairs.map((pair) => pair.join("=")) }), URL_FLAG],
  [
    "API Gateway v1",
    JSON_OF({
      httpMethod: "GET",
      path: "/v/a.mp4",
      headers: { Host: "cdn.example.com", Cookie: cookies },
      multiValueHeaders: { Host: ["cdn.example.com"], Cookie: [cookies] },
    }),
  ],
  [
    "API Gateway v1's response",
    JSON_OF({
      statusCode: 302,
      multiValueHeaders: { "Set-Cookie": pairs.map((pair) => `${pair.join("=")}; Path=/; Secure`) },
    }),
    URL_FLAG,
  ],
  [
    "Express's request",
    JSON_OF({
      method: "GET",
      originalUrl: "/v/a.mp4",
      headers: { host: "cdn.example.com", cookie: cookies },
    }),
  ],
];
const escaped = (text: string) => text.replaceAll("%", "%25").replaceAll("~", "%7E").replaceAll("; ", ";%20");
const v1 = (uriQuery: string, cookie: string) =>
  [
    "2027-01-15",
    "08:00:00",
    "FRA56-P4",
    "110",
    "8.8.8.8",
    "GET",
    "d111.cloudfront.net",
    "/v/a.mp4",
    "200",
    "-",
    "a%20b",
    uriQuery,
    cookie,
    "Hit",
    "abc==",
    "cdn.example.com",
    "https",
    "50",
    "0.001",
    "-",
    "TLSv1.3",
    "X",
    "Hit",
    "HTTP/2.0",
    "-",
    "-",
    "1234",
    "0.001",
    "Hit",
    "video/mp4",
    "110",
    "-",
    "-",
  ].join("\t");
const v2 = {
  date: "2027-01-15",
  time: "08:00:00",
  "c-ip": "8.8.8.8",
  "cs-method": "GET",
  "cs(Host)": "d1.cloudfront.net",
  "cs-uri-stem": "/v/a.mp4",
  "sc-status": "200",
  "x-host-header": "cdn.example.com",
  "cs-protocol": "https",
};
const LOGS: readonly Row[] = [
  ["standard v1, a signed URL", v1(escaped(query), "-")],
  ["standard v1, cookies", v1("-", escaped(cookies))],
  ["standard v1, with spaces in place of tabs", v1(escaped(query), "-").replaceAll("\t", "    ")],
  ["standard v2 in JSON", JSON_OF({ ...v2, "cs-uri-query": query, "cs(Cookie)": "-" })],
  [
    "standard v2 in JSON, encoded as v1",
    JSON_OF({ ...v2, "cs-uri-query": "-", "cs(Cookie)": escaped(cookies) }),
  ],
  [
    "Athena's names",
    JSON_OF(
      Object.fromEntries(
        Object.entries({ ...v2, "cs(Cookie)": cookies }).map(([name, value]) => [
          name.replace(/[-(]/g, "_").replace(")", ""),
          value,
        ]),
      ),
    ),
  ],
  [
    "W3C with its fields",
    `#Version: 1.0\n#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status x-host-header cs-protocol\n2027-01-15 08:00:00 8.8.8.8 GET /v/a.mp4 ${query} 200 cdn.example.com https`,
  ],
  [
    "real-time, the query in both fields",
    [
      `${NOW}.123`,
      "8.8.8.8",
      "0.001",
      "200",
      "500",
      "GET",
      "https",
      "cdn.example.com",
      `/v/a.mp4?${query}`,
      "300",
      "FRA56-P4",
      "abc==",
      "d111.cloudfront.net",
      "0.001",
      "HTTP/2.0",
      "IPv4",
      "a",
      "-",
      "-",
      query,
      "Hit",
    ].join("\t"),
  ],
  [
    "real-time, cookies",
    [
      `${NOW}.123`,
      "8.8.8.8",
      "200",
      "GET",
      "https",
      "cdn.example.com",
      "/v/a.mp4",
      "FRA56-P4",
      escaped(cookies),
    ].join("\t"),
  ],
];
const PRINTED: readonly Row[] = [
  [
    "PHP's var_dump",
    `array(3) {\n${pairs.map(([name, value]) => `  ["${name}"]=>\n  string(${value.length}) "${value}"`).join("\n")}\n}`,
    URL_FLAG,
  ],
  ["a Java map", `{${pairs.map((pair) => pair.join("=")).join(", ")}}`, URL_FLAG],
  ["a Go map", `map[${pairs.map((pair) => pair.join(":")).join(" ")}]`, URL_FLAG],
  ["a Go map of lists", `map[${pairs.map(([name, value]) => `${name}:[${value}]`).join(" ")}]`, URL_FLAG],
  [
    "HTTPCookie properties",
    pairs
      .map(([name, value]) => `HTTPCookie(properties: [.name: "${name}", .value: "${value}", .path: "/"])`)
      .join("\n"),
    URL_FLAG,
  ],
  [
    "Firefox's copy of a cookie list",
    pairs
      .map(([name, value]) => `${name}:"${value}"\nDomain:".example.com"\nHttpOnly:true\nPath:"/"`)
      .join("\n"),
    URL_FLAG,
  ],
  [
    "Safari's table",
    pairs.map(([name, value]) => `${name}  ${value}  .example.com  /  Session`).join("\n"),
    URL_FLAG,
  ],
  [
    "Chrome's Copy as PowerShell",
    `$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n${pairs
      .map(
        ([name, value]) =>
          `$session.Cookies.Add((New-Object System.Net.Cookie("${name}", "${value}", "/", ".example.com")))`,
      )
      .join(
        "\n",
      )}\nInvoke-WebRequest -UseBasicParsing -Uri "${PAGE}" \`\n-WebSession $session \`\n-Headers @{\n"accept"="*/*"\n}`,
  ],
];
const URLS: readonly Row[] = [
  ["quoted-printable", SIGNED.replaceAll("=", "=3D")],
  ["quoted-printable, wrapped", (SIGNED.replaceAll("=", "=3D").match(/.{1,75}/g) ?? []).join("=\n")],
  ["in a log's sentence", `12:00:00 ERROR cannot fetch ${SIGNED}: 403 Forbidden`],
  ["in an HTML attribute's quotes", `&quot;${SIGNED.replaceAll("&", "&amp;")}&quot;`],
  ["JSON with \\u0026", `"${SIGNED.replaceAll("&", "\\u0026")}"`],
  ["JSON with \\/", JSON_OF({ url: SIGNED }).replaceAll("/", "\\/")],
  [
    "a member of a JSON response",
    JSON_OF({ data: { videos: [{ src: SIGNED }] } }).replaceAll("&", "\\u0026"),
  ],
  ["\\u0026 without quotes", SIGNED.replaceAll("&", "\\u0026")],
  ["percent-encoded as a whole", encodeURIComponent(SIGNED)],
  ["percent-encoded twice", encodeURIComponent(encodeURIComponent(SIGNED))],
  ["decoded, with spaces", SIGNED.replace("/v/a.mp4", "/v/my first movie.mp4")],
  ["in angle brackets", `<${SIGNED}>`],
  ["in quotes", `'${SIGNED}'`],
  ["a Markdown link", `[the video](${SIGNED})`],
  ["a line of JSON", `  "url": "${SIGNED}",`],
  ["with a label", `URL: ${SIGNED}`],
  ["with a shell's backslashes", SIGNED.replace(/[?&=]/g, "\\$&")],
  ["broken into lines", (SIGNED.match(/.{1,70}/g) ?? []).join("\n")],
  ["in a sentence", `please look at ${SIGNED} soon`],
  ["in the source of a page", `<a href="${SIGNED.replaceAll("&", "&amp;")}">video</a>`],
  ["in a playlist", `#EXTM3U\n#EXTINF:10,\n${SIGNED}\n`],
  ["in a Location header", `HTTP/1.1 302 Found\nLocation: ${SIGNED}\n\n`],
];

describe.each([
  ["a cookie table", TABLES],
  ["a player's command", PLAYERS],
  ["a header map", CODE],
  ["an event", EVENTS],
  ["an access log line", LOGS],
  ["what a program prints", PRINTED],
  ["a URL", URLS],
] as const)("%s is read and allowed", (_, rows) => {
  it.each(rows.map(([title, input, flags = []]) => [title, input, flags] as const))(
    "%s",
    async (_title, input, flags) => {
      expect(await runInspect(input, flags)).toMatchObject({ verdict: "allow", exitCode: 0 });
    },
  );
});

describe("inspect also reads", () => {
  it("the space in a decoded URL, for which %20 was signed", async () => {
    const page = "https://cdn.example.com/v/my movie.mp4";
    const signature = signText(cannedText(page.replace(" ", "%20"), NOW + 60));
    const report = await runInspect(
      `${page}?Expires=${NOW + 60}&Signature=${signature}&Key-Pair-Id=K2JCJMDEHXQW5F`,
    );
    expect(firstCause(report)).toMatchObject({
      id: "signed-other-url",
      message: expect.stringContaining("%20 for a space"),
    });
  });
  it("line breaks that ffmpeg sends as four characters", async () => {
    const report = await runInspect(`ffmpeg -headers "Cookie: ${cookies}\\r\\n" -i '${PAGE}' a.mp4`);
    expect(firstCause(report)).toMatchObject({
      id: "key-pair-id-is-no-id",
      message: expect.stringContaining("line break"),
    });
    expect(JSON.stringify(report.findings)).toContain("ffmpeg sends literally");
  });
  it("the Domain of a cookie in a table", async () => {
    const table = lines((name, value) => `${name}\t${value}\tother.example.org\t/\tSession\t300\t✓\t✓\tLax`);
    expect(firstCause(await runInspect(table, URL_FLAG))?.id).toBe("cookie-not-sent");
  });
  it.each([
    ["MissingKey", 146],
    ["InvalidKey", 106],
    ["AccessDenied", 110],
    ["MalformedPolicy", 116],
    ["MalformedSignature", 131],
  ])("a logged %s denial by its length of %i", async (code, length) => {
    const line = JSON_OF({
      ...v2,
      "sc-status": "403",
      "sc-content-type": "text/xml",
      "sc-content-len": String(length),
      "cs-uri-query": query,
    });
    const report = await runInspect(line);
    expect(JSON.stringify(report.findings)).toContain(`the length of a denial with ${code}`);
  });
  it("the time and address of a log line", async () => {
    const late = JSON_OF({ ...v2, time: "09:00:01", "cs-uri-query": query });
    expect((await runInspect(late)).findings[0]?.id).toBe("expired");
  });
  it("each line of several separately", async () => {
    const report = await runInspect([v1(escaped(query), "-"), v1("-", "-")].join("\n"));
    expect(report.verdicts).toEqual(["allow", "unsigned"]);
  });
});
