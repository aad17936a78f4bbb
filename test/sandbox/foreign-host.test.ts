/** The sandbox answers only local clients: a page elsewhere can reach 127.0.0.1 too, through a host name of its own. */
import { get } from "node:http";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { cryptoKeyPairs } from "../../src/adapters/key-pair-source.ts";
import { systemRandom } from "../../src/adapters/random.ts";
import { localOnly } from "../../src/sandbox/foreign-host.ts";
import { apiHandler, startSandbox } from "../../src/sandbox/sandbox.ts";
import { siteWorld } from "../rotation/site-world.ts";

const AUTHORIZATION = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
const APIS = {
  CloudFront: {
    method: "GET",
    target: "/2020-05-31/public-key",
    headers: { authorization: AUTHORIZATION("cloudfront") },
    body: "",
  },
  "Secrets Manager": {
    method: "POST",
    target: "/",
    headers: {
      authorization: AUTHORIZATION("secretsmanager"),
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "secretsmanager.ListSecrets",
    },
    body: "{}",
  },
};

async function ask(api: keyof typeof APIS, more: Readonly<Record<string, string>>) {
  const { site } = await siteWorld();
  const { method, target, headers, body } = APIS[api];
  const request = {
    method,
    target,
    scheme: "http" as const,
    body: Buffer.from(body),
    remoteAddress: "127.0.0.1",
  };
  return localOnly(apiHandler(site))({ ...request, headers: { ...headers, ...more } });
}

describe.each(["CloudFront", "Secrets Manager"] as const)("the sandbox's %s", (api) => {
  it.each(["127.0.0.1:8001", "localhost:8001", "LOCALHOST:8001", "[::1]:8001", "cdn.localhost"])(
    "answers a client that calls %s",
    async (host) => {
      expect((await ask(api, { host })).status).toBe(200);
    },
  );

  it.each([
    [{ host: "evil.example" }],
    [{ host: "127.0.0.1.evil.example:8001" }],
    [{ host: "localhost.evil.example" }],
    [{ host: "" }],
    [{ host: "127.0.0.1:8001", origin: "https://evil.example" }],
  ])("refuses %j", async (headers) => {
    const answer = await ask(api, headers);
    expect(answer.status).toBe(403);
    expect(Buffer.from(answer.body).toString()).toContain("local clients only");
  });
});

it("the sandbox's port refuses a foreign Host before anything else", async () => {
  const { stop, urls } = await startSandbox({
    clock: systemClock,
    random: systemRandom,
    keyPairs: cryptoKeyPairs,
    keyType: "ecdsa-p256",
  });
  try {
    for (const [host, status] of [
      [new URL(urls.api).host, 200],
      ["evil.example", 403],
    ] as const) {
      const answered = await new Promise((resolve, reject) => {
        const headers = { host, ...APIS.CloudFront.headers };
        get(`${urls.api}${APIS.CloudFront.target}`, { headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        }).on("error", reject);
      });
      expect([host, answered]).toEqual([host, status]);
    }
  } finally {
    await stop();
  }
});
