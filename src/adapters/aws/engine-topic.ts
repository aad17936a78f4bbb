/** An SNS topic through the SDK: how many people it reaches. */
import { GetTopicAttributesCommand, SNSClient, type SNSClientConfig } from "@aws-sdk/client-sns";
import type { DeployedTopic } from "../../seams/engine.ts";
import { type Bounds, boundExchanges } from "./bounded-exchange.ts";
import type { AwsCalls } from "./call.ts";

/** Throws ERR_NOT_FOUND. */
export async function snsTopic(
  arn: string,
  config: object,
  bounds: Omit<Bounds, "by">,
  { read }: AwsCalls,
): Promise<DeployedTopic> {
  const client = new SNSClient(config as SNSClientConfig);
  boundExchanges(client, { ...bounds, by: "SNS" });
  const name = {
    action: "sns:GetTopicAttributes",
    subject: `topic ${arn.slice(arn.lastIndexOf(":") + 1)}`,
    role: "deployment-reader",
    meanings: { NotFoundException: "ERR_NOT_FOUND", NotFound: "ERR_NOT_FOUND" },
  } as const;
  const { Attributes = {} } = await read(name, (options) =>
    client.send(new GetTopicAttributesCommand({ TopicArn: arn }), options),
  );
  return {
    arn,
    confirmed: Number(Attributes.SubscriptionsConfirmed ?? 0),
    pending: Number(Attributes.SubscriptionsPending ?? 0),
  };
}
