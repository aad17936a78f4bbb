/** Log objects in S3: listed page by page, fetched in parts into files of a private folder. */
import { open } from "node:fs/promises";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2Output,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { RemoteError } from "../../errors.ts";
import { unwritableFile } from "../../file-errors.ts";
import type { LogBucket, LogObject } from "../../seams/logs.ts";
import { type Bounds, boundExchanges } from "./bounded-exchange.ts";
import type { AwsCalls } from "./call.ts";
import type { CallName } from "./errors.ts";

/** Few enough bytes to hold several in memory, and for one to arrive in time. */
const PART = 4 * 1024 * 1024;
const SLOW_ANSWER = 60;
const TRIES = 3;

export function s3LogBucket(config: object, bounds: Omit<Bounds, "by">, calls: AwsCalls): LogBucket {
  const endpoint = (config as { endpoint?: string }).endpoint;
  const client = new S3Client({
    ...(config as S3ClientConfig),
    // The bucket may be in a different region from the gate.
    followRegionRedirects: true,
    // Outside AWS, bucket names are not host names.
    forcePathStyle: endpoint !== undefined,
    responseChecksumValidation: "WHEN_REQUIRED",
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  const limits = { ...bounds.limits, answer: Math.max(bounds.limits.answer, SLOW_ANSWER) };
  boundExchanges(client, { ...bounds, limits, by: "S3" });

  async function* pages(bucket: string, query: { Prefix: string; StartAfter?: string; Delimiter?: string }) {
    let token: string | undefined;
    do {
      const input = { Bucket: bucket, ...query, ContinuationToken: token };
      const page: ListObjectsV2Output = await calls.read(
        nameOf("ListBucket", `bucket ${bucket}`),
        (options) => client.send(new ListObjectsV2Command(input), options),
      );
      yield page;
      token = page.NextContinuationToken || undefined;
    } while (token !== undefined);
  }

  async function part(bucket: string, { key, etag }: LogObject, from: number, count: number) {
    const range = `bytes=${from}-${from + count - 1}`;
    const input = { Bucket: bucket, Key: key, Range: range, IfMatch: etag };
    const name = nameOf("GetObject", `object s3://${bucket}/${key}`);
    for (let tried = 1; ; tried += 1) {
      const { Body } = await calls.read(name, (options) => client.send(new GetObjectCommand(input), options));
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      if (bytes.length === count) return bytes;
      if (tried < TRIES) continue;
      throw new RemoteError("ERR_REMOTE", `${bytes.length} of ${count} bytes arrived of ${name.subject}`, [
        "run the command again",
      ]);
    }
  }

  return {
    async *objects(bucket, prefix, after) {
      const query = { Prefix: prefix, StartAfter: after };
      for await (const { Contents = [] } of pages(bucket, query)) yield* Contents.map(objectOf);
    },
    async *level(bucket, prefix) {
      for await (const page of pages(bucket, { Prefix: prefix, Delimiter: "/" })) {
        yield* (page.CommonPrefixes ?? []).map(({ Prefix = "" }) => ({ folder: Prefix }));
        yield* (page.Contents ?? []).map(objectOf);
      }
    },
    async fetch(bucket, object, path) {
      const file = await open(path, "wx", 0o600).catch((cause) => {
        throw unwritableFile(path, cause);
      });
      try {
        for (let from = 0; from < object.bytes; from += PART) {
          const bytes = await part(bucket, object, from, Math.min(PART, object.bytes - from));
          await file.writeFile(bytes).catch((cause) => {
            throw unwritableFile(path, cause);
          });
        }
      } finally {
        await file.close();
      }
    },
  };
}

const nameOf = (operation: string, subject: string): CallName => ({
  action: `s3:${operation}`,
  subject,
  role: "log-reader",
  // Archived in Glacier, which is a 403 too.
  meanings: { InvalidObjectState: "ERR_REFUSED" },
});

const objectOf = (object: NonNullable<ListObjectsV2Output["Contents"]>[number]): LogObject => ({
  key: object.Key ?? "",
  bytes: object.Size ?? 0,
  modifiedAt: (object.LastModified?.getTime() ?? 0) / 1000,
  etag: object.ETag ?? "",
});
