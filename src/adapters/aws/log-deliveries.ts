/** Deliveries of standard logging v2 as CloudWatch Logs describes them: source, delivery and destination, joined. */
import {
  CloudWatchLogsClient,
  type CloudWatchLogsClientConfig,
  type Delivery,
  type DeliveryDestination,
  type DeliverySource,
  DescribeDeliveriesCommand,
  DescribeDeliveryDestinationsCommand,
  DescribeDeliverySourcesCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { LogDelivery } from "../../seams/logs.ts";
import { allPages } from "./all-pages.ts";
import { type Bounds, boundExchanges } from "./bounded-exchange.ts";
import type { AwsCalls } from "./call.ts";

export async function logDeliveries(
  config: object,
  bounds: Omit<Bounds, "by">,
  { read }: AwsCalls,
): Promise<readonly LogDelivery[]> {
  const client = new CloudWatchLogsClient(config as CloudWatchLogsClientConfig);
  boundExchanges(client, { ...bounds, by: "CloudWatch Logs" });
  const name = (operation: string, subject: string) =>
    ({ action: `logs:${operation}`, subject, role: "log-reader" }) as const;

  const sources = await allPages<DeliverySource>((nextToken) =>
    read(name("DescribeDeliverySources", "delivery sources"), async (options) => {
      const answer = await client.send(new DescribeDeliverySourcesCommand({ nextToken }), options);
      return { items: answer.deliverySources, next: answer.nextToken };
    }),
  );
  const ofCloudFront = sources.filter(({ resourceArns = [] }) => resourceArns.some(isDistribution));
  const deliveries = await allPages<Delivery>((nextToken) =>
    read(name("DescribeDeliveries", "deliveries"), async (options) => {
      const answer = await client.send(new DescribeDeliveriesCommand({ nextToken }), options);
      return { items: answer.deliveries, next: answer.nextToken };
    }),
  );
  const destinations = await allPages<DeliveryDestination>((nextToken) =>
    read(name("DescribeDeliveryDestinations", "delivery destinations"), async (options) => {
      const answer = await client.send(new DescribeDeliveryDestinationsCommand({ nextToken }), options);
      return { items: answer.deliveryDestinations, next: answer.nextToken };
    }),
  );
  return ofCloudFront.flatMap((source) =>
    deliveries
      .filter(({ deliverySourceName }) => deliverySourceName === source.name)
      .flatMap((delivery) => joined(source, delivery, destinations)),
  );
}

const isDistribution = (arn: string) => /^arn:[^:]+:cloudfront::\d*:distribution\//.test(arn);

function joined(
  { resourceArns = [] }: DeliverySource,
  delivery: Delivery,
  destinations: readonly DeliveryDestination[],
): LogDelivery[] {
  const { deliveryDestinationArn, deliveryDestinationType, recordFields, s3DeliveryConfiguration } = delivery;
  // One in another account is not listed, so only its ARN is known.
  const destination = destinations.find(({ arn }) => arn === deliveryDestinationArn);
  const { suffixPath, enableHiveCompatiblePath } = s3DeliveryConfiguration ?? {};
  return resourceArns.filter(isDistribution).map((distributionArn) => ({
    distributionArn,
    to: deliveryDestinationType ?? destination?.deliveryDestinationType ?? "unknown",
    destinationArn:
      destination?.deliveryDestinationConfiguration?.destinationResourceArn ?? deliveryDestinationArn ?? "",
    format: destination?.outputFormat ?? "json",
    fields: recordFields ?? [],
    suffixPath: suffixPath || undefined,
    isHiveStyle: enableHiveCompatiblePath ?? false,
  }));
}
