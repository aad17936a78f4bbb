/** The time span of a CloudWatch Logs log group's events, according to its streams. */
import {
  CloudWatchLogsClient,
  type CloudWatchLogsClientConfig,
  DescribeLogStreamsCommand,
  type LogStream,
} from "@aws-sdk/client-cloudwatch-logs";
import type { LogGroupSpan } from "../../seams/logs.ts";
import { allPages } from "./all-pages.ts";
import { type Bounds, boundExchanges } from "./bounded-exchange.ts";
import type { AwsCalls } from "./call.ts";

/**
 * CloudWatch Logs usually updates the newest event within an hour. A group that several distributions share has
 * streams of each.
 */
export async function logGroupSpan(
  config: object,
  bounds: Omit<Bounds, "by">,
  { read }: AwsCalls,
  { arn, distribution }: { readonly arn: string; readonly distribution: string },
): Promise<LogGroupSpan> {
  const client = new CloudWatchLogsClient(config as CloudWatchLogsClientConfig);
  boundExchanges(client, { ...bounds, by: "CloudWatch Logs" });
  const logGroupIdentifier = arn.replace(/:\*$/, "");
  const subject = `log group ${/:log-group:([^:]+)/.exec(arn)?.[1] ?? arn}`;
  const name = { action: "logs:DescribeLogStreams", subject, role: "log-reader" } as const;
  const streams = await allPages<LogStream>((nextToken) =>
    read(name, async (options) => {
      const answer = await client.send(
        new DescribeLogStreamsCommand({ logGroupIdentifier, nextToken }),
        options,
      );
      return { items: answer.logStreams, next: answer.nextToken };
    }),
  );
  const named = streams.filter(({ logStreamName }) => logStreamName?.includes(distribution));
  const own = named.length > 0 ? named : streams;
  const firsts = own.flatMap(({ firstEventTimestamp }) => firstEventTimestamp ?? []);
  const lasts = own.flatMap(({ lastEventTimestamp }) => lastEventTimestamp ?? []);
  return {
    oldest: firsts.length > 0 ? Math.min(...firsts) / 1000 : undefined,
    newest: lasts.length > 0 ? Math.max(...lasts) / 1000 : undefined,
  };
}
