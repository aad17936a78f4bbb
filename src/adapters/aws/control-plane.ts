/** CloudFront's key API through the SDK (API Reference 2020-05-31). Lists follow NextMarker here: most have no paginator. */
import {
  type CloudFrontClient,
  CreateKeyGroupCommand,
  CreatePublicKeyCommand,
  DeleteKeyGroupCommand,
  DeletePublicKeyCommand,
  GetCachePolicyCommand,
  GetDistributionCommand,
  GetKeyGroupCommand,
  GetOriginRequestPolicyCommand,
  GetPublicKeyCommand,
  ListDistributionsByKeyGroupCommand,
  ListDistributionsCommand,
  ListFieldLevelEncryptionProfilesCommand,
  ListKeyGroupsCommand,
  ListPublicKeysCommand,
  type KeyGroup as SdkKeyGroup,
  type PublicKey as SdkPublicKey,
  UpdateKeyGroupCommand,
} from "@aws-sdk/client-cloudfront";
import type { ControlPlane, KeyGroup, KeyGroupConfig, PublicKey, Versioned } from "../../seams/cloud.ts";
import type { AwsCalls } from "./call.ts";
import { distributionOf, distributionSummaryOf } from "./distribution.ts";
import type { CallName } from "./errors.ts";
import { fromCachePolicy, fromOriginRequestPolicy } from "./forwarding-policy.ts";

export function awsControlPlane(client: CloudFrontClient, calls: AwsCalls): ControlPlane {
  return {
    listPublicKeys: () =>
      pages(async (Marker) => {
        const name = call("ListPublicKeys", "public keys");
        const answer = await calls.read(name, (options) =>
          client.send(new ListPublicKeysCommand({ Marker }), options),
        );
        const { Items = [], NextMarker } = answer.PublicKeyList ?? {};
        return {
          items: Items.map((item) => ({
            id: required(item.Id),
            createdAt: seconds(item.CreatedTime),
            name: item.Name ?? "",
            encodedKey: item.EncodedKey ?? "",
            comment: item.Comment ?? "",
          })),
          next: NextMarker,
        };
      }),

    async getPublicKey(id) {
      const name = call("GetPublicKey", `public key ${id}`);
      const answer = await calls.read(name, (options) =>
        client.send(new GetPublicKeyCommand({ Id: id }), options),
      );
      return versioned(publicKeyOf(answer.PublicKey), answer.ETag);
    },

    async createPublicKey(config) {
      const input = {
        PublicKeyConfig: {
          CallerReference: config.callerReference,
          Name: config.name,
          EncodedKey: config.encodedKey,
          Comment: config.comment,
        },
      };
      const name = call("CreatePublicKey", `public key ${config.name}`);
      const answer = await calls.write(name, (options) =>
        client.send(new CreatePublicKeyCommand(input), options),
      );
      return versioned(publicKeyOf(answer.PublicKey), answer.ETag);
    },

    async deletePublicKey(id, etag) {
      const name = call("DeletePublicKey", `public key ${id}`);
      await calls.write(name, (options) =>
        client.send(new DeletePublicKeyCommand({ Id: id, IfMatch: etag }), options),
      );
    },

    listKeyGroups: () =>
      pages(async (Marker) => {
        const name = call("ListKeyGroups", "key groups");
        const answer = await calls.read(name, (options) =>
          client.send(new ListKeyGroupsCommand({ Marker }), options),
        );
        const { Items = [], NextMarker } = answer.KeyGroupList ?? {};
        return { items: Items.map((item) => keyGroupOf(item.KeyGroup)), next: NextMarker };
      }),

    async getKeyGroup(id) {
      const name = call("GetKeyGroup", `key group ${id}`);
      const answer = await calls.read(name, (options) =>
        client.send(new GetKeyGroupCommand({ Id: id }), options),
      );
      return versioned(keyGroupOf(answer.KeyGroup), answer.ETag);
    },

    async createKeyGroup(config) {
      const name = call("CreateKeyGroup", `key group ${config.name}`);
      const answer = await calls.write(name, (options) =>
        client.send(new CreateKeyGroupCommand({ KeyGroupConfig: sdkConfig(config) }), options),
      );
      return versioned(keyGroupOf(answer.KeyGroup), answer.ETag);
    },

    async updateKeyGroup(id, etag, config) {
      const name = call("UpdateKeyGroup", `key group ${id}`);
      const answer = await calls.write(name, (options) =>
        client.send(
          new UpdateKeyGroupCommand({ Id: id, IfMatch: etag, KeyGroupConfig: sdkConfig(config) }),
          options,
        ),
      );
      return versioned(keyGroupOf(answer.KeyGroup), answer.ETag);
    },

    async deleteKeyGroup(id, etag) {
      const name = call("DeleteKeyGroup", `key group ${id}`);
      await calls.write(name, (options) =>
        client.send(new DeleteKeyGroupCommand({ Id: id, IfMatch: etag }), options),
      );
    },

    listDistributionsByKeyGroup: (keyGroupId) =>
      pages(async (Marker) => {
        const name = call("ListDistributionsByKeyGroup", `key group ${keyGroupId}`);
        const answer = await calls.read(name, (options) =>
          client.send(new ListDistributionsByKeyGroupCommand({ KeyGroupId: keyGroupId, Marker }), options),
        );
        const { Items = [], NextMarker } = answer.DistributionIdList ?? {};
        return { items: Items, next: NextMarker };
      }),

    listDistributions: () =>
      pages(async (Marker) => {
        const name = call("ListDistributions", "distributions");
        const answer = await calls.read(name, (options) =>
          client.send(new ListDistributionsCommand({ Marker }), options),
        );
        const { Items = [], NextMarker } = answer.DistributionList ?? {};
        return { items: Items.map(distributionSummaryOf), next: NextMarker };
      }),

    async getDistribution(id) {
      const name = call("GetDistribution", `distribution ${id}`);
      const answer = await calls.read(name, (options) =>
        client.send(new GetDistributionCommand({ Id: id }), options),
      );
      return versioned(distributionOf(required(answer.Distribution)), answer.ETag);
    },

    listFieldEncryptionKeys: () =>
      pages(async (Marker) => {
        const name = call("ListFieldLevelEncryptionProfiles", "field-level encryption profiles");
        const answer = await calls.read(name, (options) =>
          client.send(new ListFieldLevelEncryptionProfilesCommand({ Marker }), options),
        );
        const { Items = [], NextMarker } = answer.FieldLevelEncryptionProfileList ?? {};
        const entities = Items.flatMap(({ EncryptionEntities }) => EncryptionEntities?.Items ?? []);
        return { items: entities.flatMap(({ PublicKeyId }) => PublicKeyId ?? []), next: NextMarker };
      }),

    async getCachePolicy(id) {
      const name = call("GetCachePolicy", `cache policy ${id}`);
      const answer = await calls.read(name, (options) =>
        client.send(new GetCachePolicyCommand({ Id: id }), options),
      );
      return fromCachePolicy(answer.CachePolicy);
    },

    async getOriginRequestPolicy(id) {
      const name = call("GetOriginRequestPolicy", `origin request policy ${id}`);
      const answer = await calls.read(name, (options) =>
        client.send(new GetOriginRequestPolicyCommand({ Id: id }), options),
      );
      return fromOriginRequestPolicy(answer.OriginRequestPolicy);
    },
  };
}

function call(operation: string, subject: string): CallName {
  return { action: `cloudfront:${operation}`, subject };
}

/** An empty NextMarker counts as none: some servers send the element without content. */
async function* pages<T>(
  page: (marker: string | undefined) => Promise<{ items: readonly T[]; next: string | undefined }>,
): AsyncIterable<T> {
  let marker: string | undefined;
  do {
    const { items, next } = await page(marker);
    yield* items;
    marker = next || undefined;
  } while (marker !== undefined);
}

function publicKeyOf(key: SdkPublicKey | undefined): PublicKey {
  const config = key?.PublicKeyConfig;
  return {
    id: required(key?.Id),
    createdAt: seconds(key?.CreatedTime),
    name: config?.Name ?? "",
    encodedKey: config?.EncodedKey ?? "",
    comment: config?.Comment ?? "",
  };
}

function keyGroupOf(group: SdkKeyGroup | undefined): KeyGroup {
  const config = group?.KeyGroupConfig;
  return {
    id: required(group?.Id),
    modifiedAt: seconds(group?.LastModifiedTime),
    name: config?.Name ?? "",
    items: config?.Items ?? [],
    comment: config?.Comment ?? "",
  };
}

function sdkConfig({ name, items, comment }: KeyGroupConfig) {
  return { Name: name, Items: [...items], Comment: comment };
}

function versioned<T>(value: T, etag: string | undefined): Versioned<T> {
  return { value, etag: required(etag) };
}

function seconds(date: Date | undefined): number {
  return required(date).getTime() / 1000;
}

/** The API model marks these as required; a response without them is not CloudFront's. */
function required<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError("the response lacks a member that CloudFront always sends");
  return value;
}
