/** The parts of a Secrets Manager operation: where it runs, how it reads its request, and the members that many share. */
import {
  blob,
  enumOf,
  integer,
  listOf,
  type Reader,
  readRequest,
  secretText,
  shape,
  textOfLength,
} from "./input.ts";
import { FILTER_KEYS, type Filter } from "./listing.ts";
import { refuseSecrets } from "./refusal.ts";
import type { Registry } from "./registry.ts";

export interface OperationContext {
  readonly registry: Registry;
  /** The region that the request was signed for. */
  readonly region: string;
}
export type Json = Readonly<Record<string, unknown>>;
export type SecretsOperation = (request: unknown, place: OperationContext) => Json;
export type SecretsOperations = Readonly<Record<string, SecretsOperation>>;

export const operation =
  <T>(read: Reader<T>, run: (input: T, place: OperationContext) => Json): SecretsOperation =>
  (request, place) =>
    run(readRequest(read, request), place);

export const SecretIdInput = textOfLength(1, 2048);
export const VersionIdInput = textOfLength(32, 64);
export const StageInput = textOfLength(1, 256);
export const RegionInput = textOfLength(1, 128, /^([a-z]+-)+\d+$/);
export const TagListInput = listOf(
  shape({ Key: textOfLength(1, 128) }, { Value: textOfLength(0, 256) }),
  0,
  200,
);
export const ReplicaRegionsInput = listOf(
  shape({ Region: RegionInput }, { KmsKeyId: textOfLength(0, 2048) }),
  1,
  100,
);
export const VALUE = { SecretString: secretText(1, 65_536), SecretBinary: blob(65_536) };
export const DETAILS = {
  Description: textOfLength(0, 2048),
  KmsKeyId: textOfLength(0, 2048),
  Type: textOfLength(0, 256),
};
export const PAGE = { MaxResults: integer(1, 100), NextToken: textOfLength(1, 4096) };

export const named = ({ arn, name }: { readonly arn: string; readonly name: string }) => ({
  ARN: arn,
  Name: name,
});
export const tagOf = (tag: { readonly Key: string; readonly Value?: string | undefined }) => ({
  key: tag.Key,
  value: tag.Value ?? "",
});

interface ReplicaInput {
  readonly Region: string;
  readonly KmsKeyId?: string | undefined;
}
export const replicaOf = ({ Region: region, KmsKeyId }: ReplicaInput) =>
  KmsKeyId === undefined ? { region } : { region, kmsKeyId: KmsKeyId };

const FilterValue = textOfLength(0, 512, /^!?[a-zA-Z0-9 :_@/+=.\-!]*$/);
export const FiltersInput = listOf(
  shape({}, { Key: enumOf(...FILTER_KEYS), Values: listOf(FilterValue, 1, 10) }),
  0,
  10,
);

/** Each filter needs a key and values, which the API model leaves optional. */
export const filtersOf = (filters: ReturnType<typeof FiltersInput> = []): readonly Filter[] =>
  filters.map(({ Key, Values }) => {
    if (Key === undefined) return refuseSecrets("InvalidParameterException", "Invalid filter key");
    if (Values !== undefined) return { key: Key, values: Values };
    return refuseSecrets("InvalidParameterException", `Invalid filter values for key: ${Key}`);
  });

/** SDKs generate a token if the caller gives none; AWS refuses a raw request without one. */
export function requireToken(
  token: string | undefined,
  code: "InvalidRequestException" | "InvalidParameterException" = "InvalidRequestException",
): string {
  const message = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
  return token ?? refuseSecrets(code, message);
}
