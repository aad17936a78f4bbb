/** Where CloudFront's access logs are, through the AWS SDK: three clients, each loaded on first use. */

import type { CloudOptions } from "../../seams/cloud.ts";
import type { LogCloud } from "../../seams/logs.ts";
import { awsCalls } from "./call.ts";
import { type CloudClientOptions, clientSettings } from "./client-settings.ts";

/** CloudFront's deliveries are described only here, whatever the caller's region. */
const DELIVERY_REGION = "us-east-1";

/** Makes no request. */
export async function awsLogCloud(
  options: CloudOptions,
  clientOptions: CloudClientOptions,
): Promise<LogCloud> {
  const settings = clientSettings(options, clientOptions);
  const { shared, region, profile, bounds, endpointOf } = settings;
  const calls = awsCalls({ ...clientOptions, profile, region, limits: bounds.limits });
  const configOf = (service: string, at: string | undefined) => ({
    ...shared,
    region: at,
    ...endpointOf(service),
  });
  return {
    where: endpointOf("S3").endpoint ?? `AWS ${region ?? "(no region)"}`,
    async deliveries() {
      const { logDeliveries } = await import("./log-deliveries.ts");
      return logDeliveries(configOf("CLOUDWATCH_LOGS", DELIVERY_REGION), bounds, calls);
    },
    async groupSpan(arn, distribution) {
      const { logGroupSpan } = await import("./log-groups.ts");
      const config = configOf("CLOUDWATCH_LOGS", arn.split(":")[3] || DELIVERY_REGION);
      return logGroupSpan(config, bounds, calls, { arn, distribution });
    },
    async bucket() {
      const { s3LogBucket } = await import("./log-bucket.ts");
      // Any: a bucket elsewhere redirects.
      return s3LogBucket(configOf("S3", region ?? DELIVERY_REGION), bounds, calls);
    },
    async warehouse() {
      const { athenaWarehouse } = await import("./log-warehouse.ts");
      return athenaWarehouse(configOf("ATHENA", region), bounds, calls, clientOptions);
    },
  };
}
