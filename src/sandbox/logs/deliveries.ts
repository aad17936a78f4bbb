/** Standard logging v2 as CloudWatch Logs describes it: sources, destinations, and the deliveries between them. */
import type { EpochSeconds } from "../../time.ts";
import { JsonRefusal, jsonService, pageByToken, requiredText } from "../json-wire.ts";

export interface LogDeliverySeed {
  readonly distributionId: string;
  readonly to: "S3" | "CWL" | "FH";
  /** `arn:aws:s3:::bucket/prefix`. */
  readonly destinationArn: string;
  readonly format: "json" | "plain" | "w3c" | "raw" | "parquet";
  readonly fields: readonly string[];
  readonly suffixPath?: string;
  readonly isHiveStyle?: boolean;
}
export interface StoredDelivery extends LogDeliverySeed {
  readonly id: string;
  readonly distributionArn: string;
}

export interface DeliveredSpan {
  readonly first: EpochSeconds;
  readonly last: EpochSeconds;
}

/** Created with its first event. */
function streamOf(distributionId: string, span: DeliveredSpan | undefined): object[] {
  if (span === undefined) return [];
  const [firstEventTimestamp, lastEventTimestamp] = [span.first * 1000, span.last * 1000];
  return [{ logStreamName: `CloudFront_${distributionId}`, firstEventTimestamp, lastEventTimestamp }];
}

export class LogDeliveries {
  readonly #accountId: string;
  #stored: readonly StoredDelivery[] = [];

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  get all(): readonly StoredDelivery[] {
    return this.#stored;
  }

  add(seed: LogDeliverySeed): void {
    const id = `delivery${String(this.#stored.length + 1).padStart(8, "0")}`;
    const distributionArn = `arn:aws:cloudfront::${this.#accountId}:distribution/${seed.distributionId}`;
    this.#stored = [...this.#stored, { ...seed, id, distributionArn }];
  }

  clear(): void {
    this.#stored = [];
  }

  /** `logs`, always in us-east-1 for CloudFront. `spanOf`: what has been delivered of a distribution's lines. */
  service(spanOf: (distributionId: string) => DeliveredSpan | undefined) {
    const arnOf = (kind: string, name: string) => `arn:aws:logs:us-east-1:${this.#accountId}:${kind}:${name}`;
    const members = ["nextToken", "limit"];
    const listed = (member: string, describe: (stored: StoredDelivery) => object) => ({
      members,
      run: ({ nextToken, limit = 50 }: Readonly<Record<string, unknown>>) => {
        const { items, next } = pageByToken(this.#stored.map(describe), nextToken, Number(limit));
        return { [member]: items, nextToken: next };
      },
    });
    return jsonService("logs", "Logs_20140328", {
      DescribeLogStreams: {
        members: ["logGroupIdentifier", "nextToken", "limit"],
        run: (input) => {
          const group = requiredText(input, "logGroupIdentifier");
          const own = this.#stored.filter(
            ({ to, destinationArn }) => to === "CWL" && destinationArn.replace(/:\*$/, "") === group,
          );
          if (own.length === 0)
            throw new JsonRefusal("ResourceNotFoundException", "The specified log group does not exist.");
          const streams = own.flatMap(({ distributionId }) =>
            streamOf(distributionId, spanOf(distributionId)),
          );
          const { items, next } = pageByToken(streams, input.nextToken, Number(input.limit ?? 50));
          return { logStreams: items, nextToken: next };
        },
      },
      DescribeDeliverySources: listed("deliverySources", ({ id, distributionArn }) => ({
        name: `source-${id}`,
        arn: arnOf("delivery-source", `source-${id}`),
        resourceArns: [distributionArn],
        service: "cloudfront",
        logType: "ACCESS_LOGS",
      })),
      DescribeDeliveries: listed("deliveries", ({ id, to, fields, suffixPath, isHiveStyle = false }) => ({
        id,
        arn: arnOf("delivery", id),
        deliverySourceName: `source-${id}`,
        deliveryDestinationArn: arnOf("delivery-destination", `destination-${id}`),
        deliveryDestinationType: to,
        recordFields: fields,
        s3DeliveryConfiguration:
          to === "S3" ? { suffixPath, enableHiveCompatiblePath: isHiveStyle } : undefined,
      })),
      DescribeDeliveryDestinations: listed("deliveryDestinations", ({ id, to, format, destinationArn }) => ({
        name: `destination-${id}`,
        arn: arnOf("delivery-destination", `destination-${id}`),
        deliveryDestinationType: to,
        outputFormat: format,
        deliveryDestinationConfiguration: { destinationResourceArn: destinationArn },
      })),
    });
  }
}
