/** What an operation of Secrets Manager is made of: where it runs, how its request is read, the members many share. */
import { blob, integer, list, type Reader, shape, text } from "./input.ts";
import { refuse } from "./refusal.ts";
import type { Registry } from "./registry.ts";

export interface Place {
  readonly registry: Registry;
  /** The one the request was signed for. */
  readonly region: string;
}
export type Json = Readonly<Record<string, unknown>>;
export type SecretsOperation = (request: unknown, place: Place) => Json;
export type SecretsOperations = Readonly<Record<string, SecretsOperation>>;

export const operation =
  <T>(read: Reader<T>, run: (input: T, place: Place) => Json): SecretsOperation =>
  (request, place) =>
    run(read(request, ""), place);

export const SecretId = text(1, 2048);
export const VersionId = text(32, 64);
export const Stage = text(1, 256);
export const Region = text(1, 128, /^([a-z]+-)+\d+$/);
export const TagList = list(shape({ Key: text(1, 128) }, { Value: text(0, 256) }), 0, 200);
export const ReplicaRegions = list(shape({ Region }, { KmsKeyId: text(0, 2048) }), 1, 100);
export const VALUE = { SecretString: text(1, 65_536), SecretBinary: blob(65_536) };
export const DETAILS = { Description: text(0, 2048), KmsKeyId: text(0, 2048), Type: text(0, 256) };
export const PAGE = { MaxResults: integer(1, 100), NextToken: text(1, 4096) };

export const named = ({ arn, name }: { readonly arn: string; readonly name: string }) => ({
  ARN: arn,
  Name: name,
});
export const nextToken = (token: string | undefined) => (token === undefined ? {} : { NextToken: token });

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

/** SDKs make one up when the caller gives none; a request without is refused. */
export function requireToken(token: string | undefined): string {
  return (
    token ??
    refuse(
      "InvalidRequestException",
      "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
    )
  );
}
