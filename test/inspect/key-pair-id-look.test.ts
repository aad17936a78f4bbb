/** Invalid key pair IDs: the report first names what was sent instead, by its format or from the account. */
import { describe, expect, it } from "vitest";
import { cannedText, NOW, signText } from "../edge/signed.ts";
import { cookies, firstCause, PAGE, runInspect } from "./run-inspect.ts";

const withId = (id: string) =>
  `${PAGE}?Expires=${NOW + 60}&Signature=${signText(cannedText(PAGE, NOW + 60))}&Key-Pair-Id=${id}`;

describe("an invalid key pair ID", () => {
  it.each([
    ["undefined", /undefined.*variable.*not set/],
    ["null", /null.*variable/],
    ["None", /None.*variable/],
    ["NaN", /NaN.*variable/],
    ["[object Object]", /variable/],
    ["", /empty.*variable/],
    ["%22K2JCJMDEHXQW5F%22", /quotes/],
    ["K2JCJMDEHXQW5F%0A", /line break/],
    ["K2JCJMDEHXQW5F%0D%0A", /line break/],
    ["K2JCJMDEHXQW5F\\n", /line break/],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an unfilled template is what is pasted
    ["${KEY_PAIR_ID}", /template or variable/],
    ["{{keyPairId}}", /template or variable/],
    ["$KEY_PAIR_ID", /template or variable/],
    ["process.env.KEY_PAIR_ID", /template or variable/],
    ["<KEY_PAIR_ID>", /placeholder/],
    ["YOUR_KEY_PAIR_ID", /placeholder/],
    ["KXXXXXXXXXXXXX", /placeholder/],
    ["changeme", /placeholder/],
    ["a1b2c3d4-5678-90ab-cdef-1234567890ab", /UUID, like a key group's id/],
    ["E1ABCDEF2GHIJ", /distribution/],
    ["E2QWRUHAPOMQZL", /distribution/],
    ["AKIAIOSFODNN7EXAMPLE", /IAM access key/],
    ["ASIAIOSFODNN7EXAMPLE", /IAM access key/],
    ["arn:aws:cloudfront::111111111111:public-key/K2JCJMDEHXQW5F", /ARN/],
    ["123456789012", /account number/],
    ["d111111abcdef8.cloudfront.net", /host/],
    ["k2jcjmdehxqw5f", /lower case/],
    ["my-signing-key", /key's name/],
    ["%24%7BKEY_PAIR_ID%7D", /template or variable/],
    ["%7B%7BkeyPairId%7D%7D", /template or variable/],
    ["REDACTED", /redacted/],
    ["d111111abcdef8", /distribution's name/],
    ["prod/app/signing-key", /name of a secret/],
    ["0", /number/],
    ["K2JCJMDEHXQW5", /almost K2JCJMDEHXQW5F/],
    ["K2JCJMDEHXQW5FF", /almost K2JCJMDEHXQW5F/],
    ["K2JCJMDEHXOW5F", /almost K2JCJMDEHXQW5F/],
    ["K2JCJMDEXHQW5F", /almost K2JCJMDEHXQW5F/],
    ["/etc/keys/cf.pem", /file path/],
  ])("is recognized as %s", async (id, says) => {
    const report = await runInspect(withId(id));
    const cause = firstCause(report);
    expect(report.verdict).toBe("deny");
    expect(cause).toMatchObject({ id: "key-pair-id-is-no-id", message: expect.stringMatching(says) });
    expect(JSON.stringify(report.findings)).not.toContain("rotation");
  });
  it.each(['"K2JCJMDEHXQW5F"', "undefined", "null", "E1ABCDEF2GHIJ", "your-key-id"])(
    "is recognized as %s in a cookie too",
    async (id) => {
      const report = await runInspect(`Cookie: ${cookies.replace("K2JCJMDEHXQW5F", id)}`, ["--url", PAGE]);
      expect(firstCause(report)?.id).toBe("key-pair-id-is-no-id");
    },
  );
  it("that looks valid is not reported as removed by a rotation", async () => {
    const report = await runInspect(withId("K3OTHERKEY4567"));
    expect(firstCause(report)).toMatchObject({ id: "key-not-given", basis: "observed" });
    expect(JSON.stringify(report.findings)).not.toContain("rotation");
  });
});
