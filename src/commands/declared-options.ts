/** Options of `keyturn config init` for reading infrastructure as code instead of an account. */
import { type Command, Option } from "commander";
import { parameterOf } from "../iac/parameters.ts";

export const withDeclaredOptions = (command: Command) =>
  command
    .addOption(
      new Option(
        "--from-terraform [file]",
        "read `terraform show -json` (default: stdin) instead of AWS",
      ).conflicts("fromTemplate"),
    )
    .option("--from-template [file]", "read a CloudFormation template or CDK output (default: stdin)")
    .addOption(
      new Option("--parameter <name=value>", "a template's parameter without a default; repeatable")
        .argParser(parameterOf)
        .conflicts("fromTerraform"),
    )
    .addOption(
      new Option(
        "--stack-resources <file>",
        "a template's IDs, from `aws cloudformation describe-stack-resources`",
      ).conflicts("fromTerraform"),
    );
