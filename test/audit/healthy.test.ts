/** Healthy accounts with unusual settings: a finding here is a false alarm. */
import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import type { GateRoute } from "../../src/gates/gate.ts";
import { auditOf, type Faults, makeAccount, trusting } from "./account.ts";
import { editDistribution, partnerGroup, secondDistribution } from "./faults.ts";

interface Healthy extends Faults {
  readonly name: string;
}

const ACCOUNTS: readonly Healthy[] = [
  {
    name: "another gate has the default behavior of the distribution, with a public route before it",
    after: async (account) => {
      const { gate, groupId, distributionId } = account;
      const other = await partnerGroup(account);
      Object.assign(account, { other });
      await editDistribution(account, (config) => {
        const behaviors = config.CacheBehaviors?.Items ?? [];
        for (const behavior of behaviors) Object.assign(behavior, trusting(other));
        const rest = config.DefaultCacheBehavior;
        if (rest === undefined) throw new Error("no default behavior");
        behaviors.push({ ...rest, PathPattern: "/public/*" });
        config.CacheBehaviors = { Quantity: behaviors.length, Items: behaviors };
        Object.assign(rest, trusting(groupId));
      });
      Object.assign(gate, {
        routes: [{ ...gate.routes[0], pattern: "/*", sample: "/film.mp4" }],
        canaries: { [distributionId]: "https://cdn.example.com/keyturn-canary" },
      });
    },
    otherGates: ({ gate, ...account }) => [
      {
        ...gate,
        name: "files",
        keyGroups: [(account as unknown as { other: string }).other],
        secret: { ...gate.secret, id: "files/signing-key" },
        routes: ["/private/*", "/api/*", "/public/*"].map((pattern) => ({
          pattern,
          methods: ["GET"],
          safeMethods: [],
          layers: pattern === "/public/*" ? [] : ["edge"],
          sample: pattern.replace("*", "x"),
        })),
      },
    ],
  },
  {
    name: "the secret is declared by its ARN, and signers read a replica of it",
    after: async ({ gate, secrets }) => {
      const { ARN } = await secrets.send(new DescribeSecretCommand({ SecretId: gate.secret.id }));
      Object.assign(gate, { secret: { ...gate.secret, id: ARN } });
    },
  },
  {
    name: "gates of other accounts, profiles and regions have secrets of the same name",
    gate: (gate) => ({ ...gate, region: "eu-west-1" }),
    otherGates: ({ gate }) => {
      const elsewhere = { ...gate, distributions: [], keyGroups: [] };
      const { account: _, ...unsaid } = elsewhere;
      return [
        { ...elsewhere, name: "staging", account: "222222222222" },
        { ...elsewhere, name: "asia", region: "ap-south-1" },
        { ...unsaid, name: "test", profile: "test" },
      ];
    },
  },
  {
    name: "two sites have one cookie profile each",
    after: async (account) => {
      const second = await secondDistribution(account, account.groupId);
      const { gate, distributionId } = account;
      Object.assign(gate, {
        distributions: [distributionId, second],
        canaries: { ...gate.canaries, [second]: "https://second.example.com/private/keyturn-canary" },
        cookie: { ...gate.cookie, domain: "cdn.example.com" },
        cookieProfiles: {
          second: { resource: "https://second.example.com/*", domain: "second.example.com" },
        },
      });
    },
  },
  {
    name: "a route exists only on the second of two distributions",
    after: async (account) => {
      const second = await secondDistribution(account, account.groupId);
      await editDistribution(account, (config) => {
        const behaviors = config.CacheBehaviors?.Items?.filter(({ PathPattern }) => PathPattern !== "/api/*");
        config.CacheBehaviors = { Quantity: behaviors?.length, Items: behaviors };
      });
      const { gate, distributionId } = account;
      const isApi = ({ pattern }: GateRoute) => pattern === "/api/*";
      Object.assign(gate, {
        distributions: [distributionId, second],
        canaries: { ...gate.canaries, [second]: "https://second.example.com/private/keyturn-canary" },
        cookie: { ...gate.cookie, resource: "https://*.example.com/*" },
        routes: gate.routes.map((route) => (isApi(route) ? { ...route, distributions: [second] } : route)),
      });
    },
  },
];

describe("audit finds nothing if", () => {
  it.each(ACCOUNTS)("$name", async (healthy) => {
    const findings = await auditOf(await makeAccount(healthy), healthy);
    expect(findings.filter(({ where }) => where?.startsWith("gate "))).toEqual([]);
  });
});
