/** `keyturn mint --via-endpoint` if the application sets invalid cookies, which a shell could then run as code. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { writeEnv } from "../../src/mint/write.ts";
import { Sealed } from "../../src/sealed.ts";
import type { Viewer } from "../../src/seams/viewer.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { siteWorld, viewerOf } from "../rotation/site-world.ts";

const HOSTILE = "x'$(echo owned)'\u009b2J";

describe("cookies of the mint endpoint", () => {
  it.each(["Signature", "Key-Pair-Id", "Policy"])("with an invalid %s are refused", async (name) => {
    const { site, operator } = await siteWorld();
    const honest = viewerOf(site.handlers.edge, site.clock);
    const viewer: Viewer = {
      async send(request, signal) {
        const answer = await honest.send(request, signal);
        const spoiled = ([header, value]: readonly [string, string]) =>
          [
            header,
            value.replace(new RegExp(`^(CloudFront-${name}=)[^;]*`), (_, is) => is + HOSTILE),
          ] as const;
        return { ...answer, headers: answer.headers.map(spoiled) };
      },
    };
    const files = { "keyturn.yaml": site.gateYaml, "guest.txt": "guest\nguest-in-the-sandbox\n" };
    const url = `${site.addresses.site}/media/film.txt`;
    const line = `mint ${url} --via-endpoint --gate demo --credentials guest.txt --format env`;
    const honestly = await runCommand(words(line), operator({ files }));
    expect(honestly).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^export CLOUDFRONT_/) });
    const ran = await runCommand(words(line), operator({ files, viewer }));
    expect(ran).toMatchObject({ exitCode: 3, stdout: "" });
    expect(ran.stderr).toContain("ERR_POLICY_INVALID");
    expect(ran.stderr).not.toContain("owned");
  });
});

it("export lines quote any value", () => {
  const set = {
    kind: "canned",
    expires: 1,
    signature: new Sealed("it's"),
    keyPairId: "'; echo owned; '",
  } as const;
  const script = `${writeEnv(set)}\nprintf %s "$CLOUDFRONT_SIGNATURE$CLOUDFRONT_KEY_PAIR_ID"`;
  expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe("it's'; echo owned; '");
});
