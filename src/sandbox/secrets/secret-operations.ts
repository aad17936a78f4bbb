/** Operations on secrets as a whole: describe, list, delete, restore, tag; and random passwords. */
import { describeEntry, listEntry } from "./answers.ts";
import { enumOf, flag, integer, listOf, shape, textOfLength } from "./input.ts";
import { deleteSecret, tagSecret, undeleteSecret, untagSecret } from "./lifecycle.ts";
import { matchesAll, pageOfSecrets, SORT_KEYS, sortViews } from "./listing.ts";
import {
  FiltersInput,
  filtersOf,
  named,
  operation,
  PAGE,
  SecretIdInput,
  type SecretsOperations,
  TagListInput,
  tagOf,
} from "./operation.ts";
import { randomPassword } from "./random-password.ts";
import type { SecretView } from "./registry.ts";

export const SECRET_OPERATIONS: SecretsOperations = {
  DescribeSecret: operation(shape({ SecretId: SecretIdInput }, {}), (input, { registry, region }) =>
    describeEntry(registry.find(region, input.SecretId), registry),
  ),

  ListSecrets: operation(
    shape(
      {},
      {
        IncludePlannedDeletion: flag,
        Filters: FiltersInput,
        SortOrder: enumOf("asc", "desc"),
        SortBy: enumOf(...SORT_KEYS),
        ...PAGE,
      },
    ),
    (input, { registry, region }) => {
      const filters = filtersOf(input.Filters);
      const isAsked = (view: SecretView) =>
        (view.secret.deletion === undefined || input.IncludePlannedDeletion === true) &&
        matchesAll(view, filters);
      const all = sortViews(registry.list(region), input.SortBy ?? "created-date", input.SortOrder ?? "asc");
      const page = pageOfSecrets(all, isAsked, ({ arn }) => arn, input.NextToken, input.MaxResults);
      return { SecretList: page.items.map(listEntry), NextToken: page.nextToken };
    },
  ),

  DeleteSecret: operation(
    shape(
      { SecretId: SecretIdInput },
      { RecoveryWindowInDays: integer(-1e9, 1e9), ForceDeleteWithoutRecovery: flag },
    ),
    (input, { registry, region }) => {
      const how = {
        windowInDays: input.RecoveryWindowInDays,
        isForced: input.ForceDeleteWithoutRecovery === true,
      };
      const deleted = deleteSecret(registry, region, input.SecretId, how);
      return { ...named(deleted), DeletionDate: deleted.goneAt };
    },
  ),

  RestoreSecret: operation(shape({ SecretId: SecretIdInput }, {}), (input, { registry, region }) =>
    named(undeleteSecret(registry, region, input.SecretId)),
  ),

  TagResource: operation(
    shape({ SecretId: SecretIdInput, Tags: TagListInput }, {}),
    (input, { registry, region }) => {
      tagSecret(registry, region, input.SecretId, input.Tags.map(tagOf));
      return {};
    },
  ),

  UntagResource: operation(
    shape({ SecretId: SecretIdInput, TagKeys: listOf(textOfLength(1, 128), 0, 200) }, {}),
    (input, { registry, region }) => {
      untagSecret(registry, region, input.SecretId, input.TagKeys);
      return {};
    },
  ),

  GetRandomPassword: operation(
    shape(
      {},
      {
        PasswordLength: integer(1, 4096),
        ExcludeCharacters: textOfLength(0, 4096),
        ExcludeNumbers: flag,
        ExcludePunctuation: flag,
        ExcludeUppercase: flag,
        ExcludeLowercase: flag,
        IncludeSpace: flag,
        RequireEachIncludedType: flag,
      },
    ),
    (input, { registry }) => ({
      RandomPassword: randomPassword(registry.options.random, {
        ...input,
        length: input.PasswordLength ?? 32,
        excluded: input.ExcludeCharacters ?? "",
        includesSpace: input.IncludeSpace === true,
        requiresEachKind: input.RequireEachIncludedType !== false,
      }),
    }),
  ),
};
