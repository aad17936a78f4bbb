/** The demo gate's logs: which are on, where they are delivered, and whether they contain cookies. */
import { GetDistributionCommand, UpdateDistributionCommand } from "@aws-sdk/client-cloudfront";
import type { LogDeliverySeed } from "../../src/sandbox/logs/deliveries.ts";
import { inProcessClients } from "../fakes/in-process-aws.ts";
import type { ProbedSite } from "../probe/fault-site.ts";

/** Turns cookie logging on (or off), and v1 itself on or off. */
export async function logCookies(
  { site }: Pick<ProbedSite, "site">,
  { v1 = true, cookies = true }: { readonly v1?: boolean; readonly cookies?: boolean } = {},
): Promise<void> {
  const { cloudFront } = inProcessClients(site.account.handler);
  const Id = site.ids.distributionId;
  const { ETag, Distribution } = await cloudFront.send(new GetDistributionCommand({ Id }));
  const config = Distribution?.DistributionConfig;
  if (config === undefined) throw new Error("no distribution");
  config.Logging = {
    Enabled: v1,
    IncludeCookies: cookies,
    Bucket: v1 ? "demo-logs.s3.amazonaws.com" : "",
    Prefix: "",
  };
  await cloudFront.send(new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig: config }));
}

/** Adds a delivery of v2, to S3 as JSON by default. */
export function v2Delivery({ site }: Pick<ProbedSite, "site">, over: Partial<LogDeliverySeed>): void {
  site.account.logDeliveries.add({
    distributionId: site.ids.distributionId,
    to: "S3",
    destinationArn: "arn:aws:s3:::demo-logs-v2/cdn",
    format: "json",
    fields: [],
    ...over,
  });
}
