/** Operations that read secret values: one by its id, or a batch by ids or filters. */
import { valueEntry } from "./answers.ts";
import { integer, listOf, shape, textOfLength } from "./input.ts";
import { type Filter, matchesAll, pageOfSecrets, sortViews } from "./listing.ts";
import {
  FiltersInput,
  filtersOf,
  type Json,
  type OperationContext,
  operation,
  SecretIdInput,
  type SecretsOperations,
  StageInput,
  VersionIdInput,
} from "./operation.ts";
import { refuseSecrets, SecretsRefusal } from "./refusal.ts";
import type { SecretView } from "./registry.ts";
import { readValue } from "./values.ts";

export const READING_OPERATIONS: SecretsOperations = {
  GetSecretValue: operation(
    shape({ SecretId: SecretIdInput }, { VersionId: VersionIdInput, VersionStage: StageInput }),
    (input, { registry, region }) => {
      const which = { versionId: input.VersionId, stage: input.VersionStage };
      return readEntry({ registry, region }, input.SecretId, which);
    },
  ),

  BatchGetSecretValue: operation(
    shape(
      {},
      {
        SecretIdList: listOf(SecretIdInput, 1, 20),
        Filters: FiltersInput,
        MaxResults: integer(1, 20),
        NextToken: textOfLength(1, 4096),
      },
    ),
    (input, place) => {
      const { ids, next } = batchOf(input, place);
      const values: Json[] = [];
      const errors: Json[] = [];
      for (const id of ids) {
        try {
          values.push(readEntry(place, id));
        } catch (thrown) {
          if (!(thrown instanceof SecretsRefusal)) throw thrown;
          errors.push({ SecretId: id, ErrorCode: thrown.code, Message: thrown.message });
        }
      }
      return { SecretValues: values, Errors: errors, NextToken: next };
    },
  ),
};

function readEntry(
  { registry, region }: OperationContext,
  id: string,
  which: Parameters<typeof readValue>[3] = {},
): Json {
  const { view, version } = readValue(registry, region, id, which);
  registry.kms.use(view.replica?.kmsKeyId ?? view.secret.kmsKeyId, "kms:Decrypt");
  return valueEntry(view, version);
}

/** The IDs that a batch requests: those it lists, or a page of those that match its filters. */
function batchOf(
  input: {
    readonly SecretIdList?: readonly string[] | undefined;
    readonly Filters?: ReturnType<typeof FiltersInput> | undefined;
    readonly MaxResults?: number | undefined;
    readonly NextToken?: string | undefined;
  },
  { registry, region }: OperationContext,
): { readonly ids: readonly string[]; readonly next?: string | undefined } {
  const { SecretIdList } = input;
  const filters: readonly Filter[] = filtersOf(input.Filters);
  if (SecretIdList !== undefined && filters.length > 0) {
    refuseSecrets(
      "InvalidParameterException",
      "Either 'SecretIdList' or 'Filters' must be provided, but not both.",
    );
  }
  if (input.MaxResults !== undefined && filters.length === 0) {
    refuseSecrets(
      "InvalidParameterException",
      "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.",
    );
  }
  if (SecretIdList !== undefined) return { ids: SecretIdList };
  if (filters.length === 0) {
    refuseSecrets("InvalidParameterException", "Either 'SecretIdList' or 'Filters' must be provided.");
  }
  const all = sortViews(registry.list(region), "created-date", "asc");
  const isWanted = (view: SecretView) => view.secret.deletion === undefined && matchesAll(view, filters);
  const page = pageOfSecrets(all, isWanted, ({ arn }) => arn, input.NextToken, input.MaxResults ?? 20);
  return { ids: page.items.map(({ arn }) => arn), next: page.nextToken };
}
