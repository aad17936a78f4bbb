/** `--from-account`: the behaviors, groups, keys and policies of an account, read through its API. */
import { expect, it } from "vitest";
import { createAccount } from "../../../src/sandbox/account.ts";
import { ORIGIN_REQUEST_POLICY_IDS } from "../../../src/sandbox/cloudfront/origin-request-policy-ids.ts";
import { configFromAccount } from "../../../src/sandbox/proxy/account-config.ts";
import { ManualClock } from "../../fakes/manual-clock.ts";
import { memoryWorld } from "../../fakes/memory-world.ts";
import { seededRandom } from "../../fakes/seeded-random.ts";
import { testKey } from "../test-key.ts";

async function config(wanted: string | undefined, count = 1) {
  const clock = new ManualClock();
  const account = createAccount({ clock, random: seededRandom(1) });
  const key = account.cloudFront.publicKeys.create(testKey("one"));
  const group = account.cloudFront.keyGroups.create({ name: "viewers", items: [key.id], comment: "" });
  for (let at = 0; at < count; at += 1) {
    account.createDistribution({
      callerReference: `site-${at}`,
      aliases: [`app-${at}.example.com`],
      origins: [{ id: "app", domainName: "app.example.com", customHeaders: { "X-Verify": "planted-value" } }],
      behaviors: [
        {
          pathPattern: "/api/*",
          trustedKeyGroups: [group.id],
          originRequestPolicyId: ORIGIN_REQUEST_POLICY_IDS.AllViewerExceptHostHeader,
        },
      ],
    });
  }
  const { controlPlane } = await memoryWorld({ clock, cloud: account.handler }).cloud({
    region: "us-east-1",
  });
  return { key, group, found: await configFromAccount(controlPlane, wanted) };
}

it("returns the behaviors with the keys that they trust and the policies that they name", async () => {
  const { key, group, found } = await config("app-0.example.com");
  expect(
    found.published.distributions[0]?.behaviors.map((each) => [each.pathPattern, each.trustedKeyGroups]),
  ).toEqual([
    ["/api/*", [group.id]],
    ["*", []],
  ]);
  expect([...(found.published.keyGroups.get(group.id) ?? [])].map(([id]) => id)).toEqual([key.id]);
  expect(found.policies(ORIGIN_REQUEST_POLICY_IDS.AllViewerExceptHostHeader)?.headers).toEqual({
    which: "all-except",
    names: ["host"],
  });
  expect(found.notes).toEqual([]);
});

it("knows the names of the origin's headers, but leaves their values in the account", async () => {
  const { found } = await config(undefined);
  expect(found.customHeaders("app")).toEqual([{ name: "X-Verify", value: undefined }]);
});

it("asks which distribution is meant if there are several", async () => {
  await expect(config(undefined, 2)).rejects.toThrow(
    /the account has 2 distributions: E\w+ \(app-0.example.com\), E\w+/,
  );
  await expect(config("other.example.com", 2)).rejects.toThrow(
    "the account has no distribution other.example.com: E",
  );
});
