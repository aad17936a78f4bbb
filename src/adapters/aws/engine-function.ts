/** A Lambda function's configuration through the SDK: without its code, and with one variable of its environment. */
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  type LambdaClientConfig,
} from "@aws-sdk/client-lambda";
import type { DeployedFunction } from "../../seams/engine.ts";
import { type Bounds, boundExchanges } from "./bounded-exchange.ts";
import type { AwsCalls } from "./call.ts";
import type { CallName } from "./errors.ts";

/** Throws ERR_NOT_FOUND. */
export async function lambdaFunction(
  name: string,
  config: object,
  bounds: Omit<Bounds, "by">,
  { read }: AwsCalls,
): Promise<DeployedFunction> {
  const client = new LambdaClient(config as LambdaClientConfig);
  boundExchanges(client, { ...bounds, by: "Lambda" });
  const call = (operation: string): CallName => ({
    action: `lambda:${operation}`,
    subject: `function ${name}`,
    role: "deployment-reader",
  });
  const input = { FunctionName: name };
  const found = await read(call("GetFunctionConfiguration"), (options) =>
    client.send(new GetFunctionConfigurationCommand(input), options),
  );
  const { ReservedConcurrentExecutions } = await read(call("GetFunctionConcurrency"), (options) =>
    client.send(new GetFunctionConcurrencyCommand(input), options),
  );
  return {
    arn: found.FunctionArn ?? "",
    codeSha256: found.CodeSha256 ?? "",
    runtime: found.Runtime ?? "",
    handler: found.Handler ?? "",
    architectures: found.Architectures ?? [],
    memorySize: found.MemorySize ?? 0,
    timeout: found.Timeout ?? 0,
    role: found.Role ?? "",
    logGroup: found.LoggingConfig?.LogGroup ?? "",
    deployment: found.Environment?.Variables?.KEYTURN_DEPLOYMENT,
    state: found.State ?? "Active",
    reservedConcurrency: ReservedConcurrentExecutions,
  };
}
