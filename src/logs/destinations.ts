/**
 * Where a distribution's access logs go, according to its configuration and the deliveries that CloudWatch Logs
 * lists.
 */
import type { Distribution } from "../cloudfront/distribution.ts";
import type { LogDelivery } from "../seams/logs.ts";

export interface LogDestination {
  readonly distribution: string;
  /** DG: standard logging (legacy), standard logging v2, real-time logs. */
  readonly kind: "v1" | "v2" | "real-time";
  readonly to: "s3" | "cloudwatch-logs" | "firehose" | "kinesis" | "unknown";
  /** `s3://bucket/prefix`, or an ARN. */
  readonly place: string;
  /** `v1`, or v2's `json`, `plain`, `w3c`, `raw`, `parquet`, or `real-time`. */
  readonly format: string;
  /** Do the lines contain cookies? `cut-off`: only the first 800 bytes, and only if the field was chosen. */
  readonly cookies: "logged" | "switched-off" | "not-chosen" | "cut-off";
  /** The fields chosen for v2; absent: a fixed list, or unknown. */
  readonly fields?: readonly string[];
  /** For objects in S3. */
  readonly s3?: LogLocation;
}

export interface LogLocation {
  readonly bucket: string;
  /** Empty, or v1's prefix as configured, or v2's folder with a slash at the end. */
  readonly prefix: string;
  readonly distribution: string;
  /** Owner of the distribution: twelve digits. */
  readonly account: string;
  readonly layout: "v1" | "v2";
  readonly suffixPath?: string;
  readonly isHiveStyle: boolean;
}

const KINDS: Readonly<Record<string, LogDestination["to"]>> = {
  S3: "s3",
  CWL: "cloudwatch-logs",
  FH: "firehose",
};

/** Every destination; a distribution may have several. */
export function destinationsOf(
  distribution: Distribution,
  deliveries: readonly LogDelivery[],
): readonly LogDestination[] {
  const own = deliveries.filter(({ distributionArn }) => distributionArn.endsWith(`/${distribution.id}`));
  return [
    ...standardV1(distribution),
    ...own.map((delivery) => standardV2(distribution, delivery)),
    ...realTime(distribution),
  ];
}

function standardV1({ id, arn, logging }: Distribution): LogDestination[] {
  if (logging === undefined) return [];
  const bucket = logging.bucket.replace(/\.s3[.-][\w.-]*amazonaws\.com(\.cn)?$/, "");
  const { prefix } = logging;
  return [
    {
      distribution: id,
      kind: "v1",
      to: "s3",
      place: `s3://${bucket}/${prefix}`,
      format: "v1",
      cookies: logging.includesCookies ? "logged" : "switched-off",
      s3: { bucket, prefix, distribution: id, account: accountOf(arn), layout: "v1", isHiveStyle: false },
    },
  ];
}

function standardV2({ id, arn, logsCookies }: Distribution, delivery: LogDelivery): LogDestination {
  const { destinationArn, format, fields, suffixPath, isHiveStyle } = delivery;
  const to = KINDS[delivery.to] ?? "unknown";
  const isChosen = fields.includes("cs(Cookie)");
  const [bucket = "", ...folders] = destinationArn.replace(/^arn:[^:]+:s3:::/, "").split("/");
  const prefix = folders
    .filter((each) => each !== "")
    .map((each) => `${each}/`)
    .join("");
  return {
    distribution: id,
    kind: "v2",
    to,
    place: to === "s3" ? `s3://${bucket}/${prefix}` : destinationArn,
    format,
    cookies: isChosen ? (logsCookies === true ? "logged" : "switched-off") : "not-chosen",
    fields,
    s3:
      to === "s3"
        ? {
            bucket,
            prefix,
            distribution: id,
            account: accountOf(arn),
            layout: "v2",
            isHiveStyle,
            suffixPath,
          }
        : undefined,
  };
}

function realTime({ id, behaviors }: Distribution): LogDestination[] {
  const arns = new Set(behaviors.flatMap(({ realtimeLogConfigArn }) => realtimeLogConfigArn ?? []));
  return [...arns].map((arn) => ({
    distribution: id,
    kind: "real-time",
    to: "kinesis",
    place: arn,
    format: "real-time",
    cookies: "cut-off",
  }));
}

const accountOf = (arn: string) => arn.split(":")[4] ?? "";
