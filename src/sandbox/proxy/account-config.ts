/** Reads the distribution, keys and policies of a real account, once at the start; writes nothing. */
import type { DistributionSummary, ForwardingPolicy } from "../../cloudfront/distribution.ts";
import { UsageError } from "../../errors.ts";
import type { ControlPlane } from "../../seams/cloud.ts";
import type { ProxyConfig } from "./proxy-config.ts";
import { differencesFromAccount } from "./template-config.ts";

type Reads = Pick<
  ControlPlane,
  | "listDistributions"
  | "getDistribution"
  | "getKeyGroup"
  | "getPublicKey"
  | "getCachePolicy"
  | "getOriginRequestPolicy"
>;

/** Throws ERR_USAGE, and what the reads throw. */
export async function configFromAccount(reads: Reads, wanted: string | undefined): Promise<ProxyConfig> {
  const { value: distribution } = await reads.getDistribution(await distributionId(reads, wanted));
  const groupIds = [...new Set(distribution.behaviors.flatMap((each) => each.trustedKeyGroups))];
  const keyGroups = new Map(
    await Promise.all(
      groupIds.map(async (id) => {
        const { value: group } = await reads.getKeyGroup(id);
        const keys = await Promise.all(group.items.map((each) => reads.getPublicKey(each)));
        return [id, new Map(keys.map(({ value }) => [value.id, value.encodedKey]))] as const;
      }),
    ),
  );
  const policies = new Map<string, ForwardingPolicy>();
  for (const { cachePolicyId, originRequestPolicyId } of distribution.behaviors) {
    if (cachePolicyId !== undefined && !policies.has(cachePolicyId)) {
      policies.set(cachePolicyId, await reads.getCachePolicy(cachePolicyId));
    }
    if (originRequestPolicyId !== undefined && !policies.has(originRequestPolicyId)) {
      policies.set(originRequestPolicyId, await reads.getOriginRequestPolicy(originRequestPolicyId));
    }
  }
  const origins = new Map(distribution.origins.map((origin) => [origin.id, origin]));
  return {
    published: { distributions: [distribution], keyGroups },
    policies: (id) => policies.get(id),
    // The account's values are secrets, and stay there.
    customHeaders: (id) =>
      (origins.get(id)?.customHeaderNames ?? []).map((name) => ({ name, value: undefined })),
    limits: (id) => origins.get(id) ?? {},
    notes: differencesFromAccount(distribution, keyGroups, (id) => policies.has(id)),
  };
}

async function distributionId(reads: Reads, wanted: string | undefined): Promise<string> {
  const all: DistributionSummary[] = [];
  for await (const each of reads.listDistributions()) all.push(each);
  const found =
    wanted === undefined
      ? all.length === 1 && all[0]
      : all.find(({ id, aliases, domainName }) => [id, domainName, ...aliases].includes(wanted));
  if (found) return found.id;
  const names = all.map(({ id, aliases }) => (aliases[0] === undefined ? id : `${id} (${aliases[0]})`));
  const problem =
    wanted === undefined
      ? `the account has ${all.length} distributions`
      : `the account has no distribution ${wanted}`;
  throw new UsageError("ERR_USAGE", names.length === 0 ? problem : `${problem}: ${names.join(", ")}`, [
    `choose one with --distribution ${all[0]?.id ?? "E1EXAMPLE23456"}`,
  ]);
}
