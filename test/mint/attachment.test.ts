/** `--attachment`: the name as in RFC 6266, encoded so that CloudFront and S3 read it the same way. */
import { describe, expect, it } from "vitest";
import { contentDisposition, withAttachment } from "../../src/mint/attachment.ts";

describe("Content-Disposition", () => {
  it.each([
    ["report.pdf", 'attachment; filename="report.pdf"'],
    ["Report 2026.pdf", 'attachment; filename="Report 2026.pdf"'],
    ["naïve.txt", `attachment; filename="naive.txt"; filename*=UTF-8''na%C3%AFve.txt`],
    ["отчёт.pdf", `attachment; filename="_____.pdf"; filename*=UTF-8''%D0%BE%D1%82%D1%87%D1%91%D1%82.pdf`],
    ['a "b".txt', `attachment; filename="a _b_.txt"; filename*=UTF-8''a%20%22b%22.txt`],
    ["100%.txt", `attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt`],
    ["it's (1)*.txt", `attachment; filename="it's (1)_.txt"; filename*=UTF-8''it%27s%20%281%29%2A.txt`],
    ["日本.mp4", `attachment; filename="__.mp4"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.mp4`],
    ["a;b=c.txt", 'attachment; filename="a;b=c.txt"'],
  ])("is written for %s", (name, expected) => expect(contentDisposition(name)).toBe(expected));
  it.each(["", "  ", "a/b", "a\\b", "a\r\nX: y", "a\u0000b", "\ud800"])("is refused for %j", (name) => {
    expect(() => contentDisposition(name)).toThrow(expect.objectContaining({ code: "ERR_USAGE" }));
  });
});

describe("response-content-disposition", () => {
  it.each(["report.pdf", "Report 2026.pdf", "naïve (1)'s *.txt", 'a "b" & c=d.txt', "日本.mp4"])(
    "for %s has only unreserved characters and escapes, and decodes to the header",
    (name) => {
      const url = withAttachment("https://cdn.example.com/a?v=1", name);
      const value = url.replace("https://cdn.example.com/a?v=1&response-content-disposition=", "");
      expect(value).toMatch(/^(?:[\w.~-]|%[0-9A-F]{2})+$/);
      // S3 decodes it to the header, and SigV4 for OAC encodes it the same way.
      expect(new URL(url).searchParams.get("response-content-disposition")).toBe(contentDisposition(name));
      expect(new URL(url).href).toBe(url);
    },
  );
  it("follows a question mark if there is no query, and precedes a fragment", () => {
    expect(withAttachment("https://h.example/a#t=1", "b.txt")).toBe(
      "https://h.example/a?response-content-disposition=attachment%3B%20filename%3D%22b.txt%22",
    );
  });
  it("is refused if the URL already has one", () => {
    expect(() => withAttachment("https://h.example/a?response-content-disposition=inline", "b")).toThrow(
      expect.objectContaining({ code: "ERR_USAGE" }),
    );
  });
});
