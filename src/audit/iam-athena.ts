/** What `keyturn logs --engine athena` also needs: the queries, and what Athena does on the caller's behalf. */
import type { Gate } from "../gates/gate.ts";
import { databaseFor } from "../logs/athena-ddl.ts";

export interface IamStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}
interface Owner {
  readonly part: string;
  readonly owner: string;
  readonly region: string;
}

/** Empty for a gate without Athena settings. Athena's User Guide, "Identity-based policy examples". */
export function athenaStatements(
  { athena, name }: Pick<Gate, "athena" | "name">,
  { part, owner, region }: Owner,
): IamStatement[] {
  if (athena === undefined) return [];
  const { workgroup = "primary", database = databaseFor(name), outputLocation } = athena;
  const glue = `arn:${part}:glue:${region}:${owner}`;
  const output = outputLocation?.replace(/^s3:\/\//, "").replace(/\/?$/, "/");
  return [
    {
      Sid: "Athena",
      Effect: "Allow",
      Action: [
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:StartQueryExecution",
        "athena:StopQueryExecution",
      ],
      Resource: [`arn:${part}:athena:${region}:${owner}:workgroup/${workgroup}`],
    },
    {
      Sid: "AthenaTables",
      Effect: "Allow",
      // The last three for --ddl --yes.
      Action: [
        "glue:GetDatabase",
        "glue:GetTable",
        "glue:GetPartitions",
        "glue:CreateDatabase",
        "glue:CreateTable",
        "glue:UpdateTable",
      ],
      Resource: [`${glue}:catalog`, `${glue}:database/${database}`, `${glue}:table/${database}/*`],
    },
    ...(output === undefined
      ? []
      : [
          {
            Sid: "AthenaResults",
            Effect: "Allow" as const,
            Action: ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket", "s3:PutObject"],
            Resource: [`arn:${part}:s3:::${output.split("/")[0]}`, `arn:${part}:s3:::${output}*`],
          },
        ]),
  ];
}
