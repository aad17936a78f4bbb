/** Lambda's read calls (API Reference, 2015-03-31). */

import { formatInstant } from "../../time.ts";
import { JsonRefusal } from "../json-wire.ts";
import { restJsonService } from "../rest-json-wire.ts";
import type { DeployedEngine } from "./deployed-engine.ts";

export function functionsService(engine: DeployedEngine) {
  const functionOf = (name = "") => {
    const found = engine.of("AWS::Lambda::Function").find((each) => each.name === name);
    if (found === undefined)
      throw new JsonRefusal("ResourceNotFoundException", `Function not found: ${name}`, 404);
    return found;
  };
  return restJsonService("lambda", {
    GetFunctionConfiguration: {
      method: "GET",
      path: /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
      labels: ["FunctionName"],
      query: ["Qualifier"],
      run: ({ FunctionName }) => {
        const { name, arn, createdAt, properties } = functionOf(FunctionName);
        const { Code: _, ReservedConcurrentExecutions: __, ...own } = properties;
        return {
          ...own,
          FunctionName: name,
          FunctionArn: arn,
          CodeSha256: engine.codeSha256,
          CodeSize: 1,
          PackageType: "Zip",
          Version: "$LATEST",
          LastModified: formatInstant(Math.floor(createdAt)).replace("Z", ".000+0000"),
          State: "Active",
          LastUpdateStatus: "Successful",
        };
      },
    },
    GetFunctionConcurrency: {
      method: "GET",
      path: /^\/2019-09-30\/functions\/([^/]+)\/concurrency$/,
      labels: ["FunctionName"],
      query: [],
      run: ({ FunctionName }) => {
        const { ReservedConcurrentExecutions } = functionOf(FunctionName).properties;
        return { ReservedConcurrentExecutions };
      },
    },
  });
}
